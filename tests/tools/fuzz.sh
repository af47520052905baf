#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fuzz.sh SECONDS TARGET...: runs each libFuzzer target for that long, as many at a time as there are cores (JOBS=), from
# its kept corpus and dictionary. New inputs stay in build/fuzz/found/NAME, crashes in build/fuzz/; a crash fails, with
# the command that repeats it. Runs repeat: the seed is 1 unless FUZZ_SEED says otherwise; a long hunt sets FUZZ_SEED=0,
# which libFuzzer takes for a random one.
set -u
seconds=$1
shift
printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc)}" -n 1 sh tests/tools/fuzz_one.sh "$seconds"
