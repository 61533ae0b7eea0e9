#!/bin/bash
# Writes a bundle of COUNT declared resources, none of which runs. Usage: generate-bundle.sh DIR COUNT
#
# Four kinds in turn, in waves of a hundred: each resource depends on the one a hundred before it.
set -euo pipefail

directory=$1
count=$2

manifest() {
    local number=$1
    case $((number % 4)) in
    0) cat <<END ;;
        name: access-$number
        version: v1
        type: instance-secret
        description: Access number $number.
        instance-secret:
          type: key-value
          acl: r
          data:
            username: reader
            password: value-$number
END
    1) cat <<END ;;
        name: store$number
        version: v2alpha
        type: depot
        description: Depot number $number.
        depot:
          type: jdbc
          external: true
          jdbc:
            subprotocol: postgresql
            host: store-$number.invalid
            port: 5432
            database: store
          secrets:
            - name: access-$((number - 1))
              allkeys: true
END
    2) cat <<END ;;
        name: token-$number
        version: v1
        type: secret
        description: Token number $number.
        secret:
          type: key-value
          acl: r
          data:
            TOKEN: value-$number
END
    3) cat <<END ;;
        name: disk-$number
        version: v1beta
        type: volume
        description: Disk number $number.
        volume:
          size: 1Gi
          accessMode: ReadWriteMany
          type: persistent
END
    esac
}

mkdir -p "$directory"
{
    cat <<END
name: large
version: v1beta
type: bundle
description: $count declared resources.
bundle:
  workspaces:
    - name: large
      layer: user
  resources:
END
    for ((number = 0; number < count; number++)); do
        printf '    - id: item-%d\n' "$number"
        if ((number % 4 > 1)); then printf '      workspace: large\n'; fi
        if ((number >= 100 || number % 4 == 1)); then printf '      dependencies:\n'; fi
        if ((number >= 100)); then printf '        - item-%d\n' $((number - 100)); fi
        if ((number % 4 == 1)); then printf '        - item-%d\n' $((number - 1)); fi
        printf '      spec:\n'
        manifest "$number"
    done
} >"$directory/bundle.yaml"
