#!/bin/sh
# Fails unless every line has a day, a sensor and a number.
set -eu
data='/var/dataos/persistent_data/product'

awk -F , '
    NR > 1 && (NF != 3 || $3 !~ /^[0-9.]+$/) { print "line " NR " is wrong: " $0; wrong = 1 }
    END { if (!wrong) print NR - 1 " lines are right"; exit wrong }
' "$data/measurements.csv"
