# Fails at the first attempt of a run, as a place that is out of reach for a moment.
cd /var/dataos/temp_data || exit 1
if ! test -e asked; then
    touch asked
    echo "the numbers cannot be reached"
    exit 1
fi
printf '1\n19\n22\n' > numbers
echo "3 numbers"
