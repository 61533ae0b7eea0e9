#!/bin/sh
# Copies the measurements into the volume.
set -eu
data='/var/dataos/persistent_data/product'

mkdir -p "$data/site"
cp '/etc/dataos/config/measurements.csv' "$data/.measurements.new"
mv "$data/.measurements.new" "$data/measurements.csv"
echo "measurements copied"
