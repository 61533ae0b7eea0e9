# What changing many resources costs; sourced by bench.sh.
# shellcheck shell=bash

# Writes a bundle of COUNT declared resources, each with two dependencies and a value. Usage: declared DIR COUNT VALUE
declared() {
    mkdir -p "$1"
    awk -v count="$2" -v value="$3" 'BEGIN {
        print "name: declared\nversion: v1beta\ntype: bundle\nbundle:\n  resources:"
        for (i = 0; i < count; i++) {
            print "    - id: item-" i
            if (i > 1) print "      dependencies: [item-" i - 1 - (i > 50 ? 49 : 0) ", item-" int(i / 2) "]"
            print "      spec:\n        name: access-" i "\n        version: v1\n        type: instance-secret"
            print "        instance-secret: {type: key-value, acl: r, data: {password: " value "-" i "}}"
        }
    }' >"$1/bundle.yaml"
}

# The same for Terraform, whose terraform_data stands for a resource that is only declared.
declared_for_terraform() {
    mkdir -p "$1"
    awk -v count="$2" -v value="$3" 'BEGIN {
        for (i = 0; i < count; i++) {
            print "resource \"terraform_data\" \"item_" i "\" {\n  input = \"" value "-" i "\""
            if (i > 1) print "  depends_on = [terraform_data.item_" i - 1 - (i > 50 ? 49 : 0) ", terraform_data.item_" int(i / 2) "]"
            print "}"
        }
    }' >"$1/main.tf"
}

# One apply of each kind: first, with nothing to do, of new values for all, and back. Usage: changes COUNT HOME
changes() {
    local home=$2
    rm -rf "$home"
    export SHEAF_HOME=$home
    milliseconds "$sheaf" apply "$scratch/declared-$1" >>"$scratch/first.$1"
    milliseconds "$sheaf" apply "$scratch/declared-$1" >>"$scratch/same.$1"
    milliseconds "$sheaf" apply "$scratch/declared-$1-new" >>"$scratch/all.$1"
    milliseconds "$sheaf" apply "$scratch/declared-$1-one" >>"$scratch/one.$1"
    milliseconds "$sheaf" rollback declared >>"$scratch/back.$1"
}

transactions() {
    local count kind label home=$SHEAF_HOME low middle high rounds=$((runs < 3 ? runs : 3)) round
    for count in 100 1000 10000; do
        declared "$scratch/declared-$count" "$count" old
        declared "$scratch/declared-$count-new" "$count" new
        declared "$scratch/declared-$count-one" "$count" new
        sed -i 's/new-7}/newer-7}/' "$scratch/declared-$count-one/bundle.yaml"
        for ((round = 0; round < rounds; round++)); do changes "$count" "$scratch/changes"; done
    done
    export SHEAF_HOME=$home
    heading "declared resources with 2 dependencies each"
    for kind in "first:first apply" "same:apply with nothing to do" "all:upgrade of all" "back:rollback of one"; do
        for count in 100 1000 10000; do
            read -r low middle high < <(spread <"$scratch/${kind%%:*}.$count")
            label="${kind#*:}, $count"
            row "$label" ms 1 "$low" "$middle" "$high" \
                "$(awk -v ms="$middle" -v n="$count" 'BEGIN { printf "%.2f ms each", ms / n }')"
        done
    done
    if command -v terraform >/dev/null; then transactions_of_terraform; fi
}

transactions_of_terraform() {
    local folder=$scratch/terraform low middle high round kind
    export CHECKPOINT_DISABLE=1
    for ((round = 0; round < 2; round++)); do
        rm -rf "$folder"
        declared_for_terraform "$folder" 1000 old
        terraform -chdir="$folder" init >/dev/null
        milliseconds terraform -chdir="$folder" apply -auto-approve >>"$scratch/terraform.first"
        milliseconds terraform -chdir="$folder" apply -auto-approve >>"$scratch/terraform.same"
        declared_for_terraform "$folder" 1000 new
        milliseconds terraform -chdir="$folder" apply -auto-approve >>"$scratch/terraform.all"
    done
    for kind in "first:first apply" "same:apply with nothing to do" "all:upgrade of all"; do
        read -r low middle high < <(spread <"$scratch/terraform.${kind%%:*}")
        row "terraform, ${kind#*:}, 1000" ms 1 "$low" "$middle" "$high"
    done
}

# A thousand errors in one manifest: how long until all are told.
many_errors() {
    local folder=$scratch/errors run low middle high
    mkdir -p "$folder"
    awk 'BEGIN {
        print "name: errors\nversion: v1beta\ntype: bundle\nbundle:\n  resources:"
        for (i = 0; i < 1000; i++) print "    - id: item-" i "\n      dependencies: [missing-" i "]\n      spec: {name: a-" i ", version: v1, type: secret, secret: {type: key-value, acl: r, data: {A: b}}}"
    }' >"$folder/bundle.yaml"
    heading "a manifest with 1000 errors"
    for ((run = 0; run < runs; run++)); do
        local start=${EPOCHREALTIME/./}
        "$sheaf" validate "$folder" >"$scratch/errors.text" 2>&1 && echo "bench: the errors were not found" >&2
        local end=${EPOCHREALTIME/./}
        awk -v us=$((end - start)) 'BEGIN { print us / 1000 }'
    done >"$scratch/errors.times"
    read -r low middle high < <(spread <"$scratch/errors.times")
    row "validate, $(grep -c '^error' "$scratch/errors.text") errors" ms 1 "$low" "$middle" "$high"
}

# Writes a bundle of COUNT jobs that do nothing, a workflow for each or one for all. Usage: jobs_bundle FOLDER COUNT each|all
jobs_bundle() {
    mkdir -p "$1"
    awk -v count="$2" -v kind="$3" '
        function workflow(name) {
            print "    - id: " name "\n      workspace: jobs\n      spec:\n        name: " name
            print "        version: v1\n        type: workflow\n        workflow:\n          dag:"
        }
        function job(name) {
            print "            - name: " name "\n              spec:\n                stack: container"
            print "                compute: runnable-default\n                stackSpec: {command: [/bin/true]}"
        }
        BEGIN {
            print "name: jobs\nversion: v1beta\ntype: bundle\nbundle:\n  workspaces:\n    - {name: jobs, layer: user}\n  resources:"
            if (kind == "all") workflow("jobs")
            for (i = 0; i < count; i++) {
                if (kind == "each") workflow("job-" i)
                job(kind == "each" ? "only" : "job-" i)
            }
        }' >"$1/bundle.yaml"
}

# The same commands run by make, a workflow for each, and one workflow for all.
many_jobs() {
    local count=${SHEAF_BENCH_JOBS:-1000} folder=$scratch/jobs run kind low middle high floor home=$SHEAF_HOME
    jobs_bundle "$folder/each" "$count" each
    jobs_bundle "$folder/all" "$count" all
    awk -v count="$count" 'BEGIN {
        printf "all:"
        for (i = 0; i < count; i++) printf " job-%d", i
        for (i = 0; i < count; i++) printf "\njob-%d:\n\t@/bin/true\n", i
    }' >"$folder/Makefile"
    heading "$count one-shot jobs of the machine, two at a time"
    # Nothing is removed before the end, and what replaces most files comes last: ext4 is slow to make files where it
    # has just removed many.
    for kind in all each; do
        for run in 1 2 3; do
            if [[ $kind == all ]]; then milliseconds make -C "$folder" -j2 >>"$scratch/jobs.make"; fi
            export SHEAF_HOME=$scratch/jobs-home-$kind-$run
            milliseconds "$sheaf" apply "$folder/$kind" --parallelism 2 >>"$scratch/jobs.$kind"
        done
    done
    export SHEAF_HOME=$home
    rm -rf "$scratch"/jobs-home-*
    read -r low middle high < <(spread <"$scratch/jobs.make")
    row "make -j2" ms 1 "$low" "$middle" "$high" "1.00 x"
    floor=$middle
    for kind in "all:one workflow of all jobs" "each:a workflow for each job"; do
        read -r low middle high < <(spread <"$scratch/jobs.${kind%%:*}")
        row "sheaf apply, ${kind#*:}" ms 1 "$low" "$middle" "$high" \
            "$(awk -v a="$middle" -v b="$floor" -v n="$count" \
                'BEGIN { printf "%.2f x, %.2f ms more a job", a / b, (a - b) / n }')"
    done
}
