#!/bin/sh
# Copies NAME.csv of the configuration to NAME/orders.csv in the volume; a file that is there already is kept.
set -eu
data='/var/dataos/persistent_data/regions'

for file in /etc/dataos/config/*.csv; do
    name=$(basename "$file" .csv)
    if [ -e "$data/$name/orders.csv" ]; then
        echo "$name is there"
        continue
    fi
    mkdir -p "$data/$name"
    cp "$file" "$data/$name/.orders.new"
    mv "$data/$name/.orders.new" "$data/$name/orders.csv"
    echo "$name copied"
done
