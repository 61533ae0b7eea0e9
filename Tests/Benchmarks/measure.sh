# Functions that measure and print; sourced by bench.sh.
# shellcheck shell=bash

# Prints the smallest, the middle and the largest of the numbers on standard input.
spread() {
    sort -g | awk '{ value[NR] = $1 } END { print value[1], value[int((NR + 1) / 2)], value[NR] }'
}

# Prints a row of the table: LABEL UNIT DIGITS MIN MEDIAN MAX [NOTE]
row() {
    printf "%-46s %10.$3f %10.$3f %10.$3f %s%s\n" "$1" "$4" "$5" "$6" "$2" "${7:+  $7}"
}

heading() {
    printf '\n%-46s %10s %10s %10s %-6s\n' "$1" min median max unit
}

# Runs a command silently and prints how long it took, in milliseconds.
milliseconds() {
    local start=${EPOCHREALTIME/./} status=0
    "$@" >/dev/null 2>&1 || status=$?
    local end=${EPOCHREALTIME/./}
    if ((status != 0)); then
        echo "bench: '$*' failed with $status" >&2
        return 1
    fi
    awk -v us=$((end - start)) 'BEGIN { print us / 1000 }'
}

# Runs a command silently under time(1): wall seconds, CPU-seconds, peak memory in MiB, on one line.
resources() {
    local report
    report=$(mktemp)
    if ! command time -f '%e %U %S %M' -o "$report" "$@" >/dev/null 2>"$report.err"; then
        echo "bench: '$*' failed:" >&2
        cat "$report.err" >&2
        rm -f "$report" "$report.err"
        return 1
    fi
    awk '{ print $1, $2 + $3, $4 / 1024 }' "$report"
    rm -f "$report" "$report.err"
}

# Runs the commands in turn, round after round, so that all see the same load; compares each with the first.
# Usage: compare ROUNDS LABEL COMMAND [LABEL COMMAND]...   (a COMMAND is split at blanks)
compare() {
    local rounds=$1 directory index
    shift
    directory=$(mktemp -d)
    local labels=() commands=()
    while (($# > 0)); do
        labels+=("$1")
        commands+=("$2")
        shift 2
    done
    for ((round = 0; round <= rounds; round++)); do
        for index in "${!commands[@]}"; do
            local words
            read -ra words <<<"${commands[index]}"
            milliseconds "${words[@]}" >>"$directory/$index"
        done
    done
    local first=""
    for index in "${!labels[@]}"; do
        local low middle high
        # The first round warms the caches and does not count.
        read -r low middle high < <(tail -n +2 "$directory/$index" | spread)
        first=${first:-$middle}
        row "${labels[index]}" ms 1 "$low" "$middle" "$high" \
            "$(awk -v a="$middle" -v b="$first" 'BEGIN { printf "%.2f x", a / b }')"
    done
    rm -rf "$directory"
}
