#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sim.sh PROGRAM SEED SEEDS FEEDS DAYS: simulates one seed where SEED is given, else seeds 1 to SEEDS, split over the
# cores. A seed that finds a breach is named with the command that repeats it. Closes with `N passed, N failed`: seeds.
set -u
program=$1 seed=$2 seeds=$3 feeds=$4 days=$5
[ -n "$seed" ] && exec "$program" --seed "$seed" --feeds "$feeds" --days "$days"
cores=$(nproc)
share=$(((seeds + cores - 1) / cores))
logs=$(mktemp -d)
first=1
while [ "$first" -le "$seeds" ]; do
    count=$share
    [ $((first + count - 1)) -gt "$seeds" ] && count=$((seeds - first + 1))
    "$program" --seed "$first" --seeds "$count" --feeds "$feeds" --days "$days" >"$logs/$first" 2>&1 || touch "$logs/$first.failed" &
    first=$((first + count))
done
wait
cat "$logs"/[0-9]*
failed=$(sed -n 's/.* \([0-9]*\) seeds with a breach$/\1/p' "$logs"/* | awk '{ n += $1 } END { print n + 0 }')
# A simulation that died says nothing of breaches.
for log in "$logs"/*.failed; do
    if [ -e "$log" ] && ! grep -q 'seeds with a breach$' "${log%.failed}"; then failed=$((failed + 1)); fi
done
rm -rf "$logs"
echo "$((seeds - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
