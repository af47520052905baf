#!/bin/sh
# SPDX-License-Identifier: MIT
#
# proof.sh: what is run once before an issue is closed; hours on two cores.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tools/parts.sh
part asan make asan
part tsan make tsan
part fuzz make fuzz FUZZ_SECONDS=600
part torture make torture N=200
part faults make faults
part crash make crash N=1000
part sim make sim SEEDS=2000
part cover make cover
parts_end
