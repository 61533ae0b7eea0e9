#!/bin/sh
# Serves the page and the files that the other workloads put beside it. Usage: site.sh PORT
set -eu
port=$1
site='/var/dataos/persistent_data/shop/site'

mkdir -p "$site"
cp '/etc/dataos/config/index.html' "$site/.index.new"
mv "$site/.index.new" "$site/index.html"
echo "serving http://127.0.0.1:$port/"
exec busybox httpd -f -p "127.0.0.1:$port" -h "$site"
