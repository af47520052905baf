// SPDX-License-Identifier: MIT
//
// What a replay found: rules with their hits, and the items themselves. See replay.h.
#include "daemon/ctl/replay.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"
#include "daemon/ctl/table.h"

static const char *const change_words[] = {"same", "added", "removed"};

static json_t *json_str(struct str s) { return json_stringn(s.p ? s.p : "", s.n); }

static json_t *json_hit(const struct replay_hit *h)
{
    char id[API_ITEM_ID_BYTES], at[WALL_RFC3339_BYTES];
    return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:I}", "rule",
                     json_str(h->rule), "change", change_words[h->change], "id", api_item_id(h->item, id), "title",
                     json_str(h->title), "url", json_str(h->url), "feed", json_str(h->feed_title), "fetched_at",
                     wall_rfc3339(h->fetched, false, at), "fetched_ms", (json_int_t)h->fetched.ms, "field",
                     json_str(field_name(h->field)), "term", json_str(h->term), "before", json_str(h->before), "hit",
                     json_str(h->hit), "after", json_str(h->after), "hits", (json_int_t)h->total);
}

json_t *replay_json(const struct replay *r, const char *against)
{
    json_t *rules = json_array(), *hits = json_array();
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct replay_row *row = &r->rows[i];
        json_t *one = json_pack("{s:o, s:I}", "name", json_str(row->name), "hits", (json_int_t)row->hits);
        if (r->before) {
            json_object_set_new(one, "added", json_integer((json_int_t)row->added));
            json_object_set_new(one, "removed", json_integer((json_int_t)row->removed));
            json_object_set_new(one, "gone", json_boolean(row->is_gone));
        }
        json_array_append_new(rules, one);
    }
    size_t first, n;
    const struct replay_ring *ring = replay_shown(r, &first, &n);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(hits, json_hit(&ring->list[(first + i) % ring->room]));
    json_t *answer = json_pack("{s:I, s:I, s:I, s:I, s:s?, s:o, s:o, s:b}", "items", (json_int_t)r->items, "hits_total",
                               (json_int_t)r->hits, "first_ms", (json_int_t)r->first.ms, "last_ms",
                               (json_int_t)r->last.ms, "against", against, "rules", rules, "hits", hits, "more",
                               ring->n > n);
    if (r->before) {
        json_object_set_new(answer, "added", json_integer((json_int_t)r->added));
        json_object_set_new(answer, "removed", json_integer((json_int_t)r->removed));
    }
    return answer;
}

static void marked_count(const struct ctl_call *call, struct table *t, char sign, uint64_t n)
{
    struct buf text;
    buf_init(&text, 32);
    if (n)
        buf_addf(&text, "%c%llu", sign, (unsigned long long)n);
    table_cell_marked(t, buf_str(&text), n ? say_mark(call, sign == '+' ? SAY_GREEN : SAY_RED) : "");
    buf_done(&text);
}

static void render_rules(const struct ctl_call *call, const struct replay *r, struct buf *out)
{
    static const struct table_column plain[] = {{"RULE", TABLE_LEFT, 12}, {"HITS", TABLE_RIGHT, 0}};
    static const struct table_column compared[] = {
        {"RULE", TABLE_LEFT, 12}, {"HITS", TABLE_RIGHT, 0}, {"NEW", TABLE_RIGHT, 0}, {"GONE", TABLE_RIGHT, 0},
        {"", TABLE_LEFT, 0},
    };
    struct table t;
    table_init(&t, r->before ? compared : plain, r->before ? 5 : 2);
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct replay_row *row = &r->rows[i];
        table_cell(&t, row->name);
        table_cellf(&t, "%llu", (unsigned long long)row->hits);
        if (!r->before)
            continue;
        marked_count(call, &t, '+', row->added);
        marked_count(call, &t, '-', row->removed);
        table_cell(&t, row->is_gone ? S("no such rule any more") : S(""));
    }
    show_table(call, &t, out);
}

static void render_hit(const struct ctl_call *call, const struct replay *r, const struct replay_hit *h,
                       struct buf *out)
{
    static const char signs[] = {' ', '+', '-'};
    static const enum say_mark marks[] = {SAY_PLAIN, SAY_GREEN, SAY_RED};
    char at[WALL_RFC3339_BYTES], id[API_ITEM_ID_BYTES];
    wall_rfc3339(h->fetched, false, at);
    buf_add(out, str_of(say_mark(call, marks[h->change])));
    if (r->before)
        buf_addf(out, "%c ", signs[h->change]);
    say_text(out, h->rule);
    buf_addf(out, "%s  %s%.10s %.5sZ  ", say_mark(call, SAY_PLAIN), say_mark(call, SAY_DIM), at, at + 11);
    say_text(out, h->feed_title);
    buf_addf(out, "  %s%s\n    ", api_item_id(h->item, id), say_mark(call, SAY_PLAIN));
    bool is_title = h->field == FIELD_TITLE && h->hit.n;
    if (!is_title) {
        say_text(out, h->title.n ? h->title : h->url);
        buf_addf(out, "\n    %.*s: ", STR_ARG(field_name(h->field)));
    }
    say_text(out, h->before);
    buf_add(out, call->has_colour ? str_of("\033[1m") : S("["));
    say_text(out, h->hit);
    buf_add(out, call->has_colour ? str_of("\033[0m") : S("]"));
    say_text(out, h->after);
    if (h->total > 1)
        buf_addf(out, "  (%zu hits)", h->total);
    buf_add_char(out, '\n');
}

static void render_sum(const struct replay *r, const char *against, struct buf *out)
{
    char first[WALL_RFC3339_BYTES], last[WALL_RFC3339_BYTES];
    if (r->items == 0) {
        buf_add(out, S("the archive holds no items of that time\n"));
        return;
    }
    buf_addf(out, "%llu items from %.10s to %.10s: %llu hit%s", (unsigned long long)r->items,
             wall_rfc3339(r->first, false, first), wall_rfc3339(r->last, false, last), (unsigned long long)r->hits,
             r->hits == 1 ? "" : "s");
    if (r->before)
        buf_addf(out, ", +%llu -%llu against %s", (unsigned long long)r->added, (unsigned long long)r->removed,
                 against);
    else if (against)
        buf_addf(out, "; these are %s", against);
    buf_add_char(out, '\n');
}

void replay_render(const struct ctl_call *call, const struct replay *r, const char *against, struct buf *out)
{
    size_t first, n;
    const struct replay_ring *ring = replay_shown(r, &first, &n);
    render_rules(call, r, out);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < n; i++)
        render_hit(call, r, &ring->list[(first + i) % ring->room], out);
    if (ring->n > n && n)
        buf_addf(out, "these are the newest %zu of %llu; --limit N shows more\n", n, (unsigned long long)ring->n);
    if (n)
        buf_add_char(out, '\n');
    render_sum(r, against, out);
}
