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
