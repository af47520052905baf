#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fuzz.sh SECONDS TARGET...: runs each libFuzzer target for that long, from its kept corpus and dictionary. New inputs
# stay in build/fuzz/found/NAME, crashes in build/fuzz/; a crash fails, with the command that repeats it. Runs repeat:
# the seed is 1 unless FUZZ_SEED says otherwise; a long hunt sets FUZZ_SEED=0, which libFuzzer takes for a random one.
set -u
seconds=$1
shift
status=0
targets=$*
for target in $targets; do
    name=$(basename "$target")
    found=build/fuzz/found/$name
    mkdir -p "$found"
    set -- -seed="${FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=512 -print_final_stats=1 -artifact_prefix=build/fuzz/"$name"-
    if [ -f tests/fuzz/"$name".dict ]; then set -- "$@" -dict=tests/fuzz/"$name".dict; fi
    set -- "$@" "$found"
    if [ -d tests/fuzz/corpus/"$name" ]; then set -- "$@" tests/fuzz/corpus/"$name"; fi
    if "$target" "$@" >build/fuzz/"$name".log 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' build/fuzz/"$name".log)
        echo "ok     $name: $runs runs in ${seconds}s"
    else
        status=1
        echo "FAILED $name:"
        grep -aE 'ERROR|SUMMARY|_fuzz:|runtime error|Test unit written' build/fuzz/"$name".log | sed 's/^/    /'
        echo "    repeat with:  $target build/fuzz/$name-..."
    fi
done
exit $status
