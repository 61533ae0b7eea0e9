# What the CSV tables of the SteamPipe engine cost beside file_fdw of the same PostgreSQL; sourced by bench.sh.
# shellcheck shell=bash

# Prints a CSV file of about so many bytes: lines of orders, some with quotes and letters beyond ASCII.
orders_csv() {
    awk -v size="$1" 'BEGIN {
        srand(7)
        split("Berlin Paris Madrid Rome Vienna Zürich Tokyo Delhi Cairo Lima Oslo Quito", city, " ")
        split("new paid sent returned cancelled", state, " ")
        split("light heavy blue red green small large steel wood glass paper cotton", word, " ")
        # One block again and again: it is the reading that is measured.
        for (line = 0; line < 100000; line++) {
            note = rand() < 0.6 ? "" : word[int(rand() * 12) + 1] " " word[int(rand() * 12) + 1]
            if (rand() < 0.05) note = "\"" note ", \"\"" word[int(rand() * 12) + 1] "\"\"\""
            block = sprintf("%d,customer-%06d,%s,2026-%02d-%02dT%02d:%02d:%02dZ,%d,%.2f,%s,%s\n",
                rand() * 1000000000, rand() * 1000000, city[int(rand() * 12) + 1], rand() * 12 + 1, rand() * 28 + 1,
                rand() * 24, rand() * 60, rand() * 60, rand() * 20 + 1, rand() * 500, state[int(rand() * 5) + 1], note)
            lines[int(line / 1000)] = lines[int(line / 1000)] block
        }
        print "id,customer,city,ordered_at,quantity,price,status,note"
        for (written = 0; written < size;)
            for (part = 0; part < 100 && written < size; part++) {
                printf "%s", lines[part]
                written += length(lines[part])
            }
    }'
}

csv_service() {
    heading "SQL over a CSV file of ${SHEAF_BENCH_CSV_MB:-1000} MB, warm"
    if ! command -v psql >/dev/null || [[ ! -d /usr/lib/postgresql ]]; then
        echo "bench: left out: PostgreSQL and psql are missing" >&2
        return
    fi
    local folder=$scratch/csv port=$((20000 + RANDOM % 20000)) engine=$repository/.build/release/sheaf-steampipe
    mkdir -p "$folder/config" "$folder/files"
    orders_csv $((${SHEAF_BENCH_CSV_MB:-1000} * 1000000)) >"$folder/files/orders.csv"
    printf 'connection "ours" {\n  plugin = "csv"\n  paths = ["../files/*.csv"]\n}\n' >"$folder/config/csv.spc"
    coproc ENGINE {
        exec "$engine" --config-dir "$folder/config" --data-dir "$folder/data" --port "$port" 2>"$folder/log"
    }
    local engine_pid=$ENGINE_PID line=""
    while [[ $line != *"Hit Ctrl+C"* ]] && read -r line <&"${ENGINE[0]}"; do :; done
    # The administrator's socket: nobody else may use file_fdw.
    local ask=(psql -X -q -At -v ON_ERROR_STOP=1 -h "$folder/data/run" -p "$port" -U root -d steampipe)
    local column columns=""
    for column in id customer city ordered_at quantity price status note; do
        columns+="${columns:+, }$column text options (force_not_null 'true')"
    done
    "${ask[@]}" -c "create extension file_fdw schema public" \
        -c "create server plain foreign data wrapper file_fdw" -c "create schema plain" \
        -c "create foreign table plain.orders ($columns) server plain
            options (filename '$folder/files/orders.csv', format 'csv', header 'true')" >/dev/null
    local name query schema run
    while IFS='|' read -r name query; do
        for ((run = 0; run <= ${SHEAF_BENCH_CSV_RUNS:-3}; run++)); do
            for schema in plain ours; do
                milliseconds "${ask[@]}" -c "${query//TABLE/$schema.orders}" >>"$folder/$name.$schema"
            done
        done
        local low middle high first=""
        for schema in plain ours; do
            # The first round warms the caches and does not count.
            read -r low middle high < <(tail -n +2 "$folder/$name.$schema" | spread)
            first=${first:-$middle}
            row "$name, $([[ $schema == plain ]] && echo file_fdw || echo csv service)" ms 0 "$low" "$middle" "$high" \
                "$(awk -v a="$middle" -v b="$first" 'BEGIN { printf "%.2f x", a / b }')"
        done
    done <<'END'
count|select count(*) from TABLE
filter|select count(*), max(note) from TABLE where city = 'Paris'
group|select city, count(*), avg(price::numeric), sum(quantity::int) from TABLE group by city
all columns|select max(length(id || customer || city || ordered_at || quantity || price || status || note)) from TABLE
END
    kill -INT "$engine_pid"
    wait "$engine_pid" || true
}
