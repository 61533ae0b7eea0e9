#!/bin/sh
# Serves this folder. Usage: serve.sh PORT
# The first process of a container ignores signals that it does not handle, so the shell stays and handles them.
set -eu
trap 'kill "$server"; exit 0' TERM INT
httpd -f -p "$1" -h /etc/dataos/config &
server=$!
echo "serving on port $1"
wait "$server"
