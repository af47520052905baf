#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Answers the scorer's batch protocol (score_feeds.py) with Debian's python3-feedparser.

usage: /usr/bin/python3 tests/tools/feedparser_adapter.py < LINES    a line {"file", "env"} each, an answer each
"""
import calendar
import json
import sys

import feedparser

HEADERS = {
    "FEED_CONTENT_TYPE": "content-type",
    "FEED_CONTENT_LOCATION": "content-location",
    "FEED_CONTENT_LANGUAGE": "content-language",
}


def date(source, name):
    """Returns a date in epoch seconds, or None."""
    parsed = source.get(name + "_parsed")
    return calendar.timegm(parsed) if parsed else None


def people(source):
    """Returns the authors of a feed or an entry."""
    found = [{"name": a.get("name"), "email": a.get("email"), "uri": a.get("href")} for a in source.get("authors", [])]
    return [person for person in found if any(person.values())]


def common(source):
    """Returns what feeds and entries share."""
    return {
        "title": source.get("title"),
        "link": source.get("link"),
        "id": source.get("id"),
        "summary": source.get("summary") or source.get("subtitle"),
        "language": source.get("language"),
        "authors": people(source),
        "published": date(source, "published"),
        "updated": date(source, "updated") if "updated_parsed" in source.keys() else None,
        "categories": [{key: tag.get(key) for key in ("term", "scheme", "label")} for tag in source.get("tags", [])],
        "links": [{key: link.get(key) for key in ("href", "rel", "type")} for link in source.get("links", [])],
    }


def entry(source):
    """Returns an entry as the protocol has it."""
    contents = source.get("content") or []
    return {
        **common(source),
        "guid_is_permalink": source.get("guidislink"),
        "content": contents[0].get("value") if contents else None,
        "enclosures": [
            {"url": e.get("href"), "type": e.get("type"), "length": e.get("length")} for e in source.get("enclosures", [])
        ],
        "comments": source.get("comments"),
    }


def parse(request):
    """Returns the answer to one request."""
    env = request.get("env") or {}
    headers = {header: env[name] for name, header in HEADERS.items() if name in env}
    if "FEED_URL" in env:
        headers.setdefault("content-location", env["FEED_URL"])
    with open(request["file"], "rb") as stream:
        result = feedparser.parse(stream.read(), response_headers=headers)
    language = result.feed.get("language") or env.get("FEED_CONTENT_LANGUAGE")
    return {
        "format": result.get("version"),
        "encoding": result.get("encoding"),
        "wellformed": not result.bozo,
        "feed": {**common(result.feed), "language": language},
        "entries": [entry(source) for source in result.entries],
    }


def main():
    """Answers every line of standard input."""
    for line in sys.stdin:
        try:
            answer = parse(json.loads(line))
        except Exception as error:  # a parser that fails on a case has failed the case
            answer = {"error": str(error)[:200]}
        print(json.dumps(answer, default=str), flush=True)


if __name__ == "__main__":
    main()
