#!/bin/sh
# Serves the page, and /private/ to those who know the token. Usage: web.sh PORT
set -eu
site=/tmp/site

mkdir -p "$site/private"
cp /etc/dataos/config/index.html "$site/index.html"
echo "only for those who know the token" >"$site/private/index.html"
printf '/private:reader:%s\n' "$TOKEN" >/tmp/httpd.conf
echo "serving port $1"
exec httpd -f -p "$1" -h "$site" -c /tmp/httpd.conf
