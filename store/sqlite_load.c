// SPDX-License-Identifier: MIT
//
// Reading everything at start. See store_load.
#include <stdlib.h>

#include "base/mem.h"
#include "store/sqlite.h"

// The checkpoint's due times of all parts, ordered by feed.
struct dues {
    struct feed_due *list;
    size_t n;
};

static int by_feed(const void *a, const void *b)
{
    const struct feed_due *x = a, *y = b;
    if (x->feed != y->feed)
        return x->feed < y->feed ? -1 : 1;
    return x->polled_at.ms < y->polled_at.ms ? 1 : -(x->polled_at.ms > y->polled_at.ms); // the latest first
}

static bool load_dues(sqlite3 *db, struct dues *out, struct err *err)
{
    sqlite3_stmt *s = sql_prepare(db, "SELECT list FROM dues", err);
    if (!s)
        return false;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        struct str list = sql_str(s, 0);
        size_t n = list.n / sizeof *out->list;
        if (n == 0)
            continue;
        out->list = mem_resize_array(out->list, out->n + n, sizeof *out->list);
        memcpy(out->list + out->n, list.p, n * sizeof *out->list);
        out->n += n;
    }
    sqlite3_finalize(s);
    if (code != SQLITE_DONE)
        return sql_error(db, "reading due times", err);
    if (out->n)
        qsort(out->list, out->n, sizeof *out->list, by_feed);
    return true;
}

static const struct feed_due *find_due(const struct dues *dues, uint64_t feed)
{
    size_t low = 0, high = dues->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (dues->list[middle].feed < feed)
            low = middle + 1;
        else
            high = middle;
    }
    return low < dues->n && dues->list[low].feed == feed ? &dues->list[low] : NULL;
}

struct loading {
    struct sqlite_store *store;
    const struct store_visitor *visitor;
    struct dues dues;
    struct store_facts *facts;
};

static void read_feed(const struct loading *l, sqlite3_stmt *s)
{
    struct store_feed row = {.options_text = sql_str(s, 7)};
    struct feed *feed = &row.feed;
    // Damaged or later state: the feed is kept with its marks, what servers said of it is asked anew.
    (void)feed_unpack(sql_str(s, 8), feed);
    feed->id = sql_u64(s, 0);
    feed->first_url = sql_str(s, 1);
    feed->url = sql_str(s, 2).n ? sql_str(s, 2) : feed->first_url;
    feed->origin = (enum feed_origin)sql_below(s, 3, ORIGIN_ADDED + 1);
    feed->polled_at = sql_time(s, 4);
    feed->good_at = sql_time(s, 5);
    feed->due = sql_time(s, 6);
    feed->marks = sql_str(s, 9);
    store_feed_times(feed, find_due(&l->dues, feed->id), l->store->was_unclean, l->store->heartbeat,
                     l->store->head.now);
    l->facts->feeds++;
    l->visitor->feed(l->visitor->context, &row);
}

static void read_silence(const struct loading *l, sqlite3_stmt *s)
{
    struct silence silence = {
        .id = sql_u64(s, 0),
        .matcher = sql_str(s, 1),
        .comment = sql_str(s, 2),
        .created = sql_time(s, 3),
        .until = sql_time(s, 4),
        .hidden = (uint32_t)sql_int(s, 5),
        .told = (uint32_t)sql_int(s, 6),
    };
    l->visitor->silence(l->visitor->context, &silence);
}

static void read_story(const struct loading *l, sqlite3_stmt *s)
{
    struct story_row row = {
        .seen = sql_time(s, 0),
        .story = sql_u64(s, 1),
        .feed = sql_u64(s, 2),
        .item = sql_u64(s, 3),
        .rule = sql_str(s, 5),
        .feed_title = sql_str(s, 6),
        .title = sql_str(s, 7),
        .url = sql_str(s, 8),
    };
    struct str signature = sql_str(s, 4);
    if (signature.n != sizeof row.signature)
        return; // of another form of signature: it can be compared with nothing
    memcpy(&row.signature, signature.p, sizeof row.signature);
    l->visitor->story(l->visitor->context, &row);
}

static void read_throttle(const struct loading *l, sqlite3_stmt *s)
{
    struct throttle_mark mark = {sql_str(s, 0), sql_str(s, 1), (uint32_t)sql_int(s, 2), sql_time(s, 3)};
    l->visitor->throttle(l->visitor->context, &mark);
}

static void read_held(const struct loading *l, sqlite3_stmt *s)
{
    struct delivery delivery = sqlite_read_delivery(s, NULL);
    l->visitor->held(l->visitor->context, &delivery);
}

static void read_receiver(const struct loading *l, sqlite3_stmt *s)
{
    struct receiver_mark mark = {sql_str(s, 0), sql_int(s, 1) != 0, sql_time(s, 2), sql_str(s, 3)};
    l->visitor->receiver(l->visitor->context, &mark);
}

// Gives each row of a query to a reader.
static bool visit(const struct loading *l, const char *text, wall_t since, bool is_wanted,
                  void (*read)(const struct loading *, sqlite3_stmt *), struct err *err)
{
    if (!is_wanted)
        return true;
    sqlite3_stmt *s = sql_prepare(l->store->db, text, err);
    if (!s)
        return false;
    if (sqlite3_bind_parameter_count(s) > 0)
        sql_bind_time(s, 1, since);
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        read(l, s);
    sqlite3_finalize(s);
    return code == SQLITE_DONE || sql_error(l->store->db, "reading the store", err);
}

static bool load_facts(const struct loading *l, struct err *err)
{
    int64_t seq = 0, waiting = 0, price = 0;
    sqlite3 *db = l->store->db;
    bool is_read = sql_number(db, "SELECT max(n) FROM (SELECT max(seq) AS n FROM alert UNION ALL"
                                   " SELECT value FROM meta WHERE name = 'seq')", 0, &seq) == SQLITE_OK
                   && sql_number(db, "SELECT count(*) FROM delivery WHERE state = 0", 0, &waiting) == SQLITE_OK
                   && sql_number(db, "SELECT max(value) FROM meta WHERE name = 'price'", 0, &price) == SQLITE_OK;
    l->facts->next_seq = (uint64_t)seq + 1;
    l->facts->waiting = (uint64_t)waiting;
    l->facts->price_nano = (uint64_t)price;
    l->facts->heartbeat = l->store->heartbeat;
    l->facts->closed = l->store->closed;
    return is_read || sql_error(db, "reading the store", err);
}

bool sqlite_load(struct store *head, const struct store_visitor *v, wall_t stories_since, struct store_facts *out,
                 struct err *err)
{
    struct store_facts facts = {0};
    struct loading l = {.store = (struct sqlite_store *)head, .visitor = v, .facts = &facts};
    const wall_t none = {0};
    bool is_loaded =
        load_facts(&l, err) && load_dues(l.store->db, &l.dues, err)
        && visit(&l, "SELECT id, first_url, url, origin, polled, good, due, options, state, marks FROM feed", none,
                 v->feed, read_feed, err)
        && visit(&l, "SELECT id, matcher, comment, created, until, hidden, told FROM silence ORDER BY id", none,
                 v->silence, read_silence, err)
        && visit(&l, "SELECT seen, story, feed, item, signature, rule, feed_title, title, url FROM story"
                     " WHERE seen >= ? ORDER BY seen, rowid", stories_since, v->story, read_story, err)
        && visit(&l, "SELECT rule, receiver, tokens, at FROM throttle", none, v->throttle, read_throttle, err)
        && visit(&l, "SELECT " DELIVERY_COLUMNS " FROM delivery d WHERE d.state = 1 ORDER BY d.row", none, v->held,
                 read_held, err)
        && visit(&l, "SELECT name, disabled, at, reason FROM receiver ORDER BY name", none, v->receiver,
                 read_receiver, err);
    mem_free(l.dues.list);
    if (is_loaded)
        *out = facts;
    return is_loaded;
}
