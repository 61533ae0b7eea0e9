#!/bin/sh
# Fails unless the page is there for everybody and the private one for readers only. Usage: check.sh URL
set -eu

wget -q -O /dev/null "$1/"
if wget -q -O /dev/null "$1/private/" 2>/dev/null; then
    echo "the private page is open to everybody"
    exit 1
fi
credentials=$(printf 'reader:%s' "$TOKEN" | base64)
wget -q -O - --header "Authorization: Basic $credentials" "$1/private/"
