// SPDX-License-Identifier: MIT
//
// A single item is never silenced because its text is known: a status page may say the same twice. A crowd is: when a
// site moves to another host or program, all ids and links change in one night and all texts stay.
#include "feeds/identity_crowd.h"

#include <math.h>

enum { CROWD_MIN = 3 };        // less is no crowd, unless it is the whole document
enum { ARCHIVE_MIN = 10 };     // old items, so many at once, are an archive
enum { ARCHIVE_AGE_DAYS = 7 }; // older than the last good poll by so much: nobody publishes so late
enum { DIGESTS = 1 << 24, DIGESTS_LOW = 1 << 16 }; // that a title or a text can have; of which a mark of old
#define CHANCE_MAX 1e-9        // of a crowd; it would silence what is new

struct crowd {
    size_t *items; // without a mark
    size_t n;
    size_t n_originals; // items of the document that are no copies
};

static struct crowd gather(struct judging *j)
{
    struct crowd c = {.items = ARENA_ARRAY(j->arena, size_t, j->n + 1)};
    for (size_t i = 0; i < j->n; i++) {
        c.n_originals += j->first[i] == i;
        if (j->first[i] == i && j->mark_of[i] == SIZE_MAX)
            c.items[c.n++] = i;
    }
    return c;
}

// What of title and text is compared.
struct content {
    uint32_t title, text;
};

static struct content content_of(uint32_t title, uint32_t text, bool by_title)
{
    return (struct content){title, by_title ? 0 : text};
}

// A key for the table, of what every mark knows; the rest is looked at then. Its low bits are of the title too: many
// have one text. 0: nothing to compare.
static uint64_t content_key(struct content c)
{
    uint64_t title = c.title & MARK_DIGEST_LOW, text = c.text & MARK_DIGEST_LOW;
    return title || text ? 1ull << 40 | title << 16 | (title ^ text) : 0;
}

static bool is_equal(struct content of_mark, struct content item)
{
    return mark_has_digest(of_mark.title, item.title) && mark_has_digest(of_mark.text, item.text);
}

// Whether title or text alone are there to compare.
static bool is_weak(struct content c) { return !c.title != !c.text; }

// Returns how likely it is that an item which only has a title has that of a mark by chance.
static double chance_of(struct content of_mark)
{
    return 1.0 / ((of_mark.title | of_mark.text) > MARK_DIGEST_LOW ? DIGESTS : DIGESTS_LOW);
}

// Tells whether k of n items may well be like one of the marks by chance, each with this probability: of 16 bits,
// where thousands are known, each new headline is one time in twenty. C(n, k) p^k is below (e n p / k)^k.
static bool is_chance(size_t k, size_t n, double p)
{
    double each = M_E * (double)n * p / (double)k;
    return (double)k * log(each) > log(CHANCE_MAX);
}

static struct content item_content(const struct judging *j, size_t item, bool by_title)
{
    return content_of(j->keys[item].title, j->keys[item].text, by_title);
}

// Gives each item of the crowd the absent mark whose content (or, by_title, whose title) it has, one mark to one item;
// none where that may be chance. Returns for how many there is one; found[k] is SIZE_MAX for the others.
static size_t find_by_content(const struct judging *j, const struct crowd *c, bool by_title, size_t *found)
{
    struct mark_table table;
    bool *is_used = ARENA_ARRAY(j->arena, bool, j->marks.n + 1);
    size_t n = 0, weak = 0, weak_items = 0;
    double chance = 0;
    mark_table_init(&table, j->marks.n, j->arena);
    for (size_t m = j->marks.n; m-- > 0;) {
        const struct mark *mark = &j->marks.list[m];
        struct content content = content_of(mark->title, mark->text, by_title);
        if (j->is_taken[m])
            continue;
        mark_table_add(&table, content_key(content), m);
        chance += is_weak(content) ? chance_of(content) : 0;
    }
    for (size_t k = 0; k < c->n; k++) {
        struct content content = item_content(j, c->items[k], by_title);
        size_t cursor = SIZE_MAX, m = SIZE_MAX;
        bool is_found = false;
        while (!is_found && mark_table_next(&table, content_key(content), &cursor, &m)) {
            const struct mark *mark = &j->marks.list[m];
            is_found = !is_used[m] && is_equal(content_of(mark->title, mark->text, by_title), content);
        }
        found[k] = is_found ? m : SIZE_MAX;
        if (is_found)
            is_used[m] = true;
        n += is_found;
        weak_items += is_weak(content);
        weak += is_found && is_weak(content);
    }
    if (weak == 0 || !is_chance(weak, weak_items, chance))
        return n;
    for (size_t k = 0; k < c->n; k++)
        found[k] = is_weak(item_content(j, c->items[k], by_title)) ? SIZE_MAX : found[k];
    return n - weak;
}

static void rekey(struct judging *j, const struct crowd *c, const size_t *found)
{
    for (size_t k = 0; k < c->n; k++) {
        size_t item = c->items[k];
        if (found[k] == SIZE_MAX || j->items[item].news == ITEM_REKEYED)
            continue;
        j->items[item].news = ITEM_REKEYED;
        j->mark_of[item] = found[k];
        j->is_taken[found[k]] = true;
    }
}

static wall_t date_of(const struct item *item)
{
    if (item->published.state == DATE_OK)
        return item->published.at;
    return item->updated.state == DATE_OK ? item->updated.at : (wall_t){0};
}

// Dated well before the last good poll: it was there then, and nobody had shown it to us.
static bool is_old(const struct judging *j, size_t item)
{
    wall_t at = date_of(&j->doc->items[item]);
    return at.ms && j->options->good_at.ms &&
           wall_diff(j->options->good_at, at) > (int64_t)ARCHIVE_AGE_DAYS * DAY_MS;
}

// More than 80 % of the document looks new, and the titles of more than 80 % of that are known: the archive under other
// ids. An item with a fresh date and another text stays new: weather reports have one title for ever.
static void judge_titles(struct judging *j, const struct crowd *all)
{
    struct crowd c = gather(j);
    size_t *found = ARENA_ARRAY(j->arena, size_t, c.n + 1);
    size_t known = all->n - c.n + find_by_content(j, &c, true, found);
    if (all->n < CROWD_MIN || 5 * all->n <= 4 * all->n_originals || 5 * known <= 4 * all->n)
        return;
    for (size_t k = 0; k < c.n; k++) {
        const struct mark *m = found[k] == SIZE_MAX ? NULL : &j->marks.list[found[k]];
        bool has_date = date_of(&j->doc->items[c.items[k]]).ms != 0;
        if (m && !mark_has_digest(m->text, j->keys[c.items[k]].text) && has_date && !is_old(j, c.items[k]))
            found[k] = SIZE_MAX;
    }
    rekey(j, &c, found);
    j->is_rebaselined = true;
}

static void judge_dates(struct judging *j)
{
    struct crowd c = gather(j);
    size_t old = 0;
    for (size_t k = 0; k < c.n; k++)
        old += is_old(j, c.items[k]);
    if (old < ARCHIVE_MIN || 2 * old < c.n)
        return;
    for (size_t k = 0; k < c.n; k++)
        if (is_old(j, c.items[k]))
            j->items[c.items[k]].news = ITEM_OLD;
    j->is_rebaselined = true;
}

void identity_judge_crowd(struct judging *j)
{
    struct crowd c = gather(j);
    bool is_whole_document = c.n == c.n_originals && c.n >= 2;
    if (c.n == 0)
        return;
    size_t *found = ARENA_ARRAY(j->arena, size_t, c.n + 1);
    if ((c.n >= CROWD_MIN || is_whole_document) && 2 * find_by_content(j, &c, false, found) >= c.n)
        rekey(j, &c, found);
    judge_titles(j, &c);
    judge_dates(j);
}
