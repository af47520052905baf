// SPDX-License-Identifier: MIT
//
// Reading, writing, forgetting and finding marks. Days are kept as runs: a mark costs 17 bytes and no day of its own.
// Runs are coarse (RUN_DAYS), so that a blob has few of them and does not change every day.
#include "feeds/marks.h"

#include "feeds/identity.h"

enum { RUN_DAYS = 8 };   // days that share a run; a mark is kept for up to so much longer
enum { RUNS_MAX = 255 };

static uint64_t get(const unsigned char *p, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)p[i] << (8 * i);
    return value;
}

static void put(unsigned char *p, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (unsigned char)(value >> (8 * i));
}

uint32_t mark_digest(uint64_t hash)
{
    uint32_t folded = (uint32_t)(hash ^ hash >> 32), low = folded & MARK_DIGEST_LOW, high = folded >> 16 & 0xFF;
    return hash == 0 ? 0 : (high ? high : 1) << 16 | (low ? low : 1);
}

uint64_t mark_link(uint64_t link)
{
    uint64_t low = link & 0xFFFFFFFFFFull;
    return low || !link ? low : 1;
}

// Of a mark's parts: id, link, title, text.
struct widths {
    size_t id, link, digest, mark;
};

static struct widths widths_of(unsigned char version)
{
    return version == 1 ? (struct widths){6, 6, 2, 16} : (struct widths){6, 5, 3, MARK_BYTES};
}

bool marks_are_valid(struct str blob)
{
    const unsigned char *p = (const unsigned char *)blob.p;
    if (blob.n < MARKS_HEAD_BYTES || p[0] == 0 || p[0] > MARKS_VERSION)
        return false;
    size_t n = get(p + 2, 2), runs = p[4], in_runs = 0;
    if (blob.n != MARKS_HEAD_BYTES + runs * MARKS_RUN_BYTES + n * widths_of(p[0]).mark || n > MARKS_MAX)
        return false;
    for (size_t i = 0; i < runs; i++)
        in_runs += get(p + MARKS_HEAD_BYTES + i * MARKS_RUN_BYTES + 2, 2);
    return in_runs == n;
}

size_t marks_count(struct str blob)
{
    return marks_are_valid(blob) ? get((const unsigned char *)blob.p + 2, 2) : 0;
}

bool marks_are_volatile(struct str blob)
{
    return marks_are_valid(blob) && (blob.p[1] & MARKS_VOLATILE);
}

bool marks_read(struct str blob, struct arena *a, struct marks *out)
{
    *out = (struct marks){.n = 0};
    if (blob.n == 0)
        return true;
    if (!marks_are_valid(blob))
        return false;
    const unsigned char *run = (const unsigned char *)blob.p + MARKS_HEAD_BYTES;
    const unsigned char *p = run + (unsigned char)blob.p[4] * MARKS_RUN_BYTES;
    const struct widths w = widths_of((unsigned char)blob.p[0]);
    size_t n = marks_count(blob), left = 0;
    uint16_t day = 0;
    out->flags = (uint8_t)blob.p[1];
    out->list = ARENA_ARRAY(a, struct mark, n + 1);
    for (out->n = 0; out->n < n; out->n++, p += w.mark) {
        for (; left == 0; run += MARKS_RUN_BYTES) {
            day = (uint16_t)get(run, 2);
            left = get(run + 2, 2);
        }
        left--;
        const unsigned char *link = p + w.id, *title = link + w.link;
        out->list[out->n] = (struct mark){get(p, w.id), mark_link(get(link, w.link)), (uint32_t)get(title, w.digest),
                                          (uint32_t)get(title + w.digest, w.digest), day};
    }
    return true;
}

struct str marks_write(const struct marks *m, struct arena *a)
{
    unsigned char runs[RUNS_MAX * MARKS_RUN_BYTES];
    size_t n_runs = 0;
    for (size_t i = 0; i < m->n;) {
        size_t from = i;
        // A run takes the latest day of its marks, so that none is forgotten early.
        while (i < m->n && (m->list[i].day < m->list[from].day + RUN_DAYS || n_runs == RUNS_MAX - 1))
            i++;
        put(runs + n_runs * MARKS_RUN_BYTES, m->list[i - 1].day, 2);
        put(runs + n_runs * MARKS_RUN_BYTES + 2, i - from, 2);
        n_runs++;
    }
    size_t bytes = MARKS_HEAD_BYTES + n_runs * MARKS_RUN_BYTES + m->n * MARK_BYTES;
    unsigned char *blob = arena_alloc(a, bytes), *p = blob + MARKS_HEAD_BYTES + n_runs * MARKS_RUN_BYTES;
    blob[0] = MARKS_VERSION;
    blob[1] = m->flags;
    put(blob + 2, m->n, 2);
    blob[4] = (unsigned char)n_runs;
    memcpy(blob + MARKS_HEAD_BYTES, runs, n_runs * MARKS_RUN_BYTES);
    for (size_t i = 0; i < m->n; i++, p += MARK_BYTES) {
        put(p, m->list[i].id, 6);
        put(p + 6, m->list[i].link, 5);
        put(p + 11, m->list[i].title, 3);
        put(p + 14, m->list[i].text, 3);
    }
    return str_make((const char *)blob, bytes);
}

void marks_evict(struct marks *m, size_t n_present, uint16_t today)
{
    size_t keep = 2 * n_present > MARKS_KEEP_MIN ? 2 * n_present : MARKS_KEEP_MIN, drop = 0;
    while (m->n - drop > keep && m->n - drop > n_present && m->list[drop].day + MARKS_KEEP_DAYS < today)
        drop++;
    if (m->n - drop > MARKS_MAX)
        drop = m->n - MARKS_MAX;
    m->list += drop;
    m->n -= drop;
}

void mark_table_init(struct mark_table *t, size_t n, struct arena *a)
{
    size_t room = 16;
    while (room < 2 * n)
        room *= 2;
    t->mask = room - 1;
    t->keys = ARENA_ARRAY(a, uint64_t, room);
    t->indexes = ARENA_ARRAY(a, uint32_t, room);
}

void mark_table_add(struct mark_table *t, uint64_t key, size_t index)
{
    if (key == 0)
        return;
    size_t at = key & t->mask; // keys are hashes already
    while (t->keys[at])
        at = (at + 1) & t->mask;
    t->keys[at] = key;
    t->indexes[at] = (uint32_t)index;
}

bool mark_table_next(const struct mark_table *t, uint64_t key, size_t *cursor, size_t *out_index)
{
    if (key == 0)
        return false;
    size_t at = *cursor == SIZE_MAX ? key & t->mask : (*cursor + 1) & t->mask;
    while (t->keys[at] && t->keys[at] != key)
        at = (at + 1) & t->mask;
    *cursor = at;
    *out_index = t->indexes[at];
    return t->keys[at] == key;
}

size_t mark_table_find(const struct mark_table *t, uint64_t key)
{
    size_t cursor = SIZE_MAX, index = SIZE_MAX;
    return mark_table_next(t, key, &cursor, &index) ? index : SIZE_MAX;
}
