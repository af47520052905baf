// SPDX-License-Identifier: MIT
//
// The window of stories: a ring of articles under an index of chains. See story.h.
//
//   heads[bucket] -> slot -> slot -> slot ...      one chain a bucket, newest first, 36 links an entry
//
// A link names a slot of the ring. What a slot holds is numbered in the order of arrival, and numbers fall along a
// chain, so a link whose slot was used again since shows a greater number: there the chain ends. Nothing is unlinked.
#include <assert.h>

#include "alerts/story.h"
#include "base/mem.h"

enum { LINK_URL = STORY_BANDS, LINK_TEXT, LINK_STORY, LINK_ARTICLE, LINKS };
enum { HEADS = 1 << 20 };                // 4 MB; 3.6 million links of a full window: chains of 4 strangers
enum { TEXT_BYTES = 12 * 1024 * 1024 };  // titles and addresses of members; a full window keeps the newest 60,000
enum { TOLD_MAX = 128 * 1024 };          // (story, rule) pairs: more than one for each article of a full window
enum { TOLD_HEADS = 1 << 17 };
enum { COMPARED_MAX = 4096 };            // signatures compared for one article: 60 us; the newest first
enum { MEMBERS_WALKED = 256 };           // of a story: a feed that joined before that may join again
enum { FEED_BYTES = 100, TITLE_BYTES = 300, URL_BYTES = 600 }; // of a member's texts

struct entry {
    uint64_t number; // in the order of arrival, 1 the first; 0: never used
    uint64_t story;
    uint64_t feed;
    uint64_t item;
    wall_t seen;
    uint64_t text_at; // position in the endless text; it is there while text_end - text_at <= TEXT_BYTES
    uint16_t feed_n, title_n, url_n;
    uint32_t size; // articles of the story when this one came
    uint32_t next[LINKS]; // slot + 1; 0: end
    struct story_signature signature;
};

struct told {
    uint64_t story;
    uint64_t rule;
    uint64_t article; // whose alert told it
    uint64_t number;
    wall_t at;
    uint32_t next;
};

struct story_window {
    struct entry *ring;
    uint32_t *compared; // by slot: number of the search that compared it last
    size_t ring_n;
    uint64_t newest;   // number of the newest entry
    uint32_t searches;
    uint32_t *heads;
    char *text;
    uint64_t text_end; // position after the newest text
    struct told *told;
    uint32_t *told_heads;
    uint64_t told_newest;
    uint64_t seed;
};

struct story_window *story_window_open(size_t articles_max, uint64_t seed)
{
    struct story_window *w = mem_alloc(sizeof *w);
    w->ring_n = articles_max && articles_max < STORY_WINDOW_MAX ? articles_max : STORY_WINDOW_MAX;
    w->seed = seed;
    w->ring = mem_alloc_array(w->ring_n, sizeof *w->ring);
    w->compared = mem_alloc_array(w->ring_n, sizeof *w->compared);
    w->heads = mem_alloc_array(HEADS, sizeof *w->heads);
    w->text = mem_alloc(TEXT_BYTES);
    w->told = mem_alloc_array(TOLD_MAX, sizeof *w->told);
    w->told_heads = mem_alloc_array(TOLD_HEADS, sizeof *w->told_heads);
    return w;
}

void story_window_close(struct story_window *w)
{
    if (!w)
        return;
    mem_free(w->ring);
    mem_free(w->compared);
    mem_free(w->heads);
    mem_free(w->text);
    mem_free(w->told);
    mem_free(w->told_heads);
    mem_free(w);
}

size_t story_window_count(const struct story_window *w)
{
    return w->newest < w->ring_n ? (size_t)w->newest : w->ring_n;
}

size_t story_window_bytes(const struct story_window *w)
{
    return sizeof *w + w->ring_n * (sizeof *w->ring + sizeof *w->compared) + HEADS * sizeof *w->heads + TEXT_BYTES
           + TOLD_MAX * sizeof *w->told + TOLD_HEADS * sizeof *w->told_heads;
}

static uint64_t pair_hash(uint64_t seed, uint64_t a, uint64_t b)
{
    uint64_t parts[2] = {a, b};
    return hash64_seeded(seed, str_make((const char *)parts, sizeof parts));
}

// ---- chains -------------------------------------------------------------------------------------------------------

// Tells whether an entry with this key can be in a chain of this kind at all.
static bool has_key(const struct entry *e, int link)
{
    if (link < STORY_BANDS)
        return e->signature.shingles >= STORY_SHINGLES_MIN;
    return link == LINK_URL ? e->signature.url != 0 : link == LINK_TEXT ? e->signature.text != 0 : true;
}

static uint32_t bucket(const struct story_window *w, const struct entry *e, int link)
{
    uint64_t key = 0;
    switch (link) {
    case LINK_URL:
        key = e->signature.url;
        break;
    case LINK_TEXT:
        key = e->signature.text;
        break;
    case LINK_STORY:
        key = e->story;
        break;
    case LINK_ARTICLE:
        key = e->feed * 31 + e->item;
        break;
    default: {
        const uint16_t *values = e->signature.minhash + (size_t)link * STORY_BAND_ROWS;
        key = (uint64_t)values[0] << 16 | values[1];
    }
    }
    return (uint32_t)(pair_hash(w->seed, key, (uint64_t)link) % HEADS);
}

// Returns the entry that a link leads to, or NULL at the chain's end. `below` is the number of the entry it is from.
static struct entry *follow(struct story_window *w, uint32_t link, uint64_t below)
{
    if (link == 0)
        return NULL;
    struct entry *e = &w->ring[link - 1];
    return e->number < below ? e : NULL;
}

static struct entry *chain_start(struct story_window *w, const struct entry *key, int link)
{
    if (!has_key(key, link))
        return NULL;
    uint32_t at = bucket(w, key, link);
    struct entry *e = follow(w, w->heads[at], UINT64_MAX);
    // A head whose slot was used again leads into another chain: then all of this one was overwritten.
    return e && has_key(e, link) && bucket(w, e, link) == at ? e : NULL;
}

static bool is_alive(const struct entry *e, wall_t now) { return wall_diff(now, e->seen) < STORY_LIFE_MS; }

// ---- finding ------------------------------------------------------------------------------------------------------

// Returns the newest entry of a story, or NULL.
static struct entry *newest_of(struct story_window *w, uint64_t story)
{
    struct entry key = {.story = story};
    struct entry *e = chain_start(w, &key, LINK_STORY);
    while (e && e->story != story)
        e = follow(w, e->next[LINK_STORY], e->number);
    return e;
}

// Returns the entry of this very article, or NULL.
static struct entry *same_article(struct story_window *w, const struct entry *key)
{
    struct entry *e = chain_start(w, key, LINK_ARTICLE);
    while (e && (e->feed != key->feed || e->item != key->item))
        e = follow(w, e->next[LINK_ARTICLE], e->number);
    return e && is_alive(e, key->seen) ? e : NULL;
}

// A story takes one article of a feed.
static bool has_feed(struct story_window *w, uint64_t story, uint64_t feed)
{
    struct entry *e = newest_of(w, story);
    for (int i = 0; e && i < MEMBERS_WALKED; i++) {
        if (e->story == story && e->feed == feed)
            return true;
        e = follow(w, e->next[LINK_STORY], e->number);
    }
    return false;
}

static bool may_join(struct story_window *w, const struct entry *key, const struct entry *e)
{
    return e->feed != key->feed && is_alive(e, key->seen) && !has_feed(w, e->story, key->feed);
}

// Returns an entry with the same address or text that the article may join.
static struct entry *find_exact(struct story_window *w, const struct entry *key, int link)
{
    int walked = 0;
    for (struct entry *e = chain_start(w, key, link); e && walked++ < COMPARED_MAX;
         e = follow(w, e->next[link], e->number)) {
        bool is_same = link == LINK_URL ? e->signature.url == key->signature.url
                                        : e->signature.text == key->signature.text;
        if (is_same && may_join(w, key, e))
            return e;
    }
    return NULL;
}

// Returns the entry most alike that the article may join at all (Jaccard 0.25).
static struct entry *find_alike(struct story_window *w, const struct entry *key)
{
    struct entry *best = NULL;
    double best_likeness = STORY_LIKENESS;
    uint32_t search = ++w->searches;
    int compared = 0;
    for (int band = 0; band < STORY_BANDS; band++) {
        for (struct entry *e = chain_start(w, key, band); e && compared < COMPARED_MAX;
             e = follow(w, e->next[band], e->number)) {
            uint32_t *last = &w->compared[e - w->ring];
            if (*last == search)
                continue;
            *last = search;
            compared++;
            double likeness = story_likeness(&e->signature, &key->signature);
            if (likeness < best_likeness || (best && likeness == best_likeness))
                continue;
            if (story_numbers_differ(&e->signature, &key->signature) || !may_join(w, key, e))
                continue;
            best = e;
            best_likeness = likeness;
        }
    }
    return best;
}

static struct entry *find_story(struct story_window *w, const struct entry *key)
{
    struct entry *e = find_exact(w, key, LINK_URL);
    if (!e)
        e = find_exact(w, key, LINK_TEXT);
    return e ? e : find_alike(w, key);
}

// ---- entering -----------------------------------------------------------------------------------------------------

static uint16_t add_text(struct story_window *w, struct str s, size_t n_max)
{
    size_t n = s.n < n_max ? s.n : n_max;
    while (n && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    memcpy(w->text + w->text_end % TEXT_BYTES, n ? s.p : "", n);
    w->text_end += n;
    return (uint16_t)n;
}

static void keep_texts(struct story_window *w, struct entry *e, const struct story_row *row)
{
    enum { MOST = FEED_BYTES + TITLE_BYTES + URL_BYTES };
    size_t to_end = TEXT_BYTES - (size_t)(w->text_end % TEXT_BYTES);
    if (to_end < MOST)
        w->text_end += to_end; // three texts in one piece
    e->text_at = w->text_end;
    e->feed_n = add_text(w, row->feed_title, FEED_BYTES);
    e->title_n = add_text(w, row->title, TITLE_BYTES);
    e->url_n = row->url.n <= URL_BYTES ? add_text(w, row->url, URL_BYTES) : 0; // half an address leads nowhere
}

static struct entry *enter(struct story_window *w, const struct entry *key, const struct story_row *row)
{
    struct entry *before = newest_of(w, key->story);
    uint32_t size = before && is_alive(before, key->seen) ? before->size + 1 : 1;
    uint64_t number = ++w->newest;
    size_t slot = (size_t)(number % w->ring_n);
    struct entry *e = &w->ring[slot];
    *e = *key;
    e->number = number;
    e->size = size;
    keep_texts(w, e, row);
    for (int link = 0; link < LINKS; link++) {
        e->next[link] = 0;
        if (!has_key(e, link))
            continue;
        uint32_t *head = &w->heads[bucket(w, e, link)];
        e->next[link] = *head;
        *head = (uint32_t)slot + 1;
    }
    return e;
}

// Notes that an article's alert tells a story for a rule; returns whose alert told it first.
static uint64_t tell(struct story_window *w, uint64_t story, struct str rule, uint64_t article, wall_t now)
{
    uint64_t rule_hash = hash64_seeded(w->seed, rule);
    uint32_t *head = &w->told_heads[pair_hash(w->seed, story, rule_hash) % TOLD_HEADS];
    uint64_t below = UINT64_MAX;
    for (uint32_t link = *head; link;) {
        const struct told *t = &w->told[link - 1];
        if (t->number >= below)
            break;
        if (t->story == story && t->rule == rule_hash && wall_diff(now, t->at) < STORY_LIFE_MS)
            return t->article;
        below = t->number;
        link = t->next;
    }
    uint64_t number = ++w->told_newest;
    uint32_t slot = (uint32_t)(number % TOLD_MAX);
    w->told[slot] = (struct told){story, rule_hash, article, number, now, *head};
    *head = slot + 1;
    return article;
}

static struct entry entry_of(const struct story_row *row)
{
    return (struct entry){.feed = row->feed, .item = row->item, .seen = row->seen, .signature = row->signature};
}

// Fills the members of a story, oldest first of the newest ten.
static void list_members(struct story_window *w, uint64_t story, wall_t now, struct story_place *out)
{
    out->n_members = 0;
    int walked = 0;
    for (struct entry *e = newest_of(w, story); e && walked++ < MEMBERS_WALKED && is_alive(e, now);
         e = follow(w, e->next[LINK_STORY], e->number)) {
        if (e->story != story)
            continue;
        out->first_seen = e->seen;
        if (out->n_members == STORY_MEMBERS_SHOWN || w->text_end - e->text_at > TEXT_BYTES)
            continue;
        const char *text = w->text + e->text_at % TEXT_BYTES;
        size_t n = out->n_members++;
        memmove(out->members + 1, out->members, n * sizeof *out->members);
        out->members[0] = (struct story_member){
            .feed = str_make(text, e->feed_n),
            .title = str_make(text + e->feed_n, e->title_n),
            .url = str_make(text + e->feed_n + e->title_n, e->url_n),
        };
    }
}

void story_place(struct story_window *w, const struct story_row *row, struct story_place *out)
{
    struct entry key = entry_of(row);
    struct entry *e = same_article(w, &key);
    bool is_new = !e;
    if (is_new) {
        const struct entry *like = find_story(w, &key);
        key.story = like ? like->story : (pair_hash(0, key.feed, key.item) & INT64_MAX) | 1;
        e = enter(w, &key, row);
    }
    uint64_t article = pair_hash(w->seed, e->feed, e->item);
    *out = (struct story_place){.story = e->story, .first_seen = e->seen};
    list_members(w, e->story, row->seen, out);
    const struct entry *newest = newest_of(w, e->story);
    out->size = newest ? newest->size : 1;
    out->is_first_article = e->size == 1;
    out->is_first_of_rule = tell(w, e->story, row->rule, article, row->seen) == article;
}

void story_restore(struct story_window *w, const struct story_row *row)
{
    struct entry key = entry_of(row);
    key.story = row->story;
    const struct entry *e = same_article(w, &key);
    if (!e)
        e = enter(w, &key, row);
    if (row->rule.n)
        tell(w, e->story, row->rule, pair_hash(w->seed, e->feed, e->item), row->seen);
}
