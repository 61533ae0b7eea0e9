#!/bin/sh
# Serves the page and the totals. Usage: site.sh PORT
set -eu
site='/var/dataos/persistent_data/product/site'

cp '/etc/dataos/config/index.html' "$site/.index.new"
mv "$site/.index.new" "$site/index.html"
echo "serving http://127.0.0.1:$1/"
exec busybox httpd -f -p "127.0.0.1:$1" -h "$site"
