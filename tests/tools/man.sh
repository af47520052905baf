#!/bin/sh
# SPDX-License-Identifier: MIT
#
# man.sh PAGE...: mandoc finds nothing in the manual pages, and those they name are among them or the system's.
set -u
status=0
for page in "$@"; do
    # Pages of ours are not in the system's index, and a base system without manual pages has none at all.
    found=$(mandoc -Tlint -W style "$page" 2>/dev/null | grep -v 'referenced manual not found')
    [ -z "$found" ] || { echo "$found"; status=1; }
    for name in $(sed -nE 's/^\.Xr (feedwatch[a-z.-]*) ([0-9]).*/\1.\2/p' "$page" | sort -u); do
        [ -e "docs/$name" ] || { echo "man: $page names $name, which docs/ does not have"; status=1; }
    done
done
[ $status -eq 0 ] && echo "man: $# pages, nothing found"
exit $status
