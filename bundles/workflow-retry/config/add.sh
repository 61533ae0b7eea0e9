# Adds up the numbers of this run.
cd /var/dataos/temp_data || exit 1
sum=0
while read -r number; do sum=$((sum + number)); done < numbers
echo "$sum" > sum
