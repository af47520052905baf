// SPDX-License-Identifier: MIT
//
// A scanner of HTML tags with five states: text, '<' seen, inside a tag, inside a comment, inside a script.
#include "feeds/advertised.h"

#include "feeds/entity.h"
#include "feeds/html.h"
#include "feeds/url.h"

enum { IN_TEXT, IN_TAG, IN_COMMENT, IN_SCRIPT };
enum { TAG_MAX = 8192, LINKS_MAX = 256 }; // links that are looked at; many are doubles

void advertised_init(struct advertised *s, struct arena *arena, struct document *doc, struct str url)
{
    *s = (struct advertised){.arena = arena, .doc = doc, .base = url};
    buf_init(&s->tag, TAG_MAX);
}

void advertised_done(struct advertised *s) { buf_done(&s->tag); }

// Returns the value of an attribute of a tag's text, with its character references as they are.
static struct str attribute(struct str tag, struct str name)
{
    size_t i = 0;
    while (i < tag.n && !char_is_space(tag.p[i]))
        i++;
    while (i < tag.n) {
        while (i < tag.n && (char_is_space(tag.p[i]) || tag.p[i] == '/'))
            i++;
        size_t from = i;
        while (i < tag.n && !char_is_space(tag.p[i]) && tag.p[i] != '=')
            i++;
        struct str key = str_make(tag.p + from, i - from);
        struct str rest = str_trim(str_from(tag, i));
        struct str value = {"", 0};
        if (rest.n && rest.p[0] == '=') {
            rest = str_trim(str_from(rest, 1));
            char quote = rest.n && (rest.p[0] == '"' || rest.p[0] == '\'') ? rest.p[0] : 0;
            rest = quote ? str_from(rest, 1) : rest;
            size_t n = 0;
            while (n < rest.n && (quote ? rest.p[n] != quote : !char_is_space(rest.p[n])))
                n++;
            value = str_head(rest, n);
            i = (size_t)(rest.p - tag.p) + n + (quote != 0);
        }
        if (str_eq_nocase(key, name))
            return value;
        if (key.n == 0 && value.n == 0)
            i++;
    }
    return (struct str){NULL, 0};
}

// Types of feeds. XML and JSON alone say little: a page offers descriptions for embedding (oEmbed) and its API in
// the same way.
static bool is_feed_type(struct str type, struct str href)
{
    static const struct str types[] = {STR("rss"), STR("atom"), STR("rdf"), STR("feed+json")};
    static const struct str vague[] = {STR("application/json"), STR("application/xml"), STR("text/xml")};
    static const struct str others[] = {STR("oembed"), STR("/wp-json/"), STR("opensearch")};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (str_find_nocase(type, types[i]) < type.n)
            return true;
    }
    bool is_vague = false;
    type = str_trim(str_head(type, str_find_char(type, ';')));
    for (size_t i = 0; i < sizeof vague / sizeof vague[0]; i++)
        is_vague |= str_eq_nocase(type, vague[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0] && is_vague; i++)
        is_vague = str_find_nocase(href, others[i]) == href.n;
    return is_vague;
}

// Both steps may return views into the tag. "feed:" before or instead of the scheme once called a reader.
static struct str address(struct advertised *s, struct str href)
{
    struct str text = html_to_text(href, s->arena).text;
    if (str_starts_nocase(text, S("feed://")))
        text = arena_fmt(s->arena, "http%.*s", STR_ARG(str_from(text, 4)));
    else if (str_starts_nocase(text, S("feed:")))
        text = str_from(text, 5);
    return arena_str(s->arena, url_resolve(s->arena, s->base, text));
}

static bool is_tag(struct str tag, struct str name)
{
    return str_starts_nocase(tag, name) && (tag.n == name.n || char_is_space(tag.p[name.n]) || tag.p[name.n] == '/');
}

// Tells whether a list of words parted by blanks has that one.
static bool has_word(struct str list, struct str word)
{
    for (size_t i = 0; i < list.n;) {
        size_t n = 0;
        while (i + n < list.n && !char_is_space(list.p[i + n]))
            n++;
        if (str_eq_nocase(str_make(list.p + i, n), word))
            return true;
        i += n + 1;
    }
    return false;
}

static void see_link(struct advertised *s, struct str tag)
{
    struct str rel = attribute(tag, S("rel")), type = attribute(tag, S("type")), href = attribute(tag, S("href"));
    bool is_alternate = has_word(rel, S("alternate")) || has_word(rel, S("feed"));
    if (!is_alternate || !str_trim(href).n || !is_feed_type(type, href) || s->doc->n_advertised == ADVERTISED_MAX ||
        s->n_links++ >= LINKS_MAX)
        return;
    struct link link = {.rel = S("alternate"), .type = arena_str(s->arena, type)};
    link.href = address(s, href);
    link.title = arena_str(s->arena, html_to_text(attribute(tag, S("title")), s->arena).text);
    for (size_t i = 0; i < s->doc->n_advertised; i++) {
        if (str_eq(s->doc->advertised[i].href, link.href))
            return;
    }
    ARENA_PUSH(s->arena, s->doc->advertised, s->doc->n_advertised, link);
}

static void see_tag(struct advertised *s)
{
    struct str tag = buf_str(&s->tag);
    if (is_tag(tag, S("link")) || is_tag(tag, S("a")) || is_tag(tag, S("area"))) {
        see_link(s, tag);
    } else if (is_tag(tag, S("base")) && !s->has_base) { // the first counts
        struct str href = attribute(tag, S("href"));
        s->has_base = href.n > 0;
        if (href.n)
            s->base = address(s, href);
    }
}

static int end_of_tag(struct advertised *s)
{
    struct str tag = buf_str(&s->tag);
    see_tag(s);
    s->matched = 0;
    static const struct str raw[][2] = {
        {STR("script"), STR("</script")}, {STR("style"), STR("</style")}, {STR("textarea"), STR("</textarea")},
        {STR("title"), STR("</title")},
    };
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        if (is_tag(tag, raw[i][0])) {
            s->script = raw[i][1];
            return IN_SCRIPT;
        }
    }
    return IN_TEXT;
}

static int tag_byte(struct advertised *s, char ch)
{
    if (s->quote) {
        if (ch == s->quote)
            s->quote = 0;
    } else if (ch == '>') {
        return end_of_tag(s);
    } else if (ch == '<') { // the one before was text
        buf_reset(&s->tag);
        return IN_TAG;
    } else if (s->tag.n == 0 && !char_is_alpha(ch) && ch != '/' && ch != '!' && ch != '?') {
        return IN_TEXT;
    } else if ((ch == '"' || ch == '\'') && s->before == '=') {
        s->quote = ch;
    }
    s->before = char_is_space(ch) ? s->before : ch;
    buf_add_char(&s->tag, ch);
    if (s->tag.n == 3 && str_eq(buf_str(&s->tag), S("!--"))) {
        s->matched = 0;
        return IN_COMMENT;
    }
    return IN_TAG;
}

static int byte(struct advertised *s, char ch)
{
    switch (s->state) {
    case IN_TEXT:
        if (ch != '<')
            return IN_TEXT;
        buf_reset(&s->tag);
        s->quote = s->before = 0;
        return IN_TAG;
    case IN_TAG: return tag_byte(s, ch);
    case IN_COMMENT:
        if (ch == '>' && s->matched >= 2)
            return IN_TEXT;
        s->matched = ch == '-' ? s->matched + 1 : 0;
        return IN_COMMENT;
    default: // in a script: only its own end tag matters
        s->matched = char_lower(ch) == s->script.p[s->matched] ? s->matched + 1 : ch == '<';
        if (s->matched < s->script.n)
            return IN_SCRIPT;
        buf_reset(&s->tag);
        return IN_TAG;
    }
}

void advertised_read(struct advertised *s, struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        s->state = byte(s, text.p[i]);
}
