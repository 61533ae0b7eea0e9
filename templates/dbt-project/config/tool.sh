#!/bin/sh
# Makes sure that there is a dbt with DuckDB: the machine's own, else one that is installed into the volume, once.
set -eu
tools='/var/dataos/persistent_data/dbt/tools'

if command -v dbt >/dev/null; then
    echo "dbt is $(command -v dbt)"
    exit 0
fi
if [ -x "$tools/bin/dbt" ]; then
    echo "dbt is in the volume"
    exit 0
fi
echo "installing dbt into the volume"
rm -rf "$tools.new"
python3 -m venv "$tools.new"
"$tools.new/bin/pip" --quiet --disable-pip-version-check install 'dbt-core==1.10.*' 'dbt-duckdb==1.9.*'
# The programs name the folder that they were installed into.
sed -i "s|$tools.new|$tools|" "$tools.new/bin/dbt"
mv "$tools.new" "$tools"
