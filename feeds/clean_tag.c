// SPDX-License-Identifier: MIT
//
// The cleaner's tags: names, attributes, and the stack that keeps the output balanced.
//
// A tag that is as XML wants it goes out byte for byte; any other is written anew. An end tag closes what stands open
// inside its element; one without an element is dropped; a search for it does not leave the item it stands in, so that
// a stray </title> cannot close the channel's. An item inside an item was not closed: feeds do not nest them.
#include <string.h>

#include "base/utf8.h"
#include "feeds/clean_name.h"
#include "feeds/clean_parts.h"

// ---- the stack

static struct str open_name(const struct cleaner *c, uint32_t level)
{
    return str_make(c->names.p + c->open[level].at, c->open[level].n);
}

void clean_push(struct cleaner *c, struct str name, enum clean_kind kind)
{
    enum clean_field field = kind == CLEAN_OTHER ? clean_field_of(name) : CLEAN_FIELD_NO;
    uint32_t at = (uint32_t)c->names.n;
    c->open[c->depth++] = (struct clean_open){clean_name_hash(name), at, (uint32_t)name.n, kind, field};
    buf_add(&c->names, name);
}

// Writes the end tag of the innermost open element.
static void pop(struct cleaner *c)
{
    struct str name = open_name(c, --c->depth);
    clean_out(c, "</", 2);
    clean_out(c, name.p, name.n);
    clean_out(c, ">", 1);
    c->names.n = c->open[c->depth].at;
}

bool clean_is_in_item(const struct cleaner *c)
{
    uint32_t level = c->depth;
    while (level > 0 && c->open[level - 1].kind != CLEAN_ITEM)
        level--;
    return level > 0;
}

bool clean_is_item_cut(const struct cleaner *c)
{
    uint32_t level = c->depth;
    while (level > 0 && c->open[level - 1].kind != CLEAN_ITEM)
        level--;
    return level > 0 && (c->depth > level || c->state != CLEAN_TEXT || c->is_truncated);
}

void clean_close_all(struct cleaner *c)
{
    while (c->depth > 0)
        pop(c);
}

static void close_down_to(struct cleaner *c, uint32_t depth, const char *at)
{
    c->unwritten = 0;
    if (c->depth > depth)
        clean_repair(c, REPAIR_UNCLOSED, at);
    while (c->depth > depth)
        pop(c);
}

// Returns the level of the innermost open element of that name, UINT32_MAX where there is none within the item.
static uint32_t find_open(const struct cleaner *c, struct str name, enum clean_kind kind)
{
    uint32_t hash = clean_name_hash(name);
    for (uint32_t level = c->depth; level-- > 0;) {
        if (c->open[level].hash == hash && str_eq_nocase(open_name(c, level), name))
            return level;
        if (kind == CLEAN_OTHER && c->open[level].kind == CLEAN_ITEM)
            break;
    }
    return UINT32_MAX;
}

bool clean_is_feed_tag(const struct cleaner *c, struct str s)
{
    struct str name = clean_name(s);
    enum clean_kind kind = clean_kind_of(name);
    return kind == CLEAN_ITEM || (name.n && str_starts(s, S("</")) && find_open(c, name, kind) != UINT32_MAX);
}

// An item ends before anything of it came, and not by its own end tag: "<entry>" was meant to be one.
static void mark_blank_item(struct cleaner *c)
{
    if (c->depth && c->open[c->depth - 1].kind == CLEAN_ITEM && c->item_elements == 1)
        clean_out(c, CLEAN_BLANK, sizeof CLEAN_BLANK - 1);
}

static void end_tag(struct cleaner *c, struct str name, const char *at)
{
    enum clean_kind kind = clean_kind_of(name);
    if (c->unwritten > 0 && kind == CLEAN_OTHER) {
        c->unwritten--;
        return;
    }
    uint32_t level = c->depth && str_eq(open_name(c, c->depth - 1), name) ? c->depth - 1 : find_open(c, name, kind);
    if (level == UINT32_MAX) {
        if (c->watch == CLEAN_WATCH_ON && clean_section_is_cut(c, name, at))
            return;
        if (c->depth > 0)
            clean_repair(c, REPAIR_STRAY_END, at);
        else
            clean_junk(c, at);
        return;
    }
    clean_end_run(c);
    if (kind == CLEAN_FEED)
        mark_blank_item(c);
    close_down_to(c, level + 1, at);
    pop(c);
    clean_write(c, false);
}

// Fields of a feed that hold no items; nor does any extension.
static bool is_feed_field(struct str name)
{
    static const struct str fields[] = {
        STR("title"),    STR("link"),      STR("description"), STR("language"), STR("copyright"), STR("webmaster"),
        STR("pubdate"),  STR("category"),  STR("generator"),   STR("docs"),     STR("ttl"),       STR("image"),
        STR("rating"),   STR("textinput"), STR("skiphours"),   STR("skipdays"), STR("subtitle"),  STR("tagline"),
        STR("id"),       STR("updated"),   STR("modified"),    STR("rights"),   STR("icon"),      STR("logo"),
        STR("author"),   STR("info"),      STR("url"),         STR("cloud"),    STR("lastbuilddate"),
        STR("contributor"), STR("managingeditor"),
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (str_eq_nocase(name, fields[i]))
            return true;
    }
    struct str local = clean_local_name(name);
    return local.n < name.n && !str_eq_nocase(local, S("items")) && !str_eq_nocase(local, S("entries"));
}

// An item begins inside a field of the feed: that was not closed. Wrappers around items have other names.
static void close_feed_field(struct cleaner *c, const char *at)
{
    uint32_t level = c->depth;
    while (level > 0 && c->open[level - 1].kind == CLEAN_OTHER)
        level--;
    if (level > 0 && level < c->depth && is_feed_field(open_name(c, level)))
        close_down_to(c, level, at);
}

// An item begins while one is open: where the open one stands in one of its own plain fields, or in none, it was never
// closed. Elsewhere (an extension that has elements of that name) it is left alone.
static void close_forgotten_item(struct cleaner *c, struct str name, const char *at)
{
    static const struct str fields[] = {
        STR("title"),   STR("link"),   STR("description"), STR("guid"),    STR("pubdate"),  STR("author"),
        STR("category"), STR("source"), STR("enclosure"),  STR("summary"), STR("comments"), STR("id"),
        STR("updated"), STR("published"), STR("encoded"),  STR("creator"), STR("date"),     STR("subject"),
    };
    uint32_t level = find_open(c, name, CLEAN_ITEM);
    if (level == UINT32_MAX) {
        close_feed_field(c, at);
        return;
    }
    bool is_forgotten = level + 1 == c->depth;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && !is_forgotten; i++)
        is_forgotten = str_eq_nocase(clean_local_name(open_name(c, level + 1)), fields[i]);
    if (is_forgotten) {
        mark_blank_item(c);
        close_down_to(c, level, at);
    }
}

// A field begins in the text of another, whose end tag is missing or misspelt: that one ends here. Bodies may hold
// HTML, which has a link and a title of its own; so may what looks empty inside of them.
static void close_forgotten_field(struct cleaner *c, struct str name, bool has_attributes, const char *at)
{
    enum { OF_NO_PERSON = 7 };
    static const struct str fields[] = {
        STR("guid"),    STR("pubdate"), STR("enclosure"), STR("comments"), STR("category"), STR("encoded"),
        STR("content"), // nor has a person any of these
        STR("author"),  STR("creator"), STR("updated"),   STR("published"), STR("id"),      STR("issued"),
        STR("modified"), STR("date"),   STR("subject"),
    };
    static const struct str fields_in_line[] = {
        STR("title"), STR("link"), STR("description"), STR("summary"), STR("image"), STR("language"), STR("copyright"),
        STR("generator"), STR("webmaster"), STR("managingeditor"), STR("lastbuilddate"), STR("ttl"), STR("docs"),
    };
    struct str local = clean_local_name(name);
    bool is_line = c->open[c->depth - 1].field == CLEAN_FIELD_LINE;
    uint32_t level = c->depth - 1;
    if (c->open[level].field == CLEAN_FIELD_EMPTY) { // often several one in the other
        for (; level > 0; level--) {
            enum clean_field outer = c->open[level - 1].field;
            if (outer != CLEAN_FIELD_EMPTY && outer != CLEAN_FIELD_LINE)
                break;
        }
        if (local.n < name.n || level == 0 || c->open[level - 1].kind == CLEAN_OTHER)
            return;
        is_line = true;
    }
    if (str_starts_nocase(name, S("rdf:"))) // RDF describes what a subject or a creator is, inside of it
        return;
    bool is_person = c->open[level].field == CLEAN_FIELD_PERSON;
    bool is_field = (!is_line && !is_person && !has_attributes && str_eq_nocase(local, S("link"))) ||
                    str_eq_nocase(name, open_name(c, c->depth - 1)); // an end tag without its slash
    for (size_t i = 0; i < (is_person ? (size_t)OF_NO_PERSON : sizeof fields / sizeof fields[0]) && !is_field; i++)
        is_field = str_eq_nocase(local, fields[i]);
    for (size_t i = 0; i < sizeof fields_in_line / sizeof fields_in_line[0] && is_line && !is_field; i++)
        is_field = str_eq_nocase(local, fields_in_line[i]);
    if (is_field)
        close_down_to(c, level, at);
}

// ---- attributes

static const struct str NO_BREAK_SPACE = STR("\xc2\xa0"); // of templates that went through a word processor

static bool value_is_clean(struct str value)
{
    bool is_mark = value.n && value.p[0] == CLEAN_VALUE_MARK;
    return clean_scan(value.p, value.p + value.n, SCAN_TEXT) == value.p + value.n && !is_mark;
}

// Reads the attribute at i of `s`. Returns where the next one may begin; name empty where none could be read.
static size_t read_attribute(struct str s, size_t i, struct clean_attribute *out, bool *is_broken)
{
    *out = (struct clean_attribute){0};
    struct str rest = str_from(s, i);
    size_t n = clean_name_length(rest);
    if (n == 0 || n > CLEAN_NAME_MAX) { // skip to white space
        *is_broken = true;
        if (str_starts(rest, NO_BREAK_SPACE))
            return i + NO_BREAK_SPACE.n;
        while (i < s.n && !clean_is_blank(s.p[i]))
            i++;
        return i;
    }
    out->name = str_head(rest, n);
    size_t equals = clean_skip_blanks(s, i + n);
    if (equals == s.n || s.p[equals] != '=') {
        *is_broken = true;
        if (i + n < s.n && !clean_is_blank(s.p[i + n])) { // a character that no name has
            out->name.n = 0;
            return i + n + utf8_length(str_from(rest, n));
        }
        out->value = out->name; // as HTML writes `checked`
        return i + n;
    }
    size_t from = clean_skip_blanks(s, equals + 1), to;
    char quote = from < s.n ? s.p[from] : 0;
    if (quote == '"' || quote == '\'') {
        struct str inner = str_from(s, from + 1);
        to = str_find_char(inner, quote);
        out->value = str_head(inner, to);
        out->is_clean = value_is_clean(out->value);
        size_t next = from + 1 + to + 1;
        *is_broken |= to == inner.n || (next < s.n && !clean_is_blank(s.p[next]));
        return next < s.n ? next : s.n;
    }
    *is_broken = true;
    for (to = from; to < s.n && !clean_is_blank(s.p[to]);)
        to++;
    out->value = str_make(s.p + from, to - from);
    return to;
}

static bool has_attribute(const struct clean_attribute *list, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(list[i].name, name))
            return true;
    }
    return false;
}

// Reads all attributes; *is_clean says that the tag may go out as it came.
static size_t read_attributes(struct cleaner *c, struct str s, bool *is_clean, const char *at)
{
    struct clean_attribute *list = c->attributes;
    size_t n = 0;
    uint64_t seen = 0; // a bit for each name's hash, so that few names are compared
    bool is_broken = false;
    *is_clean = true;
    for (size_t i = clean_skip_blanks(s, 0); i < s.n; i = clean_skip_blanks(s, i)) {
        struct clean_attribute a;
        i = read_attribute(s, i, &a, &is_broken);
        if (a.name.n == 0)
            continue;
        uint64_t bit = 1ull << (clean_name_hash(a.name) & 63);
        if ((seen & bit) && has_attribute(list, n, a.name)) {
            is_broken = true;
            continue;
        }
        if (n == CLEAN_ATTRIBUTES_ROOM || n == c->limits->attributes_max) {
            clean_repair(c, REPAIR_LIMIT, at);
            *is_clean = false;
            break;
        }
        seen |= bit;
        *is_clean &= a.is_clean;
        list[n++] = a;
    }
    for (size_t i = 0; i < s.n && *is_clean && !is_broken; i++)
        is_broken = (unsigned char)s.p[i] < 0x20 && !clean_is_white(s.p[i]);
    if (is_broken)
        clean_repair(c, REPAIR_TAG, at);
    *is_clean &= !is_broken;
    return n;
}

static void write_tag(struct cleaner *c, struct str name, const struct clean_attribute *list, size_t n, const char *at)
{
    buf_add_char(&c->out, '<');
    buf_add(&c->out, name);
    for (size_t i = 0; i < n; i++) {
        buf_add_char(&c->out, ' ');
        buf_add(&c->out, list[i].name);
        buf_add(&c->out, S("=\""));
        size_t from = c->out.n;
        clean_value(c, list[i].value, at);
        if (c->out.n > from && c->out.p[from] == CLEAN_VALUE_MARK) { // it is none
            buf_add_char(&c->out, CLEAN_VALUE_MARK);
            memmove(c->out.p + from + 1, c->out.p + from, c->out.n - from - 1);
        }
        buf_add_char(&c->out, '"');
    }
}

// ---- tags

// Tells whether one more element may go out: see clean.h on what the caps are for.
static bool has_room(const struct cleaner *c, enum clean_kind kind)
{
    const struct parse_limits *limits = c->limits;
    uint32_t rest = limits->elements_max - limits->elements_max / 5;
    uint32_t item_max = c->elements < rest ? limits->item_elements_max : CLEAN_ITEM_ELEMENTS_SURE;
    bool has_item_room = kind != CLEAN_OTHER || c->item_elements < item_max;
    return c->depth < CLEAN_DEPTH_MAX && c->depth < limits->depth_max && c->elements < limits->elements_max &&
           has_item_room;
}

bool clean_may_start(struct cleaner *c, struct str name, enum clean_kind kind, bool has_attributes, const char *at)
{
    bool is_full = c->elements >= c->limits->elements_max && c->depth && c->open[c->depth - 1].kind == CLEAN_FEED;
    if (is_full) { // and nothing can be closed: what is left of a hostile feed passes here
        clean_repair(c, REPAIR_LIMIT, at);
        return false;
    }
    if (kind == CLEAN_ITEM) {
        close_forgotten_item(c, name, at);
        c->item_elements = 0;
    } else if (c->depth > 1 && c->open[c->depth - 1].field != CLEAN_FIELD_NO) {
        close_forgotten_field(c, name, has_attributes, at);
    }
    if (!has_room(c, kind)) {
        clean_repair(c, REPAIR_LIMIT, at);
        return false;
    }
    if (c->depth == 0 && c->roots++ > 0)
        clean_repair(c, REPAIR_ROOT, at);
    c->is_rooted = true;
    c->elements++;
    c->item_elements++;
    return true;
}

static void start_tag(struct cleaner *c, struct str name, struct str attributes, bool is_empty, const char *at)
{
    enum clean_kind kind = clean_kind_of(name);
    if (!clean_may_start(c, name, kind, attributes.n > 0, at)) {
        c->unwritten += !is_empty;
        return;
    }
    bool is_clean = true;
    size_t n = attributes.n ? read_attributes(c, attributes, &is_clean, at) : 0;
    if (is_clean)
        clean_out(c, name.p - 1, 1 + name.n + attributes.n); // from its '<' on
    else
        write_tag(c, name, c->attributes, n, at);
    if (is_empty)
        clean_out(c, "/>", 2);
    else
        clean_out(c, ">", 1);
    if (!is_empty)
        clean_push(c, name, kind);
    clean_write(c, false);
}

void clean_plain_tag(struct cleaner *c, struct str tag, const char *at)
{
    if (tag.p[1] == '/') {
        struct str name = str_make(tag.p + 2, tag.n - 3);
        if (c->depth == 0 || c->unwritten || !str_eq(open_name(c, c->depth - 1), name)) {
            end_tag(c, name, at);
            return;
        }
        clean_end_run(c);
        clean_out(c, tag.p, tag.n);
        c->names.n = c->open[--c->depth].at;
        clean_write(c, false);
        return;
    }
    if (c->depth == 0) {
        clean_tag(c, tag, at);
        return;
    }
    clean_end_run(c);
    start_tag(c, str_make(tag.p + 1, tag.n - 2), (struct str){tag.p + tag.n - 1, 0}, false, at);
}

bool clean_tag(struct cleaner *c, struct str tag, const char *at)
{
    bool is_end = tag.n > 1 && tag.p[1] == '/';
    struct str name = clean_name(tag);
    if (name.n == 0 || name.n > CLEAN_NAME_MAX)
        return false;
    size_t after = (size_t)(name.p - tag.p) + name.n;
    char next = after < tag.n ? tag.p[after] : '>';
    if (!clean_is_blank(next) && next != '>' && next != '/' && !str_starts(str_from(tag, after), NO_BREAK_SPACE))
        return false;
    if (is_end) {
        end_tag(c, name, at);
        return true;
    }
    if (c->depth == 0 && clean_kind_of(name) == CLEAN_OTHER) {
        clean_junk(c, at);
        return true;
    }
    clean_end_run(c);
    struct str attributes = str_from(tag, after);
    if (attributes.n && attributes.p[attributes.n - 1] == '>')
        attributes.n--;
    bool is_empty = attributes.n && attributes.p[attributes.n - 1] == '/';
    attributes.n -= is_empty;
    start_tag(c, name, attributes, is_empty, at);
    return true;
}
