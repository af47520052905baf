// SPDX-License-Identifier: MIT
//
// CDATA sections whose end ("]]>") was lost. Such a one would take all that follows, up to the end of the next.
//
//     <description><![CDATA[ text </description></item><item>...<description><![CDATA[ text ]]></description>
//                                 ^ lost here                            ^ here it shows
//
// The sign is the end tag of the section's field, followed by what can only follow a field: the end of what holds the
// field, another field, an item. A text about feeds may quote that, so it must be an end tag whose start was not in
// the section, and the section must not end before another begins, or the document ends, or more than
// CLEAN_WATCHED_BYTES came. Until then its text is held back. Each of those events is rare: a section that is sound
// costs a few instructions, and a stop at each '['.
#include <string.h>

#include "feeds/clean_name.h"
#include "feeds/clean_parts.h"

void clean_section_begin(struct cleaner *c)
{
    bool is_in_field = c->depth > 1 && c->open[c->depth - 1].kind == CLEAN_OTHER;
    c->section = c->texts.n;
    if (c->watch != CLEAN_WATCH_NO || !is_in_field)
        return;
    c->watch = CLEAN_WATCH_ON;
    c->watched = c->searched = c->texts.n;
    c->texts_max = c->texts.n + CLEAN_WATCHED_BYTES;
    c->quoted = 0;
    buf_room(&c->texts, CLEAN_WATCHED_BYTES);
}

void clean_section_over(struct cleaner *c)
{
    c->watch = CLEAN_WATCH_OVER;
    c->texts_max = CLEAN_TEXTS_BYTES;
}

bool clean_section_has_section(const struct cleaner *c)
{
    static const struct str mark = STR("<![CDATA[");
    bool has_room = c->watch == CLEAN_WATCH_ON && c->texts.n - c->section >= mark.n;
    return has_room && str_starts_nocase(str_from(buf_str(&c->texts), c->texts.n - mark.n), mark);
}

static struct str open_name(const struct cleaner *c, uint32_t depth)
{
    return str_make(c->names.p + c->open[depth - 1].at, c->open[depth - 1].n);
}

// Fields of an item, a feed or a person. HTML has a few of those names (link, source), but no end of a field before.
static bool is_field(struct str name)
{
    static const struct str more[] = {STR("content"), STR("source"), STR("name"), STR("email"), STR("uri"), STR("url")};
    bool is_html = str_eq_nocase(name, S("p")) || str_eq_nocase(name, S("br")) || str_eq_nocase(name, S("hr"));
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        if (str_eq_nocase(name, more[i]))
            return true;
    }
    return !is_html && (clean_local_name(name).n < name.n || clean_field_of(name) != CLEAN_FIELD_NO);
}

// Tells whether s begins with what may follow the field that is open.
static bool is_behind_field(const struct cleaner *c, struct str s)
{
    s = str_from(s, clean_skip_blanks(s, 0));
    if (s.n < 2 || s.p[0] != '<')
        return false;
    struct str name = clean_name(s);
    if (s.p[1] == '/')
        return str_eq_nocase(name, open_name(c, c->depth - 1));
    return clean_kind_of(name) == CLEAN_ITEM || (is_field(open_name(c, c->depth)) && is_field(name));
}

// Searches texts up to `end` for the end tag of the field. Returns its place, or SIZE_MAX.
static size_t find_end(struct cleaner *c, size_t end)
{
    struct str field = open_name(c, c->depth);
    struct str texts = str_head(buf_str(&c->texts), end);
    for (size_t at; (at = c->searched + str_find_char(str_from(texts, c->searched), '<')) < end;) {
        struct str tag = str_from(texts, at);
        c->searched = at + 1;
        char first = at + 2 < end ? tag.p[tag.p[1] == '/' ? 2 : 1] : 0;
        bool may_be = char_lower(first) == char_lower(field.p[0]) || clean_is_blank(first);
        if (!may_be || !str_eq_nocase(clean_name(tag), field))
            continue;
        if (tag.p[1] != '/')
            c->quoted++;
        else if (c->quoted > 0)
            c->quoted--;
        else if (at >= c->section && is_behind_field(c, str_from(tag, str_find_char(tag, '>') + 1)))
            return at;
    }
    c->searched = end;
    return SIZE_MAX;
}

// Takes what is left of the section's end out of texts, before the field's end at `lost`. Returns where that is then.
static size_t drop_rest_of_end(struct cleaner *c, size_t lost)
{
    static const struct str rests[] = {STR("]]&gt;"), STR("]] >"), STR("]]"), STR("]>")};
    struct str text = str_trim(str_head(str_from(buf_str(&c->texts), c->section), lost - c->section));
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        if (str_ends(text, rests[i])) {
            size_t kept = (size_t)(text.p - c->texts.p) + text.n - rests[i].n;
            memmove(c->texts.p + kept, c->texts.p + lost, c->texts.n - lost);
            c->texts.n -= lost - kept;
            return kept;
        }
    }
    return lost;
}

bool clean_section_is_lost(struct cleaner *c, const char *at)
{
    size_t end = c->watched + CLEAN_WATCHED_BYTES; // not more, wherever the pieces were cut
    end = end < c->texts.n ? end : c->texts.n;
    size_t lost = find_end(c, end);
    if (lost == SIZE_MAX || end - lost > c->limits->tag_again_max - c->again) {
        if (c->watch == CLEAN_WATCH_FULL)
            clean_write_out(c); // which ends the watch
        return false;
    }
    clean_repair(c, REPAIR_COMMENT, at);
    c->again += (uint32_t)(end - lost);
    c->watch = CLEAN_WATCH_LOST;
    c->lost = drop_rest_of_end(c, lost);
    return true;
}
