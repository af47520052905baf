// SPDX-License-Identifier: MIT
//
// Candidates for tests of alerts/. See match_maker.h.
#include "tests/tools/match_maker.h"

void match_maker_init(struct match_maker *m)
{
    *m = (struct match_maker){0};
    arena_init(&m->arena, SIZE_MAX);
    hash_key_from_seed(&m->secret, 1);
    m->now = (wall_t){1795478400000};
    m->state = (struct decide_state){
        .secret = &m->secret,
        .throttles = throttle_open(1),
        .silences = silence_list_open(),
        .stories = story_window_open(1000, 1),
        .next_seq = 1,
        .started = wall_add(m->now, -HOUR_MS),
    };
    m->feed = (struct feed_facts){.id = 11, .url = S("https://a.example/f"), .title = S("Example World"),
                                  .site_url = S("https://a.example/"), .format = S("rss20")};
    m->rule = (struct rule){.name = S("truce"), .title = S("Truce"), .query = S("truce OR ceasefire"),
                            .severity = SEVERITY_WARNING};
    m->receiver[0] = (struct receiver_ref){S("desk"), S("standard")};
    m->receiver[1] = (struct receiver_ref){S("archive"), S("standard")};
    m->receivers = (struct receivers){m->receiver, 2};
}

void match_maker_done(struct match_maker *m)
{
    throttle_close(m->state.throttles);
    silence_list_close(m->state.silences);
    story_window_close(m->state.stories);
    arena_done(&m->arena);
}

struct article *match_maker_article(struct match_maker *m, uint64_t key, const char *title)
{
    struct item *item = ARENA_NEW(&m->arena, struct item);
    struct article *article = ARENA_NEW(&m->arena, struct article);
    item->id = arena_fmt(&m->arena, "guid-%llu", (unsigned long long)key);
    item->link = arena_fmt(&m->arena, "https://a.example/%llu", (unsigned long long)key);
    item->published = (struct date){.state = DATE_OK, .at = wall_add(m->now, -MINUTE_MS)};
    *article = (struct article){.item = item, .title = arena_str(&m->arena, str_of(title)),
                                .canonical_url = item->link, .language = S("en"), .key = key, .content = key * 100};
    return article;
}

struct candidate match_maker_candidate(struct match_maker *m, struct article *article, const struct rule *rule)
{
    struct match *match = ARENA_NEW(&m->arena, struct match);
    match->rule = rule;
    match->n_hits = match->total = 1;
    match->hits = ARENA_NEW(&m->arena, struct hit);
    struct str hit = str_head(article->title, 5), after = str_from(article->title, 5);
    *match->hits = (struct hit){.field = FIELD_TITLE, .end = hit.n, .end_cp = hit.n, .term = S("truce"),
                                .snippet = {S(""), hit, after}};
    article_sign(article);
    return candidate_make(&m->secret, m->feed.id, 0, article, rule, match);
}

struct decision match_maker_decide(struct match_maker *m, const struct decide_poll *poll,
                                   const struct candidate *candidates, size_t n)
{
    struct decision decision = {0};
    struct decide_poll p = *poll;
    p.feed = &m->feed;
    p.candidates = candidates;
    p.n_candidates = n;
    p.fetched = p.detected = m->now;
    decide_poll(&m->state, &p, &m->receivers, m->now, &m->arena, &decision);
    decide_finish(&m->state, &m->arena, &decision);
    return decision;
}
