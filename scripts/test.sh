#!/bin/bash
# Runs every check: format, build, all tests. Says how many tests were skipped.
#
# With SHEAF_REQUIRE_ENGINES=1, as in CI, a skipped test is a failure unless the reason that it gives begins with
# "optional": what a test needs has been installed, so it must run.
set -euo pipefail
cd "$(dirname "$0")/.."

log=.build/test.log
step() { printf '\n== %s\n' "$*"; }

step "format"
swift format lint --strict --recursive Package.swift Sources Tests

step "build"
swift build --build-tests

step "test"
swift test --skip-build 2>&1 | tee "$log"

# Swift Testing prints one line for each test that it skips, and others for suites.
# Its signs are not ASCII, and the locale may be.
skipped=$(grep -aE '^[^ ]+ Test .* skipped' "$log" || true)
required=$(grep -aviE 'skipped: "optional' <<<"$skipped" | grep -a . || true)
count() { if [[ -n $1 ]]; then wc -l <<<"$1"; else echo 0; fi; }

step "result"
grep -aE '^[^ ]+ Test run with' "$log"
echo "skipped: $(count "$skipped")"
if [[ -n $skipped ]]; then
    printf '%s\n' "$skipped"
fi
if [[ ${SHEAF_REQUIRE_ENGINES:-} == 1 && -n $required ]]; then
    echo "$(count "$required") required tests were skipped" >&2
    exit 1
fi
