#!/bin/bash
# Installs dbt with DuckDB into .build/tools/dbt, for the test of the template dbt-project. Does nothing where dbt is there.
#
# Without a network it says so and goes on, unless SHEAF_REQUIRE_ENGINES=1.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$PWD/.build/tools
# Versions that need no network while they run, and no compiler to be installed.
packages=("dbt-core==1.10.*" "dbt-duckdb==1.9.*")

if command -v dbt >/dev/null || [[ -x $tools/dbt/bin/dbt ]]; then
    exit 0
fi

install() {
    # uv takes seconds where pip takes a minute.
    python3 -m pip --quiet --disable-pip-version-check install --root-user-action ignore --upgrade --target "$tools/uv" uv &&
        "$tools/uv/bin/uv" --quiet venv --clear "$tools/dbt" &&
        "$tools/uv/bin/uv" --quiet pip install --python "$tools/dbt/bin/python" "${packages[@]}"
}

echo "Installing dbt into $tools/dbt" >&2
if ! install; then
    rm -rf "$tools/dbt"
    echo "install-dbt.sh: dbt could not be installed" >&2
    [[ ${SHEAF_REQUIRE_ENGINES:-} != 1 ]]
fi
