#!/bin/sh
# Asks the warehouse the question NAME.sql and keeps the answer as NAME.json. Usage: query.sh NAME
set -eu
name=$1
work='/var/dataos/persistent_data/shop/work'

mkdir -p "$work"
# shellcheck disable=SC2154 # username and password come from the secret
PGUSER=$username PGPASSWORD=$password psql --no-psqlrc --quiet --tuples-only --no-align \
    --set ON_ERROR_STOP=1 --file "/etc/dataos/config/$name.sql" --output "$work/.$name.new"
mv "$work/.$name.new" "$work/$name.json"
echo "$name: $(wc -c <"$work/$name.json") bytes"
