// SPDX-License-Identifier: MIT
//
// Names and rows of the archive. See archive_file.h.
#include "store/archive_file.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { NUMBERS = 5, HEAD_BYTES = NUMBERS * 8 + ARCHIVE_TEXTS * 4 };

const char *archive_name(wall_t at, char out[ARCHIVE_NAME_BYTES])
{
    struct civil c = civil_of(at);
    snprintf(out, ARCHIVE_NAME_BYTES, "archive-%04lld-%02d.db", (long long)c.year, c.month);
    return out;
}

static bool read_name(struct str name, uint64_t *year, uint64_t *month)
{
    static const struct str head = STR("archive-"), tail = STR(".db");
    if (!str_starts(name, head) || !str_ends(name, tail) || name.n < head.n + 7 + tail.n)
        return false;
    struct str date = str_make(name.p + head.n, name.n - head.n - tail.n);
    struct str years = str_head(date, date.n - 3), months = str_from(date, date.n - 2);
    return date.p[date.n - 3] == '-' && str_to_u64(years, 9999, year) && str_to_u64(months, 12, month) && *month > 0;
}

uint32_t archive_month(const char *name)
{
    uint64_t year = 0, month = 1;
    read_name(str_of(name), &year, &month);
    return (uint32_t)(year * 12 + month - 1);
}

wall_t archive_month_end(const char *name)
{
    uint64_t year = 0, month = 0;
    bool is_name = read_name(str_of(name), &year, &month);
    assert(is_name);
    int64_t days = month == 12 ? civil_days((int64_t)year + 1, 1, 1) : civil_days((int64_t)year, (int)month + 1, 1);
    return (wall_t){days * DAY_MS};
}

static int is_archive(const struct dirent *entry)
{
    uint64_t year, month;
    return read_name(str_of(entry->d_name), &year, &month);
}

int archive_list(const char *directory, char ***out)
{
    struct dirent **entries = NULL;
    int n = scandir(directory, &entries, is_archive, alphasort);
    *out = n > 0 ? mem_alloc_array((size_t)n, sizeof **out) : NULL;
    for (int i = 0; i < n; i++) {
        (*out)[i] = mem_dupz(str_of(entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return n < 0 ? 0 : n;
}

void archive_list_free(char **list, int n)
{
    for (int i = 0; i < n; i++)
        mem_free(list[i]);
    mem_free(list);
}

static void add_number(struct buf *b, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_add_char(b, (char)(value >> (8 * i)));
}

static uint64_t number_at(struct str row, size_t at, int bytes)
{
    uint64_t value = 0;
    for (int i = bytes; i-- > 0;)
        value = value << 8 | (unsigned char)row.p[at + (size_t)i];
    return value;
}

void archive_pack(const struct archive_item *item, struct buf *out)
{
    const struct str texts[ARCHIVE_TEXTS] = {item->feed_url, item->feed_title, item->tags,       item->guid,
                                             item->url,      item->language,   item->authors,    item->categories,
                                             item->title,    item->body};
    struct str cut[ARCHIVE_TEXTS];
    struct str summary = utf8_head(item->summary, ARCHIVE_TEXT_BYTES);
    add_number(out, item->feed, 8);
    add_number(out, item->item, 8);
    add_number(out, item->content, 8);
    add_number(out, (uint64_t)item->fetched.ms, 8);
    add_number(out, (uint64_t)item->published.ms, 8);
    for (int i = 0; i < ARCHIVE_TEXTS; i++) {
        cut[i] = utf8_head(texts[i], ARCHIVE_TEXT_BYTES);
        add_number(out, cut[i].n, 4);
    }
    for (int i = 0; i < ARCHIVE_TEXTS; i++)
        buf_add(out, cut[i]);
    buf_add(out, summary); // the rest of the row
}

bool archive_unpack(struct str row, struct archive_item *out)
{
    if (row.n < HEAD_BYTES)
        return false;
    struct archive_item item = {
        .feed = number_at(row, 0, 8),
        .item = number_at(row, 8, 8),
        .content = number_at(row, 16, 8),
        .fetched = {(int64_t)number_at(row, 24, 8)},
        .published = {(int64_t)number_at(row, 32, 8)},
    };
    struct str *texts[ARCHIVE_TEXTS] = {&item.feed_url, &item.feed_title, &item.tags,       &item.guid,
                                        &item.url,      &item.language,   &item.authors,    &item.categories,
                                        &item.title,    &item.body};
    struct str rest = str_from(row, HEAD_BYTES);
    for (size_t i = 0; i < ARCHIVE_TEXTS; i++) {
        size_t n = (size_t)number_at(row, NUMBERS * 8 + i * 4, 4);
        if (n > rest.n)
            return false;
        *texts[i] = str_head(rest, n);
        rest = str_from(rest, n);
    }
    item.summary = rest;
    *out = item;
    return true;
}
