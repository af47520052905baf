// SPDX-License-Identifier: MIT
//
// Stories: which articles of different feeds tell the same event, so that one rule tells it once in 72 hours.
//
// Three tests, in this order: the same canonical address; the same text, exactly; texts alike (MinHash of 64 values
// over shingles of three words, estimated Jaccard >= 0.25), unless their numbers differ. Only ACROSS feeds, and a
// story takes one article of a feed: look-alikes within one feed are different events ("12 names added", "7 names
// added"). A missed join costs one more alert, a false one hides an event, so every doubt is decided for not joining.
//
// The window holds what was matched in the last 72 hours, at most STORY_WINDOW_MAX articles: a ring, oldest
// overwritten. Its index is a table of chains, newest first; a chain ends at the first link older than the ring's
// oldest, so nothing is ever unlinked. Articles enter with store rows and come back from them at start.
#ifndef ALERTS_STORY_H
#define ALERTS_STORY_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"

enum { STORY_VALUES = 64 };           // of a MinHash: standard error of Jaccard 0.06
enum { STORY_BAND_ROWS = 2, STORY_BANDS = STORY_VALUES / STORY_BAND_ROWS }; // finds 87 % at J = .25, all at .5
enum { STORY_SHINGLES_MIN = 24 };     // shorter texts are too alike by chance: exact tests only
enum { STORY_WORDS_MIN = 5 };         // "Live updates" is not a story: fewer words are never joined by text
enum { STORY_NUMBERS = 14 };          // numbers kept of title and lead; more: no join by likeness
enum { STORY_WINDOW_MAX = 100000 };   // articles, in under 64 MB (tested)
enum { STORY_MEMBERS_SHOWN = 10 };    // of a payload
static const int64_t STORY_LIFE_MS = 72LL * HOUR_MS;
static const double STORY_LIKENESS = 0.25; // least Jaccard to join, across feeds

// What the tests need of one article, stored as it is: plain numbers of this machine's byte order, no padding.
struct story_signature {
    uint64_t url;                   // hash of the canonical address; 0: none, or only a site's front page
    uint64_t text;                  // hash of all words of title and text; 0: fewer than STORY_WORDS_MIN
    uint16_t shingles;              // at most 65535; under STORY_SHINGLES_MIN: minhash is unused
    uint16_t n_numbers;             // STORY_NUMBERS + 1: too many to tell
    uint16_t numbers[STORY_NUMBERS]; // hashed, sorted, of the title and the first 300 characters
    uint16_t minhash[STORY_VALUES];
};

// Computes the signature of an article from its canonical address (empty: none), plain title and plain text. Words
// are runs of letters and digits, case folded; each Han, kana or Hangul character is one. Reads at most 64 KiB.
void story_sign(struct str canonical_url, struct str title, struct str text, struct story_signature *out);

// Returns the estimated Jaccard similarity of two signatures, 0 where one is too short.
double story_likeness(const struct story_signature *a, const struct story_signature *b);

// Tells whether the numbers forbid to join: each text has one that the other has not.
bool story_numbers_differ(const struct story_signature *a, const struct story_signature *b);

// One article in the window, as the store keeps it. `story` is that of the first article.
struct story_row {
    uint64_t story;
    uint64_t feed;
    uint64_t item;
    wall_t seen;
    struct story_signature signature;
    struct str rule;  // that alerted on the story here; empty: the article joined only
    struct str feed_title; // for the list of members
    struct str title;
    struct str url;
};

struct story_member {
    struct str feed;
    struct str url;
    struct str title;
};

struct story_window;

// Makes an empty window for at most articles_max articles (0: STORY_WINDOW_MAX). seed: for its tables.
struct story_window *story_window_open(size_t articles_max, uint64_t seed);
void story_window_close(struct story_window *window);

// What the window says about one (article, rule).
struct story_place {
    uint64_t story;
    uint32_t size;           // articles in it now, this one included
    bool is_first_article;   // this article began the story
    bool is_first_of_rule;   // the rule has not told it: alert
    wall_t first_seen;
    struct story_member members[STORY_MEMBERS_SHOWN]; // the first ones; views into the window, until its next change
    size_t n_members;
};

// Finds or begins the story of an article, notes that the rule tells it (unless another article's alert did), and
// fills *out. `row` gives everything but story, which is chosen here. The same (feed, item) again stays in its story.
void story_place(struct story_window *window, const struct story_row *row, struct story_place *out);

// Puts a row of the store back at start, oldest first.
void story_restore(struct story_window *window, const struct story_row *row);

// Returns the articles in the window, and the bytes it may take at most.
size_t story_window_count(const struct story_window *window);
size_t story_window_bytes(const struct story_window *window);

#endif
