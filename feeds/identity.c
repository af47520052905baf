// SPDX-License-Identifier: MIT
//
// Judging the items of a document against the marks of its feed, in passes:
//
//   keys     what each item is known by                               identity_keys.c
//   copies   items that repeat one above them; items of one id that are told apart
//   ids      the mark with the item's id; a reused id is none
//   links    the mark with the item's link, for items whose id is unknown
//   crowd    is what still looks new really new, or the same under other ids? is it an archive?   identity_crowd.c
//   marks    what is known from now on
//
// A mark serves one item of a document: it is taken then. docs/identity.md has the reasons.
#include "feeds/identity.h"

#include "feeds/identity_crowd.h"
#include "feeds/identity_keys.h"

enum { VOLATILE_MIN = 2 }; // one item with a new id and a known link is a live blog, not a habit

static bool is_same_content(const struct item_keys *k, const struct mark *m)
{
    return mark_has_digest(m->title, k->title) && mark_has_digest(m->text, k->text);
}

// Title and text are both other; a text that is not there tells nothing.
static bool is_other_content(const struct item_keys *k, const struct mark *m)
{
    bool is_other_text = !mark_has_digest(m->text, k->text) || k->text == 0;
    return !mark_has_digest(m->title, k->title) && is_other_text;
}

// ---- copies --------------------------------------------------------------------------------------------------------

// Items of one id: a copy where link or content are the same too, else another article that must be told apart.
static void find_copies(struct judging *j)
{
    struct mark_table first;
    mark_table_init(&first, j->n, j->arena);
    for (size_t i = 0; i < j->n; i++) {
        struct item_keys *k = &j->keys[i];
        size_t cursor = SIZE_MAX, other = 0;
        bool is_copy = false, is_twin = false;
        while (!is_copy && mark_table_next(&first, k->id, &cursor, &other)) {
            const struct item_keys *o = &j->keys[other];
            bool is_same_link = k->link && k->link == o->link && (k->raw_id == o->raw_id || j->is_by_link);
            is_copy = is_same_link || k->content == o->content;
            is_twin = true;
            j->is_twin[other] |= !is_copy;
        }
        j->items[i].news = is_copy ? ITEM_COPY : ITEM_NEW;
        j->first[i] = is_copy ? other : i;
        j->is_twin[i] = is_twin && !is_copy;
        if (!is_copy)
            mark_table_add(&first, k->id, i);
    }
}

// ---- known items ---------------------------------------------------------------------------------------------------

static void take(struct judging *j, size_t item, size_t mark)
{
    j->mark_of[item] = mark;
    j->is_taken[mark] = true;
}

static size_t find_free(const struct judging *j, const struct mark_table *table, uint64_t key)
{
    size_t cursor = SIZE_MAX, index = SIZE_MAX;
    while (mark_table_next(table, key, &cursor, &index))
        if (!j->is_taken[index])
            return index;
    return SIZE_MAX;
}

// Tells whether the mark found by id is about another article that was given the same id.
static bool is_reused(const struct judging *j, size_t item, const struct mark *m)
{
    const struct item_keys *k = &j->keys[item];
    bool has_other_link = m->link && k->link && m->link != k->link && mark_table_find(&j->by_link, k->link) == SIZE_MAX;
    if (j->is_twin[item])
        return !(k->link && m->link == k->link) && !is_same_content(k, m);
    return has_other_link && is_other_content(k, m);
}

// Two items swapped their ids: the mark found by id has other content, the one found by link the item's own.
static bool is_swapped(const struct judging *j, size_t item, const struct mark *m)
{
    const struct item_keys *k = &j->keys[item];
    size_t by_link = find_free(j, &j->by_link, k->link);
    return by_link != SIZE_MAX && &j->marks.list[by_link] != m && m->link && is_other_content(k, m) &&
           is_same_content(k, &j->marks.list[by_link]);
}

static void match_ids(struct judging *j)
{
    for (size_t i = 0; i < j->n; i++) {
        if (j->first[i] != i)
            continue;
        size_t by_pair = find_free(j, &j->by_id, j->keys[i].pair);
        size_t by_id = by_pair == SIZE_MAX ? find_free(j, &j->by_id, j->keys[i].id) : SIZE_MAX;
        if (by_pair != SIZE_MAX)
            take(j, i, by_pair);
        else if (by_id != SIZE_MAX && is_swapped(j, i, &j->marks.list[by_id]))
            continue; // to be found by its link
        else if (by_id != SIZE_MAX && !is_reused(j, i, &j->marks.list[by_id]))
            take(j, i, by_id);
        else if (mark_table_find(&j->by_id, j->keys[i].id) != SIZE_MAX)
            j->is_twin[i] = true;
    }
}

static void match_links(struct judging *j)
{
    size_t with_id = 0, with_new_id = 0;
    for (size_t i = 0; i < j->n; i++) {
        if (j->first[i] != i)
            continue;
        with_id += j->keys[i].raw_id != 0;
        bool is_open = j->mark_of[i] == SIZE_MAX && !j->is_twin[i];
        size_t mark = is_open ? find_free(j, &j->by_link, j->keys[i].link) : SIZE_MAX;
        if (mark == SIZE_MAX)
            continue;
        take(j, i, mark);
        with_new_id += j->keys[i].raw_id != 0;
    }
    bool is_habit = with_new_id >= VOLATILE_MIN && 2 * with_new_id > with_id;
    if (j->options->choice == IDENTITY_AUTO && is_habit && !(j->marks.flags & MARKS_VOLATILE)) {
        j->next_flags |= MARKS_VOLATILE;
        j->became_volatile = true;
    }
}

// ---- verdicts and marks --------------------------------------------------------------------------------------------

static void settle_item(struct judging *j, size_t i)
{
    struct item_verdict *v = &j->items[i];
    const struct item_keys *k = &j->keys[i];
    size_t m = j->mark_of[i];
    bool is_cut = j->doc->items[i].is_cut_off;
    v->content = k->content;
    if (j->first[i] != i) {
        v->identity = j->items[j->first[i]].identity;
        return;
    }
    v->identity = j->is_twin[i] ? k->pair : k->id;
    if (m == SIZE_MAX) {
        if (is_cut && v->news == ITEM_NEW)
            v->news = ITEM_CUT;
        return;
    }
    struct mark *mark = &j->marks.list[m];
    if (v->news == ITEM_REKEYED) {
        v->was = mark->id;
        mark->id = v->identity;
        j->is_changed = true;
    } else {
        v->identity = mark->id;
        v->news = is_same_content(k, mark) || is_cut ? ITEM_KNOWN : ITEM_EDITED;
    }
    bool has_moved = k->link && mark->link != k->link;
    j->is_changed |= has_moved || v->news == ITEM_EDITED;
    mark->link = has_moved ? k->link : mark->link;
    if (!is_cut) {
        mark->title = k->title;
        mark->text = k->text;
    }
}

// Tells whether marks of this document stand behind all others already, seen not too long ago.
static bool is_in_order(const struct judging *j, uint16_t today)
{
    bool was_taken = false;
    for (size_t m = 0; m < j->marks.n; m++) {
        if (was_taken && !j->is_taken[m])
            return false;
        was_taken |= j->is_taken[m];
        if (j->is_taken[m] && j->marks.list[m].day + 7 < today)
            return false;
    }
    return true;
}

// Absent marks first, then those of this document, then the new ones.
static struct str next_marks(struct judging *j, struct str marks, uint16_t today, bool *out_changed)
{
    struct marks next = {.flags = j->next_flags, .list = ARENA_ARRAY(j->arena, struct mark, j->marks.n + j->n + 1)};
    size_t n_fresh = 0;
    for (int present = 0; present < 2; present++)
        for (size_t m = 0; m < j->marks.n; m++)
            if (j->is_taken[m] == (present == 1)) {
                next.list[next.n] = j->marks.list[m];
                if (present)
                    next.list[next.n].day = today;
                next.n++;
                n_fresh += present == 1;
            }
    for (size_t i = j->n; i-- > 0;) { // documents are newest first mostly, marks oldest first
        bool is_recorded = j->first[i] == i && j->mark_of[i] == SIZE_MAX && j->items[i].news != ITEM_CUT;
        if (!is_recorded)
            continue;
        const struct item_keys *k = &j->keys[i];
        next.list[next.n++] = (struct mark){j->items[i].identity, k->link, k->title, k->text, today};
        n_fresh++;
        j->is_changed = true;
    }
    bool is_unwritten = marks.n == 0 || j->is_damaged;
    *out_changed = is_unwritten || j->is_changed || j->next_flags != j->marks.flags || !is_in_order(j, today);
    if (!*out_changed)
        return marks;
    marks_evict(&next, n_fresh, today);
    return marks_write(&next, j->arena);
}

static void begin(struct judging *j, struct str marks, const struct hash_key *key)
{
    j->is_damaged = !marks_read(marks, j->arena, &j->marks);
    j->n = j->doc->n_items;
    j->keys = ARENA_ARRAY(j->arena, struct item_keys, j->n + 1);
    j->items = ARENA_ARRAY(j->arena, struct item_verdict, j->n + 1);
    j->first = ARENA_ARRAY(j->arena, size_t, j->n + 1);
    j->mark_of = ARENA_ARRAY(j->arena, size_t, j->n + 1);
    j->is_twin = ARENA_ARRAY(j->arena, bool, j->n + 1);
    j->is_taken = ARENA_ARRAY(j->arena, bool, j->marks.n + 1);
    for (size_t i = 0; i < j->n; i++)
        j->mark_of[i] = SIZE_MAX;
    bool is_volatile = j->marks.flags & MARKS_VOLATILE && j->options->choice == IDENTITY_AUTO;
    bool one_link = j->marks.flags & MARKS_ONE_LINK;
    j->is_by_link = is_volatile || j->options->choice == IDENTITY_LINK;
    identity_keys(j->doc, key, j->options->choice, is_volatile, &one_link, j->keys, j->arena);
    j->next_flags = (uint8_t)((j->marks.flags & ~MARKS_ONE_LINK) | (one_link ? MARKS_ONE_LINK : 0));
    mark_table_init(&j->by_id, j->marks.n, j->arena);
    mark_table_init(&j->by_link, j->marks.n, j->arena);
    for (size_t m = j->marks.n; m-- > 0;) { // the latest seen first
        mark_table_add(&j->by_id, j->marks.list[m].id, m);
        mark_table_add(&j->by_link, j->marks.list[m].link, m);
    }
}

struct judgement identity_judge(struct str marks, const struct document *doc, const struct hash_key *key,
                                const struct judge_options *options, struct arena *a)
{
    struct judging j = {.doc = doc, .options = options, .arena = a};
    begin(&j, marks, key);
    find_copies(&j);
    match_ids(&j);
    match_links(&j);
    if (marks.n && !j.is_damaged)
        identity_judge_crowd(&j);
    struct judgement out = {.items = j.items, .n = j.n, .is_first = marks.n == 0, .is_rebaselined = j.is_rebaselined,
                            .became_volatile = j.became_volatile};
    for (size_t i = 0; i < j.n; i++) {
        settle_item(&j, i);
        if (j.is_damaged && j.items[i].news == ITEM_NEW)
            j.items[i].news = ITEM_OLD;
        out.n_new += j.items[i].news == ITEM_NEW;
        out.n_edited += j.items[i].news == ITEM_EDITED;
        out.n_rekeyed += j.items[i].news == ITEM_REKEYED;
        out.n_old += j.items[i].news == ITEM_OLD;
    }
    out.marks = next_marks(&j, marks, (uint16_t)(options->now.ms / DAY_MS), &out.is_changed);
    return out;
}

const char *item_news_word(enum item_news news)
{
    switch (news) {
    case ITEM_NEW: return "new";
    case ITEM_EDITED: return "edited";
    case ITEM_KNOWN: return "known";
    case ITEM_REKEYED: return "rekeyed";
    case ITEM_OLD: return "old";
    case ITEM_COPY: return "copy";
    case ITEM_CUT: return "cut";
    }
    return "";
}
