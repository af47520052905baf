// SPDX-License-Identifier: MIT
//
// CDATA sections whose end ("]]>") was lost. Such a one would take all that follows, up to the end of the next.
//
//     <description><![CDATA[ text </description></item><item>...<description><![CDATA[ text ]]></description>
//                                 ^ lost here                            ^ here it shows
//
// The sign is the end tag of the section's field, followed by what can only follow a field: the end of what holds the
// field, another field, an item, an element that holds a section; or, farther behind, the end of the item. A text about
// feeds may quote that, so it must be an end tag whose start was not in the section, and the section must not end
// before another begins, or the document ends, or more than CLEAN_WATCHED_BYTES came. Until then its text is held back.
//
// Where the field's end was lost as well, the sign is an item's start and a section in a field of that item which ends
// with the field: behind a quoted one comes "<![CDATA[>", as XML wants it, or the end of the outer field. Or it is the
// feed's end tag, last in the document.
//
// Each of those events is rare: a section that is sound costs a few instructions, and a stop at each '['.
#include <string.h>

#include "feeds/clean_name.h"
#include "feeds/clean_parts.h"

void clean_section_begin(struct cleaner *c)
{
    bool is_in_field = c->depth > 1 && c->open[c->depth - 1].kind == CLEAN_OTHER;
    c->section = c->tag = c->texts.n;
    c->item = c->cut = c->ended = SIZE_MAX;
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

static bool is_end_tag(struct str tag) { return tag.n > 1 && tag.p[1] == '/'; }

// Searches texts up to `end` for the end tag of the field. Returns its place, or SIZE_MAX. Notes the first item.
static size_t find_end(struct cleaner *c, size_t end)
{
    struct str field = open_name(c, c->depth);
    struct str texts = str_head(buf_str(&c->texts), end);
    size_t gt = 0, behind = 0; // the next '>', and what stands behind it: looked for once for all tags before it
    for (size_t at; (at = c->searched + str_find_char(str_from(texts, c->searched), '<')) < end;) {
        struct str tag = str_from(texts, at);
        c->searched = at + 1;
        c->tag = at;
        char first = tag.n > 2 ? char_lower(tag.p[is_end_tag(tag) ? 2 : 1]) : 0;
        bool may_be_item = first == 'i' || first == 'e';
        if (first != char_lower(field.p[0]) && !clean_is_blank(first) && !may_be_item)
            continue;
        struct str name = clean_name(tag);
        if (clean_kind_of(name) == CLEAN_ITEM) {
            if (is_end_tag(tag) && c->ended != SIZE_MAX)
                return c->ended;
            c->ended = SIZE_MAX;
            c->item = c->item == SIZE_MAX && !is_end_tag(tag) ? at : c->item;
        }
        if (!str_eq_nocase(name, field))
            continue;
        if (!is_end_tag(tag))
            c->quoted++;
        else if (c->quoted > 0)
            c->quoted--;
        else if (at >= c->section)
            c->ended = at;
        if (c->ended != at)
            continue;
        if (gt <= at) {
            gt = at + str_find_char(tag, '>');
            behind = clean_skip_blanks(texts, gt + 1);
        }
        if (is_behind_field(c, str_from(texts, behind)))
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

// Up to `end`; no more, wherever the pieces were cut.
static bool read_again_from(struct cleaner *c, size_t lost, size_t end, const char *at)
{
    if (lost == SIZE_MAX || end - lost > c->limits->tag_again_max - c->again)
        return false;
    clean_repair(c, REPAIR_COMMENT, at);
    c->again += (uint32_t)(end - lost);
    c->watch = CLEAN_WATCH_LOST;
    c->lost = drop_rest_of_end(c, lost);
    return true;
}

// Returns where, behind the tag at that place of texts and blanks, something stands.
static size_t behind_tag(const struct cleaner *c, size_t at)
{
    struct str texts = buf_str(&c->texts);
    return clean_skip_blanks(texts, at + str_find_char(str_from(texts, at), '>') + 1);
}

// A section begins in this one. Returns the end tag of the field if an element of it follows that, else SIZE_MAX, and
// notes the item that began before, if the mark stands in a field of it.
static size_t end_before_mark(struct cleaner *c, size_t mark)
{
    bool is_in_field = !is_end_tag(str_from(buf_str(&c->texts), c->tag)) && behind_tag(c, c->tag) == mark;
    size_t ended = is_in_field && c->ended != SIZE_MAX && behind_tag(c, c->ended) == c->tag ? c->ended : SIZE_MAX;
    c->cut = is_in_field && c->item != SIZE_MAX && c->tag > c->item ? c->item : SIZE_MAX;
    c->item = c->ended = SIZE_MAX; // so that what is read again has no other section
    return ended;
}

bool clean_section_is_lost(struct cleaner *c, const char *at)
{
    size_t watched = c->watched + CLEAN_WATCHED_BYTES, end = watched < c->texts.n ? watched : c->texts.n;
    bool is_at_mark = c->watch == CLEAN_WATCH_ON && clean_section_has_section(c);
    size_t mark = is_at_mark ? end - (sizeof "<![CDATA[" - 1) : end;
    if (read_again_from(c, find_end(c, mark), end, at))
        return true;
    if (is_at_mark && read_again_from(c, end_before_mark(c, mark), end, at))
        return true;
    if (c->watch == CLEAN_WATCH_FULL)
        clean_write_out(c); // which ends the watch
    return false;
}

// "<item><title><![CDATA[ text ]]></title>" ends nothing where the first of it stood in a section.
bool clean_section_is_cut(struct cleaner *c, struct str name, const char *at)
{
    struct str texts = buf_str(&c->texts);
    size_t cut = c->cut;
    struct str tag = str_head(str_from(texts, c->tag), name.n + 5); // with the next character
    if (cut == SIZE_MAX || !str_eq_nocase(name, clean_name(tag)))
        return false;
    c->cut = SIZE_MAX; // one look at what stands behind the section
    if (c->brackets || clean_skip_blanks(texts, c->closed) != texts.n || !read_again_from(c, cut, c->closed, at))
        return false;
    buf_add(&c->texts, S("]]></"));
    buf_add(&c->texts, name);
    buf_add_char(&c->texts, '>');
    return true;
}

bool clean_section_has_rest(struct cleaner *c)
{
    struct str tag = str_from(buf_str(&c->texts), c->tag);
    bool is_feed_end = c->item != SIZE_MAX && is_end_tag(tag) && clean_kind_of(clean_name(tag)) == CLEAN_FEED;
    return is_feed_end && c->texts.n == c->searched && read_again_from(c, c->item, c->texts.n, NULL);
}
