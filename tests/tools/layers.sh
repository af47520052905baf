#!/bin/sh
# SPDX-License-Identifier: MIT
#
# layers.sh ROOM...: the include law. Prints each include edge that the law does not have, and fails if there is one.
# A room may include itself and what stands here for it; daemon/ctl is a client and knows neither workers nor store.
# uthash comes by base/table.h alone, which says what happens when memory is out.
set -u
allowed() { # ROOM -> pattern of what it may include
    case $1 in
    base) echo '^base/' ;;
    feeds) echo '^(base|feeds)/' ;;
    rules) echo '^(base|rules)/' ;;
    alerts) echo '^((base|alerts)/|feeds/(feed|item)\.h$|rules/(rule|match)\.h$)' ;;
    store) echo '^((base|store)/|feeds/(feed|item)\.h$|alerts/(alert|delivery|story|silence)\.h$)' ;;
    daemon) echo '^(base|feeds|rules|alerts|store|daemon)/' ;;
    ctl) echo '^(base|feeds|rules|alerts|daemon/ctl|daemon/api|daemon/config|daemon/loader|daemon/paths|daemon/scopes)' ;;
    esac
}
rooms="base|feeds|rules|alerts|store|daemon"
status=0
for room in "$@" ctl; do
    case $room in
    ctl) files=$(find daemon/ctl -name '*.[ch]' 2>/dev/null) ;;
    *) files=$(find "$room" -name '*.[ch]' -not -path 'daemon/ctl/*') ;;
    esac
    for file in $files; do
        bad=$(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]+"([^"]+)".*/\1/p' "$file" |
            grep -E "^($rooms)/" | grep -vE "$(allowed "$room")")
        for target in $bad; do
            echo "layers: $file includes $target, an edge the house does not have" >&2
            status=1
        done
        relative=$(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]+"([^"]+)".*/\1/p' "$file" |
            grep -vE "^($rooms)/")
        for target in $relative; do
            echo "layers: $file includes \"$target\": name it from the top, as \"room/file.h\"" >&2
            status=1
        done
    done
done
for file in $(grep -rlE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<uthash\.h>' --include='*.[ch]' "$@" tests); do
    [ "$file" = base/table.h ] && continue
    echo "layers: $file includes <uthash.h>: include \"base/table.h\"" >&2
    status=1
done
[ $status -eq 0 ] && echo "layers: every include edge is one the house has"
exit $status
