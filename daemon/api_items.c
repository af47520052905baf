// SPDX-License-Identifier: MIT
//
// Pages of archived items. See api_items.h.
#include "daemon/api_items.h"

#include <stdio.h>

#include "store/archive.h"

static const struct str magic = STR("fwi1");
enum { TEXTS = 10, RECORD_NUMBERS = 4 };

// ---- writing ----

static void put_number(struct buf *out, uint64_t value, int bytes)
{
    char text[8];
    for (int i = 0; i < bytes; i++)
        text[i] = (char)(value >> (8 * i));
    buf_add(out, str_make(text, (size_t)bytes));
}

static void put_text(struct buf *out, struct str text)
{
    put_number(out, text.n, 4);
    buf_add(out, text);
}

static void put_item(struct buf *out, const struct archive_item *item)
{
    const struct str texts[TEXTS] = {item->feed_title, item->feed_url,   item->tags,  item->url,     item->language,
                                     item->authors,    item->categories, item->title, item->summary, item->body};
    put_number(out, item->feed, 8);
    put_number(out, item->item, 8);
    put_number(out, (uint64_t)item->fetched.ms, 8);
    put_number(out, (uint64_t)item->published.ms, 8);
    for (int i = 0; i < TEXTS; i++)
        put_text(out, texts[i]);
}

static void put_head(struct buf *out, wall_t now, uint64_t total, bool is_last, struct str place)
{
    buf_add(out, magic);
    put_number(out, (uint64_t)now.ms, 8);
    put_number(out, total, 8);
    put_number(out, is_last, 1);
    put_text(out, place);
}

// A place is two numbers, "24323-1017".
static bool place_read(struct str text, struct archive_place *out, struct err *err)
{
    uint64_t month = 0, row = 0;
    struct str rest = text, head = str_cut(&rest, '-');
    if (text.n && (!str_to_u64(head, UINT32_MAX, &month) || !str_to_u64(rest, INT64_MAX, &row)))
        return err_set(err, "expected the place that a page ended at, found \"%.*s\"", STR_ARG(str_head(text, 40)));
    *out = (struct archive_place){(uint32_t)month, (int64_t)row};
    return true;
}

// Appends records until the page is full. ARCHIVE_ITEM: there may be more.
static enum archive_step put_items(struct archive_reader *reader, size_t bytes, struct buf *out, struct err *err)
{
    struct archive_item item;
    enum archive_step step = ARCHIVE_ITEM;
    while (out->n < bytes && (step = archive_next(reader, &item, err)) == ARCHIVE_ITEM)
        put_item(out, &item);
    return step;
}

bool api_items_page(struct str state, const struct api_items_query *query, wall_t now, struct buf *out,
                    struct err *err)
{
    struct archive_place place = {0};
    uint64_t total = 0;
    if (!place_read(query->place, &place, err))
        return false;
    if (!query->place.n && !archive_count(state, query->since, &total, err))
        return false;
    struct archive_reader *reader = archive_read_on(state, place, query->since, query->until, err);
    if (!reader)
        return false;
    struct buf items;
    buf_init(&items, API_PAGE_BYTES_MAX);
    enum archive_step step = put_items(reader, query->bytes, &items, err);
    place = archive_reader_place(reader);
    archive_reader_close(reader);
    char text[API_PLACE_BYTES];
    snprintf(text, sizeof text, "%u-%lld", place.month, (long long)place.row);
    if (step != ARCHIVE_FAILED) {
        put_head(out, now, total, step == ARCHIVE_END, str_of(text));
        buf_add(out, buf_str(&items));
    }
    buf_done(&items);
    return step != ARCHIVE_FAILED;
}

bool api_items_one(struct str state, uint64_t feed, uint64_t id, wall_t now, struct buf *out, struct err *err)
{
    struct archive_item item;
    struct arena arena;
    arena_init(&arena, API_PAGE_BYTES_MAX);
    bool is_found = archive_find(state, feed, id, &arena, &item, err);
    if (is_found) {
        put_head(out, now, 1, true, S(""));
        put_item(out, &item);
    }
    arena_done(&arena);
    return is_found;
}

// ---- reading ----

static bool take_number(struct str *rest, int bytes, uint64_t *out)
{
    if (rest->n < (size_t)bytes)
        return false;
    uint64_t value = 0;
    for (int i = bytes; i-- > 0;)
        value = value << 8 | (unsigned char)rest->p[i];
    *rest = str_from(*rest, (size_t)bytes);
    *out = value;
    return true;
}

static bool take_text(struct str *rest, struct str *out)
{
    uint64_t n;
    if (!take_number(rest, 4, &n) || n > rest->n)
        return false;
    *out = str_head(*rest, (size_t)n);
    *rest = str_from(*rest, (size_t)n);
    return true;
}

bool api_page_read(struct str bytes, struct api_page *out)
{
    uint64_t now, total, is_last;
    struct str rest = bytes;
    struct api_page page = {0};
    if (!str_starts(rest, magic))
        return false;
    rest = str_from(rest, magic.n);
    if (!take_number(&rest, 8, &now) || !take_number(&rest, 8, &total) || !take_number(&rest, 1, &is_last) ||
        !take_text(&rest, &page.place))
        return false;
    page.now = (wall_t){(int64_t)now};
    page.total = total;
    page.is_last = is_last;
    page.rest = rest;
    *out = page;
    return true;
}

enum api_page_step api_page_next(struct api_page *page, struct api_item *out)
{
    uint64_t numbers[RECORD_NUMBERS];
    struct api_item item;
    struct str *const texts[TEXTS] = {&item.feed_title, &item.feed_url,   &item.tags,  &item.url,     &item.language,
                                      &item.authors,    &item.categories, &item.title, &item.summary, &item.body};
    if (page->rest.n == 0)
        return API_PAGE_END;
    for (int i = 0; i < RECORD_NUMBERS; i++)
        if (!take_number(&page->rest, 8, &numbers[i]))
            return API_PAGE_BROKEN;
    for (int i = 0; i < TEXTS; i++)
        if (!take_text(&page->rest, texts[i]))
            return API_PAGE_BROKEN;
    item.feed = numbers[0];
    item.item = numbers[1];
    item.fetched = (wall_t){(int64_t)numbers[2]};
    item.published = (wall_t){(int64_t)numbers[3]};
    *out = item;
    return API_PAGE_ITEM;
}

static const struct str *split(struct str text, char between, struct arena *arena, size_t *out_n)
{
    struct str *list = NULL;
    size_t n = 0;
    while (text.n) {
        struct str one = str_cut(&text, between);
        if (one.n)
            ARENA_PUSH(arena, list, n, one);
    }
    *out_n = n;
    return list;
}

struct doc api_item_doc(const struct api_item *item, struct arena *arena)
{
    struct doc doc = {
        .title = item->title,
        .summary = item->summary,
        .body = item->body,
        .url = item->url,
        .feed = item->feed_title,
        .lang = item->language,
    };
    doc.authors = split(item->authors, '\n', arena, &doc.n_authors);
    doc.categories = split(item->categories, '\n', arena, &doc.n_categories);
    doc.tags = split(item->tags, ' ', arena, &doc.n_tags);
    return doc;
}

const char *api_item_id(uint64_t item, char out[API_ITEM_ID_BYTES])
{
    snprintf(out, API_ITEM_ID_BYTES, "%016llx", (unsigned long long)item);
    return out;
}

bool api_item_id_read(struct str text, uint64_t *out_item)
{
    uint64_t item = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = char_lower(text.p[i]);
        if (!char_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
        item = item << 4 | (uint64_t)(char_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    if (text.n != API_ITEM_ID_BYTES - 1)
        return false;
    *out_item = item;
    return true;
}
