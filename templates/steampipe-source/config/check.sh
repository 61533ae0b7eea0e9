#!/bin/sh
# Fails unless the source has measurements.
set -eu

# shellcheck disable=SC2154 # username and password come from the secret
count=$(PGUSER=$username PGPASSWORD=$password psql --no-psqlrc --tuples-only --no-align --set ON_ERROR_STOP=1 \
    --command 'select count(*) from files.measurements')
echo "$count measurements"
[ "$count" -gt 0 ]
