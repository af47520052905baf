# SPDX-License-Identifier: MIT
#
# For .ci/run and proof.sh: `part NAME COMMAND...` runs a command, shows what it says, and counts its tests (its last
# `N passed, N failed`, else one); `parts_end` closes with the sum over all parts and fails where one failed.
passed=0
failed=0
bad_parts=
parts_log=build/log/part.log

part() {
    part_name=$1
    shift
    mkdir -p build/log
    begun=$(date +%s)
    echo "== $part_name: $*"
    "$@" >"$parts_log" 2>&1
    part_status=$?
    grep -vE '^(CC|LINK|TIDY) ' "$parts_log" | tail -n 200
    counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$parts_log" | tail -n 1)
    good=$(echo "$counts" | sed -n 's/ passed.*//p')
    bad=$(echo "$counts" | sed -n 's/.*, \([0-9]*\) failed/\1/p')
    if [ -z "$counts" ]; then
        good=$((part_status == 0))
        bad=$((part_status != 0))
    elif [ "$part_status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    [ "$bad" -eq 0 ] || bad_parts="$bad_parts $part_name"
    echo "== $part_name took $(($(date +%s) - begun)) s"
}

parts_end() {
    [ -z "$bad_parts" ] || echo "failed:$bad_parts"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
