#!/bin/bash
# Packs bundles/quickstart from this repository, applies it, and shows what runs.
#
# SHEAF_HOME is the user's own unless it is set.
set -euo pipefail
cd "$(dirname "$0")/.."

sheaf=$PWD/.build/release/sheaf
archive=.build/quickstart/quickstart.sheaf

step() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }
if [[ ! -t 1 || -n ${NO_COLOR:-} ]]; then
    step() { printf '\n$ %s\n' "$*"; }
fi
run() {
    step "sheaf $*"
    "$sheaf" "$@"
}

mkdir -p "${archive%/*}"
if git rev-parse --verify --quiet HEAD >/dev/null; then
    run pack bundles/quickstart -o "$archive"
else
    # A source tarball has no commit to pack.
    run pack bundles/quickstart --worktree -o "$archive"
fi
run apply "$archive"
run status quickstart

query="select p.category, count(*) as orders, sum(o.quantity::int * p.price::numeric) as revenue
from shop.orders o join shop.products p using (product_id)
group by p.category order by revenue desc"
step "psql -h 127.0.0.1 -p 9193 -U steampipe steampipe -c '$query'"
PGPASSWORD=quickstart-only psql --no-psqlrc --pset pager=off -h 127.0.0.1 -p 9193 -U steampipe steampipe -c "$query"

volume=$("$sheaf" status quickstart --output json | sed -n 's/^ *"location" : "\(.*shop-data\)",*$/\1/p')
cat <<END
The page with the report: http://127.0.0.1:8088/

What to try next:

  export PATH=$PWD/.build/release:\$PATH

  # The tables are CSV files: add a line, and the next query has it
  \${EDITOR:-vi} $volume/shop/data/orders.csv

  # Upgrade: change the title in bundles/quickstart/config/index.html, then
  sheaf plan bundles/quickstart
  sheaf apply bundles/quickstart

  # Break it: write 'site.sh-is-gone' for 'site.sh' in the arguments of bundles/quickstart/resources/site.yaml, then
  sheaf apply bundles/quickstart      # fails, and the page from before is back
  sheaf status quickstart

  # Go back, look back, take it away
  sheaf rollback quickstart
  sheaf history quickstart
  sheaf delete quickstart             # the volume's data stays; --delete-data deletes it too
END
