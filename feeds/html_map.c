// SPDX-License-Identifier: MIT
//
// The map of a text back to its original. See html.h.
//
// Reading is deterministic, so the map is made by reading once more, when somebody asks. A text that was escaped once
// too often is read twice, and the two maps are joined.
#include "feeds/html_parts.h"

void html_map_add(struct html_map *map, struct html_piece piece, struct arena *a)
{
    struct html_piece *last = map->n_pieces ? &map->pieces[map->n_pieces - 1] : NULL;
    if (last && !piece.is_whole && !last->is_whole && last->original + last->length == piece.original)
        last->length += piece.length;
    else
        ARENA_PUSH(a, map->pieces, map->n_pieces, piece);
}

static const struct html_piece *piece_at(const struct html_map *map, size_t at)
{
    size_t low = 0, high = map->n_pieces;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (map->pieces[middle].text <= at)
            low = middle;
        else
            high = middle;
    }
    return &map->pieces[low];
}

void html_origin(const struct html_map *map, size_t start, size_t end, size_t *out_start, size_t *out_end)
{
    *out_start = start;
    *out_end = end;
    if (map->n_pieces == 0)
        return;
    const struct html_piece *first = piece_at(map, start), *last = piece_at(map, end > start ? end - 1 : start);
    *out_start = first->original + (first->is_whole ? 0 : start - first->text);
    *out_end = last->original + (last->is_whole ? last->length : end - last->text);
}

// Joins the map of a second reading with that of the first one, whose text it read: a piece of the second is cut where
// the first one's pieces end. Both walk forward.
static struct html_map join_maps(const struct html_map *second, struct str text, const struct html_map *first,
                                 struct str first_text, struct arena *a)
{
    struct html_map joined = {0};
    struct html_piece same = {0, 0, (uint32_t)first_text.n, false};
    size_t n_second = text.n == 0 ? 0 : second->n_pieces ? second->n_pieces : 1;
    for (size_t i = 0; i < n_second; i++) {
        const struct html_piece *p = second->n_pieces ? &second->pieces[i] : &same;
        if (p->is_whole) {
            size_t start = 0, end = 0;
            html_origin(first, p->original, p->original + p->length, &start, &end);
            struct html_piece whole = {p->text, (uint32_t)start, (uint32_t)(end - start), true};
            ARENA_PUSH(a, joined.pieces, joined.n_pieces, whole);
            continue;
        }
        for (uint32_t done = 0; done < p->length;) {
            const struct html_piece *q = piece_at(first, p->original + done);
            uint32_t into = p->original + done - q->text;
            const struct html_piece *next = q + 1 < first->pieces + first->n_pieces ? q + 1 : NULL;
            uint32_t ends = next ? next->text : (uint32_t)first_text.n;
            uint32_t left = ends - (p->original + done), length = left < p->length - done ? left : p->length - done;
            struct html_piece part = {p->text + done, q->is_whole ? q->original : q->original + into,
                                      q->is_whole ? q->length : length, q->is_whole};
            ARENA_PUSH(a, joined.pieces, joined.n_pieces, part);
            done += length;
        }
    }
    return joined;
}

// Reads with a map; none where the text is the same bytes.
static struct str read_mapped(struct str in, bool is_plain, struct html_map *map, struct arena *a)
{
    *map = (struct html_map){0};
    struct html_reading reading = html_read(in, is_plain, map, a);
    if (reading.is_same)
        *map = (struct html_map){0};
    return reading.text;
}

struct html_map html_map(const struct html_text *t, struct arena *a)
{
    struct html_map first, second;
    struct str once = read_mapped(t->original, t->is_plain, &first, a);
    if (!t->was_escaped)
        return first;
    read_mapped(once, false, &second, a);
    return join_maps(&second, t->text, &first, once, a);
}
