// SPDX-License-Identifier: MIT
//
// A candidate: one rule matched one article. The pipeline makes it in the worker, with everything that decide and
// render need later in the writer; it lives in the outcome's arena (the rule in the ruleset that the outcome holds).
#ifndef ALERTS_CANDIDATE_H
#define ALERTS_CANDIDATE_H

#include "alerts/story.h"
#include "feeds/item.h"
#include "rules/match.h"
#include "rules/rule.h"

// What alerts say about the feed.
struct feed_facts {
    uint64_t id;
    struct str url;      // with userinfo and secrets redacted: it leaves the process
    struct str title;    // the name in the configuration, else the feed's own, else its host
    struct str site_url;
    struct str *tags;
    size_t n_tags;
    struct str format;   // document_format_name
};

// What all candidates of one article share.
struct article {
    const struct item *item;
    struct str title;         // plain text, exactly what the rules saw: offsets of hits count in these
    struct str summary;
    struct str body;
    struct str canonical_url; // empty: the item has no address
    struct str language;      // declared or detected; empty: unknown
    const struct person *authors; // the item's, or its feed's
    size_t n_authors;
    uint64_t key;             // identity of the item in its feed: the id hash of its mark
    uint64_t content;         // hash of its content
    bool is_edited;           // known by id or link, with new content
    bool is_old;              // part of an archive that was announced anew: recorded, never sent
    uint32_t rank;            // 0: the newest of its document (by date where dates are, else by order)
    struct story_signature story;
};

// Under which an alert may be kept already: `was` stays in a configuration, and names changed one after the other.
enum { FORMER_RULE, FORMER_FEED, FORMER_BOTH, FORMER_IDS };

struct candidate {
    struct hash128 id;        // of the alert it may become
    struct hash128 former[FORMER_IDS]; // the same under the former name of rule, feed, or both; id where there is none
    struct hash128 dedup_key; // the same without the content hash
    const struct article *article;
    const struct rule *rule;
    const struct match *match;
    // Filled by the writer from the store (store_known), before decide:
    bool is_known;            // an alert of this id, or a former one, is kept already
    uint32_t revisions;       // alerts kept under this dedup_key
};

// Returns the candidate of a rule that matched an article. The id is a keyed hash of (secret, rule name, feed id, item
// identity, and under `on changed` the content hash): crash, replay, restore and take-over make the same id. feed_was:
// the id that the feed had under its former address; 0: none. The pointers are kept. The caller has filled
// article->story by article_sign, once for all rules of an article.
struct candidate candidate_make(const struct hash_key *secret, uint64_t feed, uint64_t feed_was,
                                const struct article *article, const struct rule *rule, const struct match *match);

// Fills article->story from its address, title, summary and body.
void article_sign(struct article *article);

// Returns the id of an alert that is about no article: what happened (`kind`), to whom, and since when.
struct hash128 notice_id(const struct hash_key *secret, struct str kind, struct str whom, wall_t since);

#endif
