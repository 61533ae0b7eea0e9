extension Template {
    /// The scaffold in `templates/data-product`, embedded.
    ///
    /// That folder is what people edit;
    /// `SHEAF_UPDATE_GOLDEN=1 swift test --filter TemplateCatalogTests` copies it here.
    package static let dataProduct = Template(
        name: "data-product",
        summary: "Files in a volume, a workflow, a worker and a service over HTTP; no containers.",
        files: [
            File(
                path: "README.md",
                text: ##"""
                    # {{name}}

                    A data product: `load` copies `data/measurements.csv` into a volume and checks it, `totals` sums it
                    up again and again, `site` serves the result on http://127.0.0.1:8090/ (it needs `busybox`).

                        sheaf validate .
                        sheaf plan .
                        sheaf apply .
                        sheaf status {{name}}
                        sheaf delete {{name}}

                    A workload without an image runs as a process of this machine. The paths `/etc/dataos/…` and
                    `/var/dataos/…` are those of the platform; Sheaf puts the real directories in their place.

                    """##,
                isExecutable: false
            ),
            File(
                path: "bundle.yaml",
                text: ##"""
                    # The data product {{name}}: what it is made of, and in which order.
                    name: {{name}}
                    version: v1beta
                    type: bundle
                    layer: user
                    tags:
                      - dataproduct
                    description: Measurements, summed up and served over HTTP.
                    bundle:
                      workspaces:
                        - name: {{name}}
                          description: Everything of {{name}}.
                          layer: user

                      resources:
                        # For a first try only: a real secret does not belong into git.
                        - id: signing-key
                          workspace: {{name}}
                          spec:
                            name: signing-key
                            version: v1
                            type: secret
                            layer: user
                            description: The totals are signed with this key.
                            secret:
                              type: key-value
                              acl: r
                              data:
                                SIGNING_KEY: change-me

                        - id: data
                          workspace: {{name}}
                          spec:
                            name: data
                            version: v1beta
                            type: volume
                            layer: user
                            description: The measurements and what is made of them.
                            volume:
                              size: 1Gi
                              accessMode: ReadWriteMany
                              type: persistent

                        - id: load
                          workspace: {{name}}
                          file: resources/load.yaml
                          dependencies:
                            - data

                        - id: totals
                          workspace: {{name}}
                          file: resources/totals.yaml
                          dependencies:
                            - signing-key
                            - load
                          dependencyConditions:
                            - resourceId: load
                              runtime:
                                is:
                                  - succeeded

                        - id: site
                          workspace: {{name}}
                          file: resources/site.yaml
                          dependencies:
                            - load
                          dependencyConditions:
                            - resourceId: load
                              runtime:
                                is:
                                  - succeeded

                    """##,
                isExecutable: false
            ),
            File(
                path: "config/check.sh",
                text: ##"""
                    #!/bin/sh
                    # Fails unless every line has a day, a sensor and a number.
                    set -eu
                    data='/var/dataos/persistent_data/product'

                    awk -F , '
                        NR > 1 && (NF != 3 || $3 !~ /^[0-9.]+$/) { print "line " NR " is wrong: " $0; wrong = 1 }
                        END { if (!wrong) print NR - 1 " lines are right"; exit wrong }
                    ' "$data/measurements.csv"

                    """##,
                isExecutable: false
            ),
            File(
                path: "config/index.html",
                text: ##"""
                    <!doctype html>
                    <html lang="en">
                    <meta charset="utf-8">
                    <title>{{name}}</title>
                    <h1>{{name}}</h1>
                    <pre id="totals">No totals yet.</pre>
                    <script>
                      async function refresh() {
                        const answer = await fetch("totals.json", { cache: "no-store" });
                        if (answer.ok) document.getElementById("totals").textContent = JSON.stringify(await answer.json(), null, 2);
                      }
                      refresh();
                      setInterval(refresh, 5000);
                    </script>
                    </html>

                    """##,
                isExecutable: false
            ),
            File(
                path: "config/load.sh",
                text: ##"""
                    #!/bin/sh
                    # Copies the measurements into the volume.
                    set -eu
                    data='/var/dataos/persistent_data/product'

                    mkdir -p "$data/site"
                    cp '/etc/dataos/config/measurements.csv' "$data/.measurements.new"
                    mv "$data/.measurements.new" "$data/measurements.csv"
                    echo "measurements copied"

                    """##,
                isExecutable: false
            ),
            File(
                path: "config/site.sh",
                text: ##"""
                    #!/bin/sh
                    # Serves the page and the totals. Usage: site.sh PORT
                    set -eu
                    site='/var/dataos/persistent_data/product/site'

                    cp '/etc/dataos/config/index.html' "$site/.index.new"
                    mv "$site/.index.new" "$site/index.html"
                    echo "serving http://127.0.0.1:$1/"
                    exec busybox httpd -f -p "127.0.0.1:$1" -h "$site"

                    """##,
                isExecutable: false
            ),
            File(
                path: "config/totals.sh",
                text: ##"""
                    #!/bin/sh
                    # Writes the mean of each sensor, and a signature of it, every five seconds.
                    set -eu
                    data='/var/dataos/persistent_data/product'

                    trap 'exit 0' TERM INT
                    while :; do
                        awk -F , '
                            NR > 1 { sum[$2] += $3; count[$2]++ }
                            END {
                                printf "{"
                                for (sensor in sum) {
                                    printf "%s\"%s\":%.2f", comma, sensor, sum[sensor] / count[sensor]
                                    comma = ","
                                }
                                print "}"
                            }
                        ' "$data/measurements.csv" >"$data/site/.totals.new"
                        {
                            printf '%s\n' "$SIGNING_KEY"
                            cat "$data/site/.totals.new"
                        } | sha256sum | cut -d ' ' -f 1 >"$data/site/totals.signature"
                        mv "$data/site/.totals.new" "$data/site/totals.json"
                        # In the background, so that a signal ends the wait at once.
                        sleep 5 &
                        wait $!
                    done

                    """##,
                isExecutable: false
            ),
            File(
                path: "data/measurements.csv",
                text: ##"""
                    day,sensor,value
                    2025-03-01,north,4.1
                    2025-03-01,south,6.3
                    2025-03-02,north,4.8
                    2025-03-02,south,6.9
                    2025-03-03,north,5.2
                    2025-03-03,south,7.4

                    """##,
                isExecutable: false
            ),
            File(
                path: "resources/load.yaml",
                text: ##"""
                    name: load
                    version: v1
                    type: workflow
                    layer: user
                    description: Puts the measurements into the volume, then checks them.
                    workflow:
                      title: Load {{name}}
                      dag:
                        - name: copy
                          title: Copy the file
                          spec:
                            stack: container
                            compute: runnable-default
                            configs:
                              load.sh: config/load.sh
                              measurements.csv: data/measurements.csv
                            persistentVolume:
                              name: data
                              directory: product
                            stackSpec:
                              command:
                                - sh
                              arguments:
                                - /etc/dataos/config/load.sh

                        - name: check
                          title: Check that every line has three fields
                          dependencies:
                            - copy
                          retry:
                            count: 1
                            strategy: OnFailure
                          spec:
                            stack: container
                            compute: runnable-default
                            configs:
                              check.sh: config/check.sh
                            persistentVolume:
                              name: data
                              directory: product
                            stackSpec:
                              command:
                                - sh
                              arguments:
                                - /etc/dataos/config/check.sh

                    """##,
                isExecutable: false
            ),
            File(
                path: "resources/site.yaml",
                text: ##"""
                    name: site
                    version: v1
                    type: service
                    layer: user
                    description: Serves the totals over HTTP.
                    service:
                      replicas: 1
                      servicePort: 8090
                      stack: container
                      compute: runnable-default
                      logLevel: INFO
                      configs:
                        site.sh: config/site.sh
                        index.html: config/index.html
                      persistentVolume:
                        name: data
                        directory: product
                      stackSpec:
                        command:
                          - sh
                        arguments:
                          - /etc/dataos/config/site.sh
                          - "8090"

                    """##,
                isExecutable: false
            ),
            File(
                path: "resources/totals.yaml",
                text: ##"""
                    name: totals
                    version: v1beta
                    type: worker
                    layer: user
                    description: Sums the measurements up, every five seconds, and signs the result.
                    worker:
                      replicas: 1
                      stack: container
                      compute: runnable-default
                      logLevel: INFO
                      configs:
                        totals.sh: config/totals.sh
                      dataosSecrets:
                        - name: signing-key
                          workspace: {{name}}
                          allKeys: true
                          consumptionType: envVars
                      persistentVolume:
                        name: data
                        directory: product
                      stackSpec:
                        command:
                          - sh
                        arguments:
                          - /etc/dataos/config/totals.sh

                    """##,
                isExecutable: false
            ),
        ]
    )
}
