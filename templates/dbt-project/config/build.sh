#!/bin/sh
# Lays the project out and builds it; a failing test fails the build.
set -eu
data='/var/dataos/persistent_data/dbt'
config='/etc/dataos/config'
project='/var/dataos/temp_data/project'

mkdir -p "$project/models" "$project/seeds"
cp "$config"/dbt_project.yml "$config"/profiles.yml "$project"
cp "$config"/*.sql "$config"/models.yml "$project/models"
cp "$config"/*.csv "$project/seeds"

export WAREHOUSE="$data/my_product.duckdb"
dbt=$(command -v dbt || echo "$data/tools/bin/dbt")
cd "$project"
exec "$dbt" --no-use-colors build --profiles-dir .
