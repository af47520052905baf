#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Scores the parser over the conformance corpora beside python3-feedparser, and fails below the recorded floor.

usage: tests/tools/conformance.py CTL

Prints a line `skipped: ...` where the corpora (../shared) are not there. Floors are what the parser reached when they
were written down (tests/conformance.floor); raise them with every gain, never lower them.
"""
import json
import os
import subprocess
import sys
import tempfile

SHARED = "../shared"
CASES = SHARED + "/corpora/feeds"
EXCLUDE = SHARED + "/corpora/feeds-exclude.json"
SCORER = SHARED + "/tools/score_feeds.py"
FLOOR = "tests/conformance.floor"
PEER = "/usr/bin/python3 tests/tools/feedparser_adapter.py"


def score(command):
    """Returns the scorer's tables for a command, or None where it cannot run."""
    with tempfile.TemporaryDirectory() as folder:
        tables, fails = folder + "/tables.json", folder + "/fails.json"
        arguments = [sys.executable, SCORER, "--batch", "--core-only", "--cmd", command, "--cases", CASES]
        arguments += ["--exclude", EXCLUDE, "--json", tables, "--fails", fails]
        done = subprocess.run(arguments, stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0 or not os.path.exists(tables):
            return None
        with open(tables) as stream, open(fails) as failed:
            result = json.load(stream)
            result["failed"] = sorted({row[0] for row in json.load(failed) if row[1]})
            return result


def groups(result):
    """Returns the rows of the table: name -> [passed, total]."""
    rows = {"suite " + name: row for name, row in result["suites"].items()}
    rows["core cases"] = result["total_cases"]
    rows["core expectations"] = result["total_core"]
    json_rows = [row for name, row in result["core"].items() if name.startswith("mal:json")]
    rows["json"] = [sum(row[0] for row in json_rows), sum(row[1] for row in json_rows)]
    return rows


def percent(row):
    """Returns a share of a row in percent."""
    return 100 * row[0] / max(1, row[1])


def main():
    """Prints the table and compares it with the floors."""
    if not os.path.exists(SCORER):
        print("skipped: conformance: no corpora at %s" % SHARED)
        return 0
    ours = score(sys.argv[1] + " feeds parse --json --batch")
    peer = score(PEER)
    if ours is None:
        print("conformance: the scorer failed")
        return 1
    with open(FLOOR) as stream:
        floors = json.load(stream)
    ours_rows, peer_rows = groups(ours), groups(peer) if peer else {}
    status = 0
    print("%-24s %18s %18s %8s" % ("", "feedwatchctl", "feedparser", "floor"))
    for name, row in sorted(ours_rows.items()):
        other = peer_rows.get(name)
        beside = "%5d/%5d %5.1f%%" % (*other, percent(other)) if other else "-"
        floor = floors.get(name, 0)
        is_low = percent(row) < floor
        status |= is_low
        text = "%5d/%5d %5.1f%%" % (*row, percent(row))
        print("%-24s %18s %18s %7.1f%%%s" % (name, text, beside, floor, "  BELOW" if is_low else ""))
    if ours["failed"]:
        print("failed (see docs/parsing.md): " + ", ".join(ours["failed"]))
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
