// SPDX-License-Identifier: MIT
//
// Ids of candidates and notices. See candidate.h.
//
// The id's parts are stored for ever by what they hash to: a change of their order or form here gives every alert a
// new id, and a crash during the upgrade would send its last ones twice. The first part names the form.
#include "alerts/candidate.h"

static const struct str form = STR("alert/1"), form_notice = STR("notice/1");

static struct str bytes_of(const uint64_t *number) { return str_make((const char *)number, sizeof *number); }

static struct hash128 id_of(const struct hash_key *secret, struct str rule, uint64_t feed, uint64_t item,
                            const uint64_t *content)
{
    struct str parts[] = {form, rule, bytes_of(&feed), bytes_of(&item), content ? bytes_of(content) : S("")};
    return hash128_parts(secret, parts, sizeof parts / sizeof *parts);
}

struct candidate candidate_make(const struct hash_key *secret, uint64_t feed, uint64_t feed_was,
                                const struct article *article, const struct rule *rule, const struct match *match)
{
    struct candidate c = {.article = article, .rule = rule, .match = match};
    const uint64_t *content = rule->on == ON_CHANGED ? &article->content : NULL;
    c.id = id_of(secret, rule->name, feed, article->key, content);
    for (int i = 0; i < FORMER_IDS; i++) {
        bool was_rule = i != FORMER_FEED && rule->was.n, was_feed = i != FORMER_RULE && feed_was;
        c.former[i] = was_rule || was_feed ? id_of(secret, was_rule ? rule->was : rule->name,
                                                   was_feed ? feed_was : feed, article->key, content) : c.id;
    }
    c.dedup_key = id_of(secret, rule->name, feed, article->key, NULL);
    return c;
}

void article_sign(struct article *article)
{
    // The story is told by the longer of summary and body: feeds repeat one in the other.
    struct str text = article->body.n >= article->summary.n ? article->body : article->summary;
    story_sign(article->canonical_url, article->title, text, &article->story);
}

struct hash128 notice_id(const struct hash_key *secret, struct str kind, struct str whom, wall_t since)
{
    uint64_t ms = (uint64_t)since.ms;
    struct str parts[] = {form_notice, kind, whom, bytes_of(&ms)};
    return hash128_parts(secret, parts, sizeof parts / sizeof *parts);
}
