#!/bin/sh
# Copies the first data into the volume; a file that is there already is kept.
set -eu
data='/var/dataos/persistent_data/shop/data'

mkdir -p "$data"
for name in customers products orders; do
    if [ -e "$data/$name.csv" ]; then
        echo "$name.csv is there"
        continue
    fi
    cp "/etc/dataos/config/$name.csv" "$data/.$name.new"
    mv "$data/.$name.new" "$data/$name.csv"
    echo "$name.csv copied"
done
