# What a one-shot job in a container costs beside podman itself; sourced by bench.sh.
# shellcheck shell=bash

# Writes a bundle of one workflow with one job in a container. Usage: container_bundle DIR NOTE
container_bundle() {
    mkdir -p "$1"
    cat >"$1/bundle.yaml" <<END
name: boxed
version: v1beta
type: bundle
bundle:
  workspaces:
    - name: boxed
      layer: user
  resources:
    - id: only
      workspace: boxed
      spec:
        name: only
        version: v1
        type: workflow
        workflow:
          dag:
            - name: only
              spec:
                stack: container
                compute: runnable-default
                envs:
                  NOTE: "$2"
                stackSpec:
                  image: localhost/sheaf-busybox:1
                  command: [/bin/true]
END
}

# The very command that the supervisor runs, so that both have the same mounts, limits and labels.
container_command() {
    mapfile -t container_words < <(
        sed -n 's/^argument //p' "$SHEAF_HOME"/workloads/boxed/workflow/only/*/secret/launch
    )
}

# The same container as a person would ask for it: without what Sheaf adds to keep track of it, and by its name.
person_command() {
    person_words=()
    local word skips=0
    for word in "${container_words[@]}"; do
        if ((skips > 0)); then
            skips=$((skips - 1))
            continue
        fi
        case $word in
            --name | --label | --security-opt) skips=1 ;;
            --replace | --pull=never | --log-driver=*) ;;
            sha256:*) person_words+=(localhost/sheaf-busybox:1) ;;
            *) person_words+=("$word") ;;
        esac
    done
}

# How often the engine is called for an apply of the job once it has been asked for the image. Usage: count_calls DIR
count_calls() {
    local folder=$scratch/counted program
    program=$(command -v podman)
    mkdir -p "$folder"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\necho >>"%s/calls"\nexec "%s" "$@"\n' "$folder" "$program" >"$folder/podman"
    chmod +x "$folder/podman"
    container_bundle "$1" asked
    PATH=$folder:$PATH "$sheaf" apply "$1" >/dev/null 2>&1
    : >"$folder/calls"
    container_bundle "$1" counted
    PATH=$folder:$PATH "$sheaf" apply "$1" >/dev/null 2>&1
    wc -l <"$folder/calls"
}

container_jobs() {
    if ! command -v podman >/dev/null || ! "$repository/bundles/container/make-image.sh" >/dev/null; then
        echo "bench: without podman and a static busybox no container is measured" >&2
        return
    fi
    local bundle=$scratch/boxed round low middle high floor started finished status home=$SHEAF_HOME calls
    export SHEAF_HOME=$scratch/boxed-home
    container_bundle "$bundle" first
    "$sheaf" apply "$bundle" >/dev/null 2>&1
    for ((round = 0; round < runs; round++)); do
        container_command
        person_command
        milliseconds "${person_words[@]}" >>"$scratch/boxed.podman"
        milliseconds "${container_words[@]}" >>"$scratch/boxed.flags"
        milliseconds "$sheaf" run only >>"$scratch/boxed.run"
        status=$(cat "$SHEAF_HOME"/workloads/boxed/workflow/only/*/run/status)
        started=$(sed -n 's/^started //p' <<<"$status") finished=$(sed -n 's/^finished //p' <<<"$status")
        echo $((finished - started)) >>"$scratch/boxed.job"
        container_bundle "$bundle" "$round"
        milliseconds "$sheaf" apply "$bundle" >>"$scratch/boxed.apply"
    done
    calls=$(count_calls "$bundle")
    "$sheaf" delete boxed >/dev/null 2>&1
    export SHEAF_HOME=$home
    heading "a job in a container that does nothing"
    read -r _ floor _ < <(spread <"$scratch/boxed.podman")
    for round in "podman|podman run, as a person writes it" "flags|podman run, with the flags of Sheaf" \
        "job|the job, as its supervisor sees it" "run|sheaf run, from start to end" \
        "apply|sheaf apply of a new revision with it"; do
        read -r low middle high < <(spread <"$scratch/boxed.${round%%|*}")
        row "${round#*|}" ms 1 "$low" "$middle" "$high" \
            "$(awk -v a="$middle" -v b="$floor" 'BEGIN { printf "%.2f x", a / b }')"
    done
    row "calls of podman for an apply" "" 0 "$calls" "$calls" "$calls"
}
