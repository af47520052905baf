// SPDX-License-Identifier: MIT
//
// Which items of a document are new. docs/identity.md tells the rules and the feeds of the wild that force them.
//
// Known items are marks: one packed blob a feed, in the order in which the items were last seen.
//
//   0        1      2     4         5        6 ...                6 + 4 runs ...
//   version  flags  n u16 runs u8   0        run{day u16, n u16}  mark[n]{id u48, link u40, title u24, text u24}
//
// All little-endian; hashes are keyed XXH3. A run says on which day its marks were last seen, oldest run first. 0 in a
// hash stands for "the item has none". The identity of an item for ever is the id of its mark. Version 1, which is read
// too, had a link of 48 bits, and 16 each of title and text: one edited headline in 65,000 looked unchanged.
#ifndef FEEDS_IDENTITY_H
#define FEEDS_IDENTITY_H

#include "base/hash.h"
#include "feeds/document.h"
#include "feeds/feed.h"

enum { MARKS_MAX = 4096 };       // twice the items of the largest document
enum { MARKS_KEEP_MIN = 128 };   // marks kept however small the document is
enum { MARKS_KEEP_DAYS = 30 };   // and however young they are

enum item_news {
    ITEM_NEW,    // never seen
    ITEM_EDITED, // known, with another title or text
    ITEM_KNOWN,  // nothing new about it
    ITEM_REKEYED, // known under another id: recorded, no alert
    ITEM_OLD,    // never seen, but part of an archive announced anew: recorded, no alert
    ITEM_COPY,   // repeats an item above it in the same document
    ITEM_CUT,    // the document broke off inside it: looked at again next time
};

struct item_verdict {
    enum item_news news;
    uint64_t identity; // 48 bits, stable over polls; the alert id is made of it
    uint64_t content;  // of title and text; differs where the item was edited
    uint64_t was;      // ITEM_REKEYED: the identity it had before, else 0
};

// What the document was as a whole.
struct judgement {
    struct item_verdict *items; // one for each item of the document, in its order
    size_t n;
    size_t n_new, n_edited, n_rekeyed, n_old;
    bool is_first;              // no marks before: everything is new, the feed's first-run option decides
    bool is_rebaselined;        // an archive was announced anew: one notice
    bool became_volatile;       // its ids are made up at each fetch: from now on links decide
    struct str marks;           // the next marks, in the arena; the same bytes where is_changed is false
    bool is_changed;
};

struct judge_options {
    enum identity_choice choice;
    wall_t now;
    wall_t good_at;    // last good poll: an item dated well before is old; 0: unknown
    bool is_partial;   // absent items say nothing
};

// Judges the items of a document against the marks of its feed (empty: none yet). Damaged marks are as none, with
// is_first false and every item ITEM_OLD: silence is told by the caller, a flood is not sent. Pure; linear time.
struct judgement identity_judge(struct str marks, const struct document *doc, const struct hash_key *key,
                                const struct judge_options *options, struct arena *a);

// Returns the number of marks in a blob, 0 where it is damaged or empty.
size_t marks_count(struct str marks);

// Tells whether links decide for this feed, its ids being made up at each fetch.
bool marks_are_volatile(struct str marks);

// Tells whether a blob can be read: its version, its length, its runs.
bool marks_are_valid(struct str marks);

// Returns the word for a verdict ("new", "edited", ...). A static string.
const char *item_news_word(enum item_news news);

#endif
