#!/bin/bash
# Prints a table of what Sheaf costs: each figure as the smallest, the middle and the largest of several runs.
#
# Times depend on the machine; the ratios are of commands that ran in turn. SHEAF_BENCH_RUNS sets the number of runs,
# SHEAF_BENCH_SIZE that of the resources, SHEAF_BENCH_FILES that of the files to pack, SHEAF_BENCH_CSV_MB the size of the
# CSV file (1000) and SHEAF_BENCH_CSV_RUNS the runs over it (3). SHEAF_BENCH_BUILD=0 leaves out the build from scratch,
# SHEAF_BENCH_ONLY=packing everything but that part.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
sheaf=$repository/.build/release/sheaf
runs=${SHEAF_BENCH_RUNS:-10}
size=${SHEAF_BENCH_SIZE:-1000}
# shellcheck source=Tests/Benchmarks/measure.sh
source "$here/measure.sh"
# shellcheck source=Tests/Benchmarks/transactions.sh
source "$here/transactions.sh"
# shellcheck source=Tests/Benchmarks/csv-service.sh
source "$here/csv-service.sh"
# shellcheck source=Tests/Benchmarks/containers.sh
source "$here/containers.sh"

if [[ ! -x $sheaf ]]; then
    echo "bench: $sheaf is missing; run 'make build'" >&2
    exit 69
fi

scratch=$(mktemp -d)
export SHEAF_HOME=$scratch/home
sleeper_applied=""
clean_up() {
    if [[ -n $sleeper_applied ]]; then
        "$sheaf" delete sleeper --delete-data >/dev/null 2>&1 ||
            echo "bench: the example worker could not be deleted; see SHEAF_HOME=$SHEAF_HOME" >&2
    fi
    rm -rf "$scratch"
}
trap clean_up EXIT

start_up() {
    heading "start of the program"
    local subjects=("sheaf --version" "$sheaf --version")
    if command -v terraform >/dev/null; then
        # Otherwise it asks the network for a newer version.
        export CHECKPOINT_DISABLE=1
        subjects+=("terraform version" "terraform version")
    fi
    if command -v podman >/dev/null; then subjects+=("podman --version" "podman --version"); fi
    if command -v hyperfine >/dev/null; then
        local report=$scratch/hyperfine.csv commands=() first=""
        for ((index = 1; index < ${#subjects[@]}; index += 2)); do commands+=("${subjects[index]}"); done
        hyperfine --shell none --warmup 3 --runs $((runs * 3)) --style none --export-csv "$report" "${commands[@]}" \
            >/dev/null 2>&1
        # Columns: command, mean, stddev, median, user, system, min, max; seconds.
        while IFS=, read -r command _ _ median _ _ low high; do
            first=${first:-$median}
            row "${command/#"$repository/.build/release/"/}" ms 1 \
                "$(ms "$low")" "$(ms "$median")" "$(ms "$high")" \
                "$(awk -v a="$median" -v b="$first" 'BEGIN { printf "%.2f x", a / b }')"
        done < <(tail -n +2 "$report")
    else
        compare $((runs * 3)) "${subjects[@]}"
    fi
}

ms() { awk -v s="$1" 'BEGIN { print s * 1000 }'; }

# Prints the spread of one column of the lines that `resources` gave. Usage: column FILE NUMBER LABEL UNIT DIGITS
column() {
    local low middle high
    read -r low middle high < <(awk -v n="$2" '{ print $n }' "$1" | spread)
    row "$3" "$4" "$5" "$low" "$middle" "$high"
}

large_bundle() {
    local bundle=$scratch/large
    "$here/generate-bundle.sh" "$bundle" "$size"
    heading "a bundle of $size resources"
    # A first apply needs a home of its own each time; deleting would leave history behind.
    for ((run = 0; run < runs && run < 5; run++)); do
        SHEAF_HOME=$scratch/first.$run resources "$sheaf" apply "$bundle" >>"$scratch/apply"
        rm -rf "$scratch/first.$run"
    done
    column "$scratch/apply" 1 "first apply" s 2
    column "$scratch/apply" 3 "first apply, peak memory" MiB 1
    resources "$sheaf" apply "$bundle" >/dev/null
    local command
    for command in "validate $bundle" "plan $bundle" "apply $bundle" "status large"; do
        local words name=${command%% *}
        read -ra words <<<"$command"
        : >"$scratch/$name.figures"
        for ((run = 0; run < runs; run++)); do
            resources "$sheaf" "${words[@]}" >>"$scratch/$name.figures"
        done
        [[ $name == apply ]] && name="apply without changes"
        column "$scratch/${command%% *}.figures" 1 "$name" s 2
        column "$scratch/${command%% *}.figures" 3 "$name, peak memory" MiB 1
    done
}

# What validating costs beside libyaml alone, whose sources come with Yams; the floor for every reader of YAML.
validation() {
    local bundle=$scratch/validation yaml=$repository/.build/checkouts/Yams/Sources/CYaml low middle high
    "$here/generate-bundle.sh" "$bundle" 10000
    heading "a bundle of 10000 resources in one file, $(du -k "$bundle/bundle.yaml" | cut -f1) KiB"
    if ! cc -O2 -DYAML_DECLARE_STATIC -I"$yaml/include" -o "$scratch/emit-events" \
        "$here/emit-events.c" "$yaml"/src/*.c; then
        echo "bench: libyaml could not be built; is there a C compiler?" >&2
        return 1
    fi
    read -r low middle high < <("$scratch/emit-events" "$bundle/bundle.yaml" "$runs")
    row "libyaml alone, its events" ms 1 "$low" "$middle" "$high" "1.00 x"
    local floor=$middle
    # A lone manifest, so that nothing but the file itself is read.
    for ((run = 0; run < runs; run++)); do
        resources "$sheaf" validate "$bundle/bundle.yaml" >>"$scratch/validation.figures"
        milliseconds "$sheaf" validate "$bundle/bundle.yaml" >>"$scratch/validation.times"
    done
    read -r low middle high < <(spread <"$scratch/validation.times")
    row "sheaf validate" ms 1 "$low" "$middle" "$high" \
        "$(awk -v a="$middle" -v b="$floor" 'BEGIN { printf "%.2f x", a / b }')"
    local size
    size=$(stat -c %s "$bundle/bundle.yaml")
    awk -v size="$size" '{ print $3 * 1048576 / size }' "$scratch/validation.figures" >"$scratch/validation.memory"
    column "$scratch/validation.memory" 1 "sheaf validate, peak memory for a byte" bytes 1
}

# What many files cost, which are read on all cores.
many_files() {
    local folder=$scratch/files number low middle high
    mkdir -p "$folder"
    for ((number = 0; number < 1000; number++)); do
        printf 'name: token-%d\nversion: v1\ntype: secret\nsecret: {type: key-value, acl: r, data: {TOKEN: x%d}}\n' \
            "$number" "$number" >"$folder/secret-$number.yaml"
    done
    heading "1000 files of one resource each"
    for ((run = 0; run < runs; run++)); do milliseconds "$sheaf" validate "$folder"; done >"$scratch/files.times"
    read -r low middle high < <(spread <"$scratch/files.times")
    row "validate" ms 1 "$low" "$middle" "$high"
}

# Writes a bundle of COUNT resources with three dependencies each. Usage: web_of_resources DIR COUNT
web_of_resources() {
    mkdir -p "$1"
    awk -v count="$2" 'BEGIN {
        srand(1)
        print "name: web\nversion: v1beta\ntype: bundle\nbundle:\n  resources:"
        for (i = 0; i < count; i++) {
            print "    - id: item-" i
            if (i > 2) print "      dependencies: [item-" i - 1 ", item-" int(i * rand() / 2) ", item-" i - 2 "]"
            print "      spec:\n        name: access-" i "\n        version: v1\n        type: instance-secret"
            print "        instance-secret: {type: key-value, acl: r, data: {password: value-" i "}}"
        }
    }' >"$1/bundle.yaml"
}

# How the time of resolving and ordering grows, beside that of a thousand resources.
growth() {
    heading "resolving resources with 3 dependencies each"
    local count first="" low middle high
    for count in 1000 10000 100000; do
        web_of_resources "$scratch/web" "$count"
        for run in 1 2 3; do milliseconds "$sheaf" resolve "$scratch/web"; done >"$scratch/web.times"
        read -r low middle high < <(spread <"$scratch/web.times")
        first=${first:-$middle}
        row "$count resources" ms 1 "$low" "$middle" "$high" \
            "$(awk -v a="$middle" -v b="$first" 'BEGIN { printf "%.1f x", a / b }')"
    done
}

# The private memory of the processes whose program is PROGRAM and whose environment names our home, in KiB.
private_memory() {
    local process
    for process in /proc/[0-9]*; do
        [[ $(readlink "$process/exe" 2>/dev/null) == */"$1" ]] || continue
        grep -qzF "$scratch" "$process/environ" "$process/cmdline" 2>/dev/null || continue
        awk '/^Private_Dirty:/ { print $2 }' "$process/smaps_rollup"
    done
}

# Writes a bundle of COUNT workers that sleep. Usage: sleepers DIR COUNT
sleepers() {
    mkdir -p "$1"
    awk -v count="$2" 'BEGIN {
        print "name: sleeper\nversion: v1beta\ntype: bundle\nbundle:\n  workspaces:\n    - {name: sleeper, layer: user}\n  resources:"
        for (i = 1; i <= count; i++) {
            print "    - id: sleeper-" i "\n      workspace: sleeper\n      spec:\n        name: sleeper-" i
            print "        version: v1beta\n        type: worker\n        worker:\n          replicas: 1\n          stack: container"
            print "          compute: runnable-default\n          stackSpec: {command: [sleep], arguments: [\"86400\"]}"
        }
    }' >"$1/bundle.yaml"
}

# Ends the supervisor of an incarnation, whose folder is given, and returns when it is gone.
end_supervisor() {
    kill "$(awk '$1 == "supervisor" { print $2 }' "$1/run/status")"
    flock "$1/run/lock" true
}

# How long a supervisor takes to start its process, from its own start on, in milliseconds; it is ended afterwards.
# Usage: start_supervisor FOLDER   (an incarnation that does not run)
start_supervisor() {
    local program=$repository/.build/release/sheaf-supervisor
    (
        exec 3>>"$1/run/lock"
        flock -n 3
        SHEAF_INCARNATION=$1 milliseconds "$program" "$1" 3>&3
    )
    end_supervisor "$1"
}

supervisor() {
    local bundle=$scratch/sleeper folder run
    sleepers "$bundle" 5
    heading "a supervisor, one for each long-lived workload"
    sleeper_applied=yes
    "$sheaf" apply "$bundle" >/dev/null 2>&1
    private_memory sheaf-supervisor >"$scratch/private"
    if [[ ! -s $scratch/private ]]; then
        echo "bench: no supervisor of this run was found" >&2
        return 1
    fi
    column "$scratch/private" 1 "private memory of $(wc -l <"$scratch/private") supervisors" KiB 0
    folder=$SHEAF_HOME/workloads/sleeper/worker/sleeper-1/1
    end_supervisor "$folder"
    for ((run = 0; run < runs; run++)); do start_supervisor "$folder" >>"$scratch/supervisor.start"; done
    column "$scratch/supervisor.start" 1 "start, until its process runs" ms 1
    many_workloads 300
}

# What so many workloads cost that all run at once. Usage: many_workloads COUNT
many_workloads() {
    local bundle=$scratch/sleepers-$1 home=$SHEAF_HOME run
    sleepers "$bundle" "$1"
    sed -i 's/^name: sleeper$/name: many/; s/sleeper-/many-/; s/sleeper/many/' "$bundle/bundle.yaml"
    heading "$1 workloads of the machine"
    export SHEAF_HOME=$scratch/many-home
    resources "$sheaf" apply "$bundle" >"$scratch/many.apply"
    column "$scratch/many.apply" 1 "apply" s 2
    local process
    for process in /proc/[0-9]*; do
        [[ $(readlink "$process/exe" 2>/dev/null) == */sheaf-supervisor ]] || continue
        grep -qzF "$SHEAF_HOME" "$process/cmdline" 2>/dev/null || continue
        awk '/^Pss:/ { print $2 / 1024 }' "$process/smaps_rollup"
    done | awk '{ sum += $1 } END { print sum }' >"$scratch/many.memory"
    column "$scratch/many.memory" 1 "all supervisors, proportional memory" MiB 1
    for ((run = 0; run < runs; run++)); do resources "$sheaf" status many >>"$scratch/many.status"; done
    column "$scratch/many.status" 1 "status" s 3
    resources "$sheaf" delete many >"$scratch/many.delete"
    column "$scratch/many.delete" 1 "delete" s 2
    if grep -qzF "SHEAF_INCARNATION=$SHEAF_HOME" /proc/[0-9]*/environ 2>/dev/null; then
        echo "bench: processes are left after the delete" >&2
        return 1
    fi
    export SHEAF_HOME=$home
}

# The pipeline that packing is compared with; its output has a new name each time, as that of `sheaf pack` has.
pipeline() { git -C "$1" archive --format=tar HEAD | zstd -q -3 -T2 -o "$2"; }

# Runs a command and appends its figures, see `resources`, to a file of the scratch folder.
measured() {
    local name=$1
    shift
    resources "$@" >>"$scratch/pack.$name"
}

# Prints wall time, CPU time and peak memory of one kind of run, each also as a ratio to those of another kind.
# Usage: against NAME OTHER LABEL
against() {
    local number labels=("" "" ", CPU" ", peak memory") units=("" s s MiB) ratio
    for number in 1 2 3; do
        local low middle high other
        read -r low middle high < <(awk -v n=$number '{ print $n }' "$scratch/pack.$1" | spread)
        read -r _ other _ < <(awk -v n=$number '{ print $n }' "$scratch/pack.$2" | spread)
        ratio=$(awk -v a="$middle" -v b="$other" 'BEGIN { printf "%.2f x", a / b }')
        row "$3${labels[number]}" "${units[number]}" 2 "$low" "$middle" "$high" "$ratio"
    done
}

packing() {
    local heap=$scratch/heap out=$scratch/out rounds=$((runs < 5 ? runs : 5)) round
    "$here/generate-repository.py" create "$heap"
    cp -r "$heap" "$scratch/heap-changed"
    "$here/generate-repository.py" change "$scratch/heap-changed"
    cp -r "$heap" "$scratch/heap-spread"
    "$here/generate-repository.py" spread "$scratch/heap-spread"
    export -f pipeline
    for ((round = 1; round <= rounds; round++)); do
        # Nothing is removed before the end: ext4 is slow to make files where it has just removed many.
        local here_out=$out/$round
        mkdir -p "$here_out/tar"
        measured pipeline bash -c "pipeline '$heap' '$here_out/p.tar.zst'"
        SHEAF_HOME=$here_out/home measured cold "$sheaf" pack "$heap" -o "$here_out/cold.sheaf"
        cp -r "$here_out/home" "$here_out/home-spread"
        SHEAF_HOME=$here_out/home measured same "$sheaf" pack "$heap" -o "$here_out/same.sheaf"
        SHEAF_HOME=$here_out/home measured changed "$sheaf" pack "$scratch/heap-changed" -o "$here_out/changed.sheaf"
        SHEAF_HOME=$here_out/home-spread measured spread "$sheaf" pack "$scratch/heap-spread" -o "$here_out/spread.sheaf"
        cmp "$here_out/cold.sheaf" "$here_out/same.sheaf"
        measured tar tar --zstd -C "$here_out/tar" -xf "$here_out/p.tar.zst"
        measured unpack "$sheaf" unpack "$here_out/cold.sheaf" "$here_out/unpacked"
    done
    heading "pack, $(git -C "$heap" ls-files --with-tree=HEAD | wc -l) files"
    against pipeline pipeline "git archive | zstd -3 -T2"
    against cold pipeline "pack, nothing kept"
    against changed pipeline "pack, 1 % changed, in some folders"
    against spread pipeline "pack, 1 % changed, all over"
    against same pipeline "pack, nothing changed"
    local base size
    base=$(stat -c %s "$out/1/p.tar.zst") size=$(stat -c %s "$out/1/cold.sheaf")
    row "size of the archive" MB 1 "$((size / 100000))e-1" "$((size / 100000))e-1" "$((size / 100000))e-1" \
        "$(awk -v a="$size" -v b="$base" 'BEGIN { printf "%.3f x", a / b }')"
    against tar tar "tar --zstd -x"
    against unpack tar "unpack"
    rm -rf "$heap" "$scratch"/heap-* "$out"
}

# Writes a bundle of 20 secrets, each with a value. Usage: writer_bundle DIR NAME VALUE
writer_bundle() {
    local number
    mkdir -p "$1"
    {
        printf 'name: %s\nversion: v1beta\ntype: bundle\nbundle:\n  resources:\n' "$2"
        for ((number = 0; number < 20; number++)); do
            printf '    - id: item-%d\n      spec:\n        name: %s-%d\n        version: v1\n' "$number" "$2" "$number"
            printf '        type: instance-secret\n        instance-secret: {type: key-value, acl: r, data: {k: v%s}}\n' "$3"
        done
    } >"$1/bundle.yaml"
}

# Applies one bundle again and again, each time changed, and notes how long each apply waited for locks.
# Usage: write_often NAME FILE
write_often() {
    local round
    for ((round = 0; round < runs * 3; round++)); do
        writer_bundle "$scratch/$1" "$1" "$round"
        SHEAF_WAITS=$2 LD_PRELOAD=$scratch/waits.so "$sheaf" apply "$scratch/$1" >/dev/null 2>&1
    done
}

# Reads a bundle again and again until it is told to stop.
read_often() {
    while [[ ! -e $scratch/stop ]]; do
        "$sheaf" status "$1" --output json >/dev/null
        "$sheaf" history "$1" --output json >/dev/null
    done
}

# Runs writers of a bundle each beside readers. Usage: wait_beside READERS WRITER...
wait_beside() {
    local count=$1 reading=() writing=() number process low middle high
    shift
    rm -f "$scratch/stop" "$scratch/waits"
    for ((number = 0; number < count; number++)); do
        read_often "$([[ $((number % 2)) == 0 ]] && echo one || echo two)" &
        reading+=($!)
    done
    for number in "$@"; do
        write_often "$number" "$scratch/waits" &
        writing+=($!)
    done
    for process in "${writing[@]}"; do wait "$process"; done
    touch "$scratch/stop"
    for process in "${reading[@]}"; do wait "$process"; done
    read -r low middle high < <(spread <"$scratch/waits")
    row "writers: $#, readers: $count" ms 1 "$low" "$middle" "$high"
}

# How long applies wait for locks of others, all their waits together: two writers wait for each other, too.
readers() {
    heading "waits of an apply for other commands"
    cc -shared -fPIC -O2 -o "$scratch/waits.so" "$here/waits.c"
    local name
    for name in one two; do
        writer_bundle "$scratch/$name" "$name" first
        "$sheaf" apply "$scratch/$name" >/dev/null 2>&1
    done
    wait_beside 0 one
    wait_beside 10 one
    wait_beside 0 one two
    wait_beside 10 one two
}

build_from_scratch() {
    heading "build from scratch (a fresh clone, one run)"
    local clone=$scratch/clone
    git clone --quiet "$repository" "$clone"
    # The network is no part of the figure.
    swift package --package-path "$clone" resolve >/dev/null 2>&1
    resources make -C "$clone" build >"$scratch/build"
    column "$scratch/build" 2 "release build, CPU" s 0
    column "$scratch/build" 1 "release build, wall" s 0
    column "$scratch/build" 3 "release build, peak memory of a process" MiB 0
}

printf '%s, %s processors, %s\n' "$(uname -sr)" "$(nproc)" "$("$sheaf" --version)"
du -k "$repository"/.build/release/{sheaf,sheaf-supervisor,sheaf-steampipe,sheaf-gateway} |
    awk '{ printf "%s %.1f MiB\n", $2, $1 / 1024 }' | sed 's|.*/||'
if [[ -n ${SHEAF_BENCH_ONLY:-} ]]; then
    "$SHEAF_BENCH_ONLY"
    exit
fi
start_up
validation
many_files
growth
large_bundle
transactions
many_errors
many_jobs
container_jobs
supervisor
readers
packing
csv_service
if [[ ${SHEAF_BENCH_BUILD:-1} != 0 ]]; then build_from_scratch; fi
