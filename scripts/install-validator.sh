#!/bin/bash
# Installs the public validator of CycloneDX into .build/cyclonedx, where a test finds it.
#
# Without network the test is skipped; with SHEAF_REQUIRE_ENGINES=1, as in CI, that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

place=.build/cyclonedx
package='cyclonedx-python-lib[json-validation]==11.12.0'

if [[ -e $place/ready ]]; then
    exit 0
fi
if python3 -m venv "$place" >/dev/null && "$place/bin/pip" --quiet install "$package"; then
    touch "$place/ready"
elif [[ ${SHEAF_REQUIRE_ENGINES:-} == 1 ]]; then
    echo "install-validator.sh: cannot install $package" >&2
    exit 69
else
    echo "install-validator.sh: cannot install $package; its test is skipped" >&2
fi
