// SPDX-License-Identifier: MIT
//
// The cleaner's state machine: which token begins, where it ends, and what a piece's end does to it. Text is written
// by clean_text.c, references by clean_reference.c, tags by clean_tag.c; clean_drop.c passes over comments,
// instructions and declarations, clean_section.c watches CDATA sections, and clean_place.c notes repairs.
//
// A '<' that begins no tag is text. A quoted value in which '>' and then '<' comes was never closed: its tag ends at
// that '>' (a bare '<' alone is common in real values). A start tag in which another '<' comes is text too, unless it
// names a feed's element: `<item <title>` is an item.
#include "feeds/clean.h"

#include <assert.h>
#include <string.h>

#include "feeds/clean_name.h"
#include "feeds/clean_parts.h"

enum {
    REFERENCE_MAX = 64,
    VALUE_TAGS_MAX = 64, // looked at in a value that was not closed: each may be compared with all that is open
};

void clean_init(struct cleaner *c, struct clean_sink sink, const struct parse_limits *limits, struct repair *repairs)
{
    memset(c, 0, offsetof(struct cleaner, ends));
    c->sink = sink;
    c->limits = limits;
    c->repairs = repairs;
    c->line = c->col = 1;
    c->texts_max = CLEAN_TEXTS_BYTES;
    buf_init(&c->out, SIZE_MAX);
    buf_init(&c->texts, SIZE_MAX);
    buf_init(&c->values, SIZE_MAX);
    buf_init(&c->pend, SIZE_MAX);
    buf_init(&c->spare, SIZE_MAX);
    buf_init(&c->names, SIZE_MAX);
    arena_init(&c->arena, SIZE_MAX);
    buf_room(&c->out, CLEAN_WRITE_BYTES + CLEAN_ROOM_BYTES);
    buf_add(&c->out, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?><_>"));
}

void clean_done(struct cleaner *c)
{
    buf_done(&c->out);
    buf_done(&c->texts);
    buf_done(&c->values);
    buf_done(&c->pend);
    buf_done(&c->spare);
    buf_done(&c->names);
    arena_done(&c->arena);
}

// Puts the head of a token into pend: the piece ends inside it.
static const char *wait_for_more(struct cleaner *c, enum clean_state state, const char *p, const char *end)
{
    if (c->pend.n == 0 && c->piece) {
        clean_count_lines(c, p);
        c->token_line = c->line;
        c->token_col = c->col;
    }
    buf_add(&c->pend, str_make(p, (size_t)(end - p)));
    c->state = state;
    return end;
}

static void token_done(struct cleaner *c, enum clean_state next)
{
    buf_reset(&c->pend);
    c->state = next;
}

static void read_pieces(struct cleaner *c, const char *p, const char *end);

static void bare_less_than(struct cleaner *c, const char *at)
{
    if (c->depth == 0)
        return;
    clean_repair(c, REPAIR_BARE_LESS_THAN, at);
    clean_put_text(c, "<", 1);
}

// ---- references

static bool is_reference_char(char ch) { return char_is_alnum(ch) || ch == '#' || ch == '_' || ch == '-' || ch == '.'; }

// p stands behind the last character of the reference's body.
static void reference_end(struct cleaner *c, struct str body, bool has_semicolon, const char *at)
{
    if (has_semicolon && body.n && clean_reference(c, body, at))
        return;
    clean_repair(c, has_semicolon && body.n ? REPAIR_UNKNOWN_ENTITY : REPAIR_BARE_AMPERSAND, at);
    clean_put_text(c, "&", 1);
    clean_put_text(c, body.p, body.n);
    if (has_semicolon)
        clean_put_text(c, ";", 1);
}

static const char *read_reference(struct cleaner *c, const char *p, const char *end)
{
    // In CLEAN_TEXT, p stands at the '&'; in CLEAN_REF it and more are in pend already.
    const char *q = c->state == CLEAN_REF ? p : p + 1;
    size_t had = c->state == CLEAN_REF ? c->pend.n : 0;
    while (q < end && had + (size_t)(q - p) < REFERENCE_MAX && is_reference_char(*q))
        q++;
    if (q == end) // also at the cap: its semicolon may follow
        return wait_for_more(c, CLEAN_REF, p, end);
    bool has_semicolon = q < end && *q == ';';
    if (had) {
        buf_add(&c->pend, str_make(p, (size_t)(q - p)));
        reference_end(c, str_from(buf_str(&c->pend), 1), has_semicolon, NULL);
        token_done(c, CLEAN_TEXT);
    } else {
        reference_end(c, str_make(p + 1, (size_t)(q - p) - 1), has_semicolon, p);
    }
    return has_semicolon ? q + 1 : q;
}

// ---- tags

enum tag_end { TAG_OPEN, TAG_WHOLE, TAG_CUT_AT_LT, TAG_CUT_AT_GT };

// Returns the next byte inside a value that matters: its quote, '>' or '<'.
static const char *scan_value(const char *p, const char *end, char quote)
{
    while (p < end && *p != quote && *p != '>' && *p != '<')
        p++;
    return p;
}

// One byte inside a value, at offset `at` of the tag.
static enum tag_end value_byte(struct clean_tag_scan *s, char ch, size_t at)
{
    if (ch == s->quote) {
        s->quote = 0;
        s->before = ch;
    } else if (ch == '>' && !s->is_gt_known) {
        s->is_gt_known = true;
        s->gt = at;
    } else if (ch == '<' && s->is_gt_known) {
        return TAG_CUT_AT_GT;
    }
    return TAG_OPEN;
}

// Scans on through a tag. *at is where to go on; for TAG_CUT_AT_GT the tag's end is scan.gt.
static enum tag_end scan_tag(struct cleaner *c, const char **at, const char *end)
{
    struct clean_tag_scan s = c->scan;
    const char *start = *at, *p = start;
    enum tag_end result = TAG_OPEN;
    for (; p < end && result == TAG_OPEN; p++) {
        char ch = *p;
        if (s.quote) {
            p = scan_value(p, end, s.quote);
            if (p == end)
                break;
            result = value_byte(&s, *p, s.n + (size_t)(p - start));
        } else if (ch == '>') {
            result = TAG_WHOLE;
        } else if (ch == '<' && s.n + (size_t)(p - start) > 0) {
            result = TAG_CUT_AT_LT;
        } else if ((ch == '"' || ch == '\'') && s.before == '=') {
            s.quote = ch;
            s.is_gt_known = false;
        } else if (!char_is_space(ch)) {
            s.before = ch;
        }
    }
    if (result == TAG_CUT_AT_LT || result == TAG_CUT_AT_GT)
        p--; // the '<' is the next token's
    s.n += (size_t)(p - start);
    c->scan = s;
    *at = p;
    return result;
}

// The tag's bytes ended at a '<': an element of a feed, or an end tag, is taken as if '>' stood there.
static bool is_tag_all_the_same(struct str tag)
{
    return (tag.n > 2 && tag.p[1] == '/') || clean_kind_of(clean_name(tag)) != CLEAN_OTHER;
}

// Where a tag ends whose value was not closed: at the feed's own tag that came into it, else at the first '>'.
static size_t value_end(const struct cleaner *c, struct str tag, size_t gt)
{
    size_t i = 1;
    for (size_t n = 0; n < VALUE_TAGS_MAX && (i += str_find_char(str_from(tag, i), '<')) < gt; n++, i++) {
        if (clean_is_feed_tag(c, str_from(tag, i)))
            return i;
    }
    return gt + 1;
}

// The tag is whole in `tag`, which is no part of pend. What of it is no tag is read again, as text, up to a cap: see
// clean.h. It cannot nest deeper than the two kinds of quotes.
static void tag_end(struct cleaner *c, struct str tag, enum tag_end how, size_t gt, const char *at)
{
    size_t n = tag.n;
    bool is_tag = true;
    if (how == TAG_CUT_AT_GT) {
        n = value_end(c, tag, gt);
        clean_repair(c, REPAIR_TAG, at);
    } else if (how == TAG_CUT_AT_LT) {
        is_tag = is_tag_all_the_same(tag);
        if (is_tag)
            clean_repair(c, REPAIR_TAG, at);
    }
    if (!is_tag || !clean_tag(c, str_head(tag, n), at)) {
        if (tag.n > c->limits->tag_again_max - c->again) {
            clean_repair(c, REPAIR_LIMIT, at);
            return;
        }
        c->again += (uint32_t)tag.n;
        bare_less_than(c, at);
        n = 1;
    }
    if (n < tag.n)
        read_pieces(c, tag.p + n, tag.p + tag.n);
}

// Most tags have no attributes and are whole: "<name>" and "</name>". Returns their end, or NULL.
static const char *plain_tag_end(const char *p, const char *end)
{
    const char *q = p + 1;
    q += q < end && *q == '/';
    q = clean_sound_name(q, end);
    return q && q < end && *q == '>' ? q + 1 : NULL;
}

// "<a@b": told as soon as the name is whole, wherever the piece's end cut it. The head of such a tag waits in pend.
static bool is_waiting_for_none(struct cleaner *c, const char *p, const char *end)
{
    char head[CLEAN_NAME_MAX + 2];
    size_t had = c->pend.n, more = (size_t)(end - p);
    if (had >= sizeof head || c->depth == 0)
        return false;
    more = more < sizeof head - had ? more : sizeof head - had;
    memcpy(head, c->pend.p, had);
    memcpy(head + had, p, more);
    return clean_is_no_tag(head, head + had + more);
}

// What waits in pend is text, and p stands behind it.
static const char *release_text(struct cleaner *c, const char *p)
{
    char name[CLEAN_NAME_MAX + 2];
    size_t n = c->pend.n - 1;
    memcpy(name, c->pend.p + 1, n);
    bare_less_than(c, NULL);
    token_done(c, CLEAN_TEXT);
    clean_put_text(c, name, n); // ASCII letters, digits and a few signs
    return p;
}

static const char *read_tag(struct cleaner *c, const char *p, const char *end)
{
    if (c->state == CLEAN_TEXT) {
        const char *past = plain_tag_end(p, end);
        if (past) {
            clean_plain_tag(c, str_make(p, (size_t)(past - p)), p);
            return past;
        }
        past = clean_sound_tag(c, p, end);
        if (past)
            return past;
        if (c->depth > 0 && clean_is_no_tag(p, end)) {
            bare_less_than(c, p);
            return p + 1;
        }
        c->scan = (struct clean_tag_scan){0};
    } else if (is_waiting_for_none(c, p, end)) {
        return release_text(c, p);
    }
    const char *q = p;
    enum tag_end how = scan_tag(c, &q, end);
    if (how == TAG_OPEN && c->scan.n <= c->limits->tag_bytes_max)
        return wait_for_more(c, CLEAN_TAG, p, end);
    if (c->scan.n > c->limits->tag_bytes_max) {
        clean_repair(c, REPAIR_LIMIT, c->pend.n ? NULL : p);
        token_done(c, how == TAG_OPEN ? CLEAN_TAG_SKIP : CLEAN_TEXT);
        return q;
    }
    c->state = CLEAN_TEXT;
    if (c->pend.n == 0) {
        tag_end(c, str_make(p, (size_t)(q - p)), how, c->scan.gt, p);
        return q;
    }
    buf_add(&c->pend, str_make(p, (size_t)(q - p)));
    struct buf whole = c->pend;
    const char *piece = c->piece;
    c->pend = c->spare;
    buf_init(&c->spare, SIZE_MAX);
    c->piece = NULL;
    tag_end(c, buf_str(&whole), how, c->scan.gt, NULL);
    c->piece = piece;
    buf_done(&c->spare);
    buf_reset(&whole);
    c->spare = whole; // for the next one
    return q;
}

static const char *skip_tag(struct cleaner *c, const char *p, const char *end)
{
    if (scan_tag(c, &p, end) != TAG_OPEN)
        token_done(c, CLEAN_TEXT);
    return p;
}

// ---- what begins with '<'

static const char *read_lt(struct cleaner *c, const char *p, const char *end)
{
    // pend holds "<" in CLEAN_LT, and p stands behind it; else p stands at it.
    bool is_waiting = c->state == CLEAN_LT;
    const char *next = is_waiting ? p : p + 1;
    if (next == end)
        return wait_for_more(c, CLEAN_LT, p, end);
    char ch = *next;
    if (ch == '!') {
        if (!is_waiting)
            wait_for_more(c, CLEAN_BANG, p, p + 1);
        c->state = CLEAN_BANG;
        return next;
    }
    if (ch == '?') {
        if (!is_waiting)
            wait_for_more(c, CLEAN_PI, p, p + 1);
        c->state = CLEAN_PI;
        c->matched = 0;
        return next;
    }
    if (char_is_alpha(ch) || ch == '/' || ch == '_' || ch == ':' || (unsigned char)ch >= 0x80) {
        if (!is_waiting)
            return read_tag(c, p, end);
        c->scan = (struct clean_tag_scan){.before = '<', .n = 1};
        c->state = CLEAN_TAG;
        return read_tag(c, p, end);
    }
    bare_less_than(c, is_waiting ? NULL : p);
    if (is_waiting)
        token_done(c, CLEAN_TEXT);
    return next;
}

// pend holds "<" and then the bytes that tell what begins here.
static const char *read_bang(struct cleaner *c, const char *p, const char *end)
{
    while (p < end) {
        buf_add_char(&c->pend, *p++);
        struct str head = buf_str(&c->pend);
        if (str_eq(head, S("<!--"))) {
            token_done(c, CLEAN_COMMENT);
            c->matched = c->comment_items = 0;
            c->comment_tail = 0;
            return p;
        }
        if (str_eq_nocase(head, S("<![CDATA["))) {
            token_done(c, CLEAN_CDATA);
            clean_section_begin(c);
            return p;
        }
        if (str_starts(S("<!--"), head) || str_starts_nocase(S("<![CDATA["), head))
            continue;
        c->state = CLEAN_DECL;
        c->decl_depth = 0;
        c->decl_quote = 0;
        c->matched = 0;
        return p;
    }
    return p;
}

static const char *read_cdata(struct cleaner *c, const char *p, const char *end)
{
    if (c->depth > 0)
        return clean_section(c, p, end);
    // Outside of any element it is dropped, but its end must be found.
    for (; p < end; p++) {
        if (*p == '>' && c->brackets >= 2) {
            c->brackets = 0;
            c->state = CLEAN_TEXT;
            return p + 1;
        }
        c->brackets = *p == ']' ? c->brackets + 1 : 0;
    }
    return p;
}

// ---- text

// Text outside of any element: nothing of it goes out.
static const char *skip_outside(struct cleaner *c, const char *p, const char *end)
{
    const char *lt = memchr(p, '<', (size_t)(end - p));
    const char *stop = lt ? lt : end;
    for (; p < stop && (char_is_space(*p) || *p == '\0'); p++) {
    }
    if (p < stop)
        clean_junk(c, p);
    return stop;
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && char_is_space(*p))
        p++;
    return p;
}

static const char *read_text(struct cleaner *c, const char *p, const char *end)
{
    if (c->depth == 0)
        p = skip_outside(c, p, end);
    else if (c->open[c->depth - 1].kind != CLEAN_OTHER && !c->is_aside)
        p = skip_blanks(p, end);
    if (p < end && *p != '<')
        p = clean_run(c, p, end);
    else if (c->brackets || (c->high_surrogate && p < end))
        clean_end_run(c);
    if (p == end)
        return p;
    return *p == '<' ? read_lt(c, p, end) : read_reference(c, p, end);
}

// What stands behind the lost end of a section is read as what it is. In it no section begins before its end.
static void read_behind_lost_end(struct cleaner *c)
{
    struct buf behind;
    const char *piece = c->piece;
    buf_init(&behind, SIZE_MAX);
    buf_add(&behind, str_from(buf_str(&c->texts), c->lost));
    for (; c->brackets > 0; c->brackets--)
        buf_add_char(&behind, ']');
    c->texts.n = c->lost;
    clean_end_run(c);
    c->state = CLEAN_TEXT;
    c->piece = NULL;
    read_pieces(c, behind.p, behind.p + behind.n);
    c->piece = piece;
    buf_done(&behind);
}

static void read_pieces(struct cleaner *c, const char *p, const char *end)
{
    for (;;) {
        assert(p); // each step returns a place in the piece
        if (c->watch == CLEAN_WATCH_LOST)
            read_behind_lost_end(c);
        if (p == end)
            return;
        switch (c->state) {
        case CLEAN_TEXT: p = read_text(c, p, end); break;
        case CLEAN_REF: p = read_reference(c, p, end); break;
        case CLEAN_LT: p = read_lt(c, p, end); break;
        case CLEAN_TAG: p = read_tag(c, p, end); break;
        case CLEAN_TAG_SKIP: p = skip_tag(c, p, end); break;
        case CLEAN_BANG: p = read_bang(c, p, end); break;
        case CLEAN_COMMENT: p = clean_comment(c, p, end); break;
        case CLEAN_CDATA: p = read_cdata(c, p, end); break;
        case CLEAN_PI: p = clean_pi(c, p, end); break;
        case CLEAN_DECL: p = clean_decl(c, p, end); break;
        }
    }
}

void clean_feed(struct cleaner *c, const char *p, size_t n)
{
    c->piece = c->counted = p;
    read_pieces(c, p, p + n);
    clean_count_lines(c, p + n);
    c->piece = c->counted = NULL;
}

void clean_end(struct cleaner *c)
{
    bool is_watched = c->watch == CLEAN_WATCH_ON || c->watch == CLEAN_WATCH_FULL;
    if (is_watched && c->state == CLEAN_CDATA && (clean_section_is_lost(c, NULL) || clean_section_has_rest(c)))
        read_behind_lost_end(c);
    if (c->state == CLEAN_REF)
        reference_end(c, str_from(buf_str(&c->pend), 1), false, NULL);
    if (c->state != CLEAN_TEXT || c->depth > 0)
        clean_repair_here(c, REPAIR_CUT_OFF);
    clean_end_run(c);
    if (clean_is_item_cut(c))
        clean_out(c, CLEAN_CUT, sizeof CLEAN_CUT - 1);
    clean_close_all(c);
    buf_add(&c->out, S("</_>"));
    clean_write(c, true);
}
