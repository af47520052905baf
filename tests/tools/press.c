// SPDX-License-Identifier: MIT
#include "tests/tools/press.h"

#include <assert.h>
#include <iconv.h>

enum { TEXT_BYTES_MAX = 64 << 20 };

static void add_escaped(struct buf *out, const char *text)
{
    for (; text && *text; text++) {
        if (*text == '&')
            buf_add(out, S("&amp;"));
        else if (*text == '<')
            buf_add(out, S("&lt;"));
        else if (*text == '>')
            buf_add(out, S("&gt;"));
        else
            buf_add_char(out, *text);
    }
}

static void add_element(struct buf *out, const char *open, const char *text, const char *close)
{
    if (!text)
        return;
    buf_addf(out, "<%s>", open);
    add_escaped(out, text);
    buf_addf(out, "</%s>\n", close);
}

static void add_json(struct buf *out, const char *name, const char *text, const char *end)
{
    if (!text)
        return;
    buf_addf(out, "\"%s\": \"", name);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_add_char(out, '\\');
        if ((unsigned char)*text < ' ')
            buf_addf(out, "\\u%04x", (unsigned)*text);
        else
            buf_add_char(out, *text);
    }
    buf_addf(out, "\"%s", end);
}

static const char *date_or_null(wall_t at, char out[WALL_HTTP_BYTES])
{
    return at.ms ? wall_http(at, out) : NULL;
}

static void print_rss(const struct press_feed *f, const struct press_article *a, size_t n, struct buf *out)
{
    char date[WALL_HTTP_BYTES];
    buf_add(out, S("<rss version=\"2.0\"><channel>\n"));
    add_element(out, "title", f->title, "title");
    add_element(out, "link", f->link, "link");
    buf_addf(out, "<description/>%s\n", f->extra ? f->extra : "");
    for (size_t i = 0; i < n; i++) {
        buf_add(out, S("<item>\n"));
        add_element(out, "title", a[i].title, "title");
        add_element(out, "link", a[i].link, "link");
        add_element(out, "guid isPermaLink=\"false\"", a[i].guid, "guid");
        add_element(out, "pubDate", date_or_null(a[i].published, date), "pubDate");
        add_element(out, "description", a[i].html, "description");
        buf_add(out, S("</item>\n"));
    }
    buf_add(out, S("</channel></rss>\n"));
}

static void print_atom(const struct press_feed *f, const struct press_article *a, size_t n, struct buf *out)
{
    char date[WALL_RFC3339_BYTES];
    buf_add(out, S("<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"));
    add_element(out, "title", f->title, "title");
    add_element(out, "id", f->link, "id");
    buf_addf(out, "<link rel=\"alternate\" href=\"%s\"/>%s\n", f->link, f->extra ? f->extra : "");
    for (size_t i = 0; i < n; i++) {
        buf_add(out, S("<entry>\n"));
        add_element(out, "title", a[i].title, "title");
        add_element(out, "id", a[i].guid, "id");
        if (a[i].link)
            buf_addf(out, "<link href=\"%s\"/>\n", a[i].link);
        if (a[i].published.ms)
            buf_addf(out, "<updated>%s</updated>\n", wall_rfc3339(a[i].published, false, date));
        add_element(out, "content type=\"html\"", a[i].html, "content");
        buf_add(out, S("</entry>\n"));
    }
    buf_add(out, S("</feed>\n"));
}

static void print_rdf(const struct press_feed *f, const struct press_article *a, size_t n, struct buf *out)
{
    char date[WALL_RFC3339_BYTES];
    buf_addf(out,
             "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" "
             "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel rdf:about=\"%s\">\n", f->link);
    add_element(out, "title", f->title, "title");
    add_element(out, "link", f->link, "link");
    buf_addf(out, "<description/>%s\n</channel>\n", f->extra ? f->extra : "");
    for (size_t i = 0; i < n; i++) {
        buf_addf(out, "<item rdf:about=\"%s\">\n", a[i].guid);
        add_element(out, "title", a[i].title, "title");
        add_element(out, "link", a[i].link, "link");
        if (a[i].published.ms)
            add_element(out, "dc:date", wall_rfc3339(a[i].published, false, date), "dc:date");
        add_element(out, "description", a[i].html, "description");
        buf_add(out, S("</item>\n"));
    }
    buf_add(out, S("</rdf:RDF>\n"));
}

static void print_json(const struct press_feed *f, const struct press_article *a, size_t n, struct buf *out)
{
    char date[WALL_RFC3339_BYTES];
    buf_add(out, S("{\"version\": \"https://jsonfeed.org/version/1.1\",\n"));
    add_json(out, "title", f->title, ",\n");
    add_json(out, "home_page_url", f->link, ",\n");
    buf_add(out, S("\"items\": ["));
    for (size_t i = 0; i < n; i++) {
        buf_addf(out, "%s\n{", i ? "," : "");
        add_json(out, "title", a[i].title, ",\n");
        add_json(out, "url", a[i].link, ",\n");
        add_json(out, "content_html", a[i].html, ",\n");
        if (a[i].published.ms)
            add_json(out, "date_published", wall_rfc3339(a[i].published, false, date), ",\n");
        add_json(out, "id", a[i].guid ? a[i].guid : "", "}");
    }
    buf_add(out, S("\n]}\n"));
}

// Re-encodes text; a character that the encoding lacks is an error of the test.
static void add_encoded(const char *encoding, struct str text, struct buf *out)
{
    iconv_t converter = iconv_open(encoding, "UTF-8");
    assert(converter != (iconv_t)-1);
    char room[4096];
    char *in = (char *)(uintptr_t)text.p;
    while (text.n > 0) {
        char *at = room;
        size_t left = sizeof room;
        size_t before = text.n;
        iconv(converter, &in, &text.n, &at, &left);
        assert(text.n < before);
        buf_add(out, str_make(room, sizeof room - left));
    }
    iconv_close(converter);
}

void press_print(const struct press_feed *feed, const struct press_article *articles, size_t n, struct buf *out)
{
    struct buf text;
    buf_init(&text, TEXT_BYTES_MAX);
    if (feed->format != PRESS_JSON)
        buf_addf(&text, "<?xml version=\"1.0\" encoding=\"%s\"?>\n", feed->encoding ? feed->encoding : "utf-8");
    switch (feed->format) {
    case PRESS_RSS:
        print_rss(feed, articles, n, &text);
        break;
    case PRESS_ATOM:
        print_atom(feed, articles, n, &text);
        break;
    case PRESS_RDF:
        print_rdf(feed, articles, n, &text);
        break;
    case PRESS_JSON:
        print_json(feed, articles, n, &text);
        break;
    }
    if (feed->encoding)
        add_encoded(feed->encoding, buf_str(&text), out);
    else
        buf_add(out, buf_str(&text));
    assert(!out->is_cut && !text.is_cut);
    buf_done(&text);
}
