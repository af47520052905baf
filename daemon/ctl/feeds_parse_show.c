// SPDX-License-Identifier: MIT
//
// `feeds parse` for a person: the verdict in the first lines, then what the feed says of itself, then its items.
#include "base/utf8.h"
#include "daemon/ctl/feeds_parse.h"
#include "daemon/ctl/say.h"
#include "feeds/html.h"

enum { LABEL_COLUMNS = 11, TEXT_SHOWN_MAX = 160, LIST_SHOWN_MAX = 5 };

static void label(const struct ctl_call *call, const char *name, struct buf *out)
{
    buf_addf(out, "%s%-*s%s", say_mark(call, SAY_DIM), LABEL_COLUMNS, name, say_mark(call, SAY_PLAIN));
}

static void line(const struct ctl_call *call, const char *name, struct str text, struct buf *out)
{
    if (!text.n)
        return;
    label(call, name, out);
    say_text(out, text);
    buf_add_char(out, '\n');
}

// Text as it will be matched: plain, cut, its breaks as " / " so that it is one line.
static void say_plain(const struct text *text, struct buf *out)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    struct str plain = html_text_of(text, &arena).text, shown = utf8_head(plain, TEXT_SHOWN_MAX);
    for (struct str rest = shown; rest.p;) {
        struct str part = str_cut(&rest, '\n');
        say_text(out, part);
        if (rest.p && part.n)
            buf_add(out, S(" / "));
    }
    if (shown.n < plain.n)
        buf_add(out, S("..."));
    arena_done(&arena);
}

static void text_line(const struct ctl_call *call, const char *name, const struct text *text, struct buf *out)
{
    if (!text->body.n)
        return;
    label(call, name, out);
    say_plain(text, out);
    buf_add_char(out, '\n');
}

static void say_date(const char *before, const struct date *date, struct buf *out)
{
    char text[WALL_RFC3339_BYTES];
    switch (date->state) {
    case DATE_ABSENT: return;
    case DATE_OK: buf_addf(out, "%s%s", before, wall_rfc3339(date->at, false, text)); return;
    case DATE_UNREADABLE: buf_addf(out, "%sunreadable: ", before); break;
    case DATE_ABSURD: buf_addf(out, "%snot believed: ", before); break;
    }
    say_text(out, date->raw);
}

static enum say_mark quality_mark(enum quality quality)
{
    switch (quality) {
    case QUALITY_WELL_FORMED: return SAY_GREEN;
    case QUALITY_REPAIRED: case QUALITY_PARTIAL: return SAY_YELLOW;
    case QUALITY_NOT_A_FEED: return SAY_RED;
    }
    return SAY_PLAIN;
}

static const char *format_phrase(const struct document *doc)
{
    switch (doc->format) {
    case FORMAT_NONE: return "";
    case FORMAT_RSS: return "RSS";
    case FORMAT_RDF: return "RSS (RDF)";
    case FORMAT_ATOM: return "Atom";
    case FORMAT_JSON: return "JSON Feed";
    case FORMAT_CDF: return "CDF";
    }
    return "";
}

static void verdict(const struct ctl_call *call, const struct document *doc, struct buf *out)
{
    label(call, "format", out);
    if (doc->format != FORMAT_NONE)
        buf_addf(out, "%s%s%.*s, ", format_phrase(doc), doc->version.n ? " " : "", STR_ARG(doc->version));
    buf_addf(out, "%s%s%s", say_mark(call, quality_mark(doc->quality)), quality_name(doc->quality),
             say_mark(call, SAY_PLAIN));
    if (doc->what_instead.n)
        buf_addf(out, ": %.*s", STR_ARG(doc->what_instead));
    buf_add(out, S(", "));
    say_bytes(out, (int64_t)doc->bytes);
    buf_addf(out, ", %zu item%s", doc->n_items, doc->n_items == 1 ? "" : "s");
    if (doc->n_dropped)
        buf_addf(out, ", %zu more past the limits (--limits off reads all)", doc->n_dropped);
    buf_add_char(out, '\n');
    label(call, "encoding", out);
    buf_addf(out, "%.*s (%.*s)\n", STR_ARG(doc->encoding), STR_ARG(doc->encoding_why));
    for (int kind = 0; kind < REPAIR_KINDS; kind++) {
        const struct repair *repair = &doc->repairs[kind];
        if (repair->count == 0)
            continue;
        label(call, "repair", out);
        buf_addf(out, "%s%s", say_mark(call, SAY_YELLOW), repair_phrase((enum repair_kind)kind));
        if (repair->count > 1)
            buf_addf(out, ", %u times", repair->count);
        if (repair->line)
            buf_addf(out, ", %sat line %u column %u", repair->count > 1 ? "first " : "", repair->line, repair->col);
        buf_addf(out, "%s\n", say_mark(call, SAY_PLAIN));
    }
}

static void hints(const struct ctl_call *call, const struct feed_meta *meta, struct buf *out)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    if (!meta->ttl_minutes && !meta->update_period_s && !meta->skip_hours && !meta->skip_days && !meta->n_hubs)
        return;
    label(call, "next poll", out);
    size_t start = out->n;
    if (meta->ttl_minutes)
        buf_addf(out, "ttl %u minutes; ", meta->ttl_minutes);
    if (meta->update_period_s) {
        buf_add(out, S("updates every "));
        say_span(out, (int64_t)meta->update_period_s * SECOND_MS);
        buf_add(out, S("; "));
    }
    if (meta->skip_hours) {
        buf_add(out, S("not at"));
        for (int hour = 0; hour < 24; hour++) {
            if (meta->skip_hours >> hour & 1)
                buf_addf(out, " %02d", hour);
        }
        buf_add(out, S("h GMT; "));
    }
    if (meta->skip_days) {
        buf_add(out, S("not on"));
        for (int day = 0; day < 7; day++) {
            if (meta->skip_days >> day & 1)
                buf_addf(out, " %s", days[day]);
        }
        buf_add(out, S("; "));
    }
    for (size_t i = 0; i < meta->n_hubs; i++) {
        buf_add(out, S("pushed by "));
        say_text(out, meta->hubs[i]);
        buf_add(out, S("; "));
    }
    if (out->n > start + 2)
        out->n -= 2;
    buf_add_char(out, '\n');
}

// Words in a line, of which `words` has the first LIST_SHOWN_MAX.
static void words_line(const struct ctl_call *call, const char *name, const struct str *words, size_t n,
                       struct buf *out)
{
    if (n == 0)
        return;
    label(call, name, out);
    for (size_t i = 0; i < n && i < LIST_SHOWN_MAX; i++) {
        buf_add(out, i ? S(", ") : S(""));
        say_text(out, words[i]);
    }
    if (n > LIST_SHOWN_MAX)
        buf_addf(out, ", %zu more", n - LIST_SHOWN_MAX);
    buf_add_char(out, '\n');
}

static void people_line(const struct ctl_call *call, const char *name, const struct person *list, size_t n,
                        struct buf *out)
{
    struct str words[LIST_SHOWN_MAX] = {{0}};
    for (size_t i = 0; i < n && i < LIST_SHOWN_MAX; i++)
        words[i] = list[i].name.n ? list[i].name : list[i].email.n ? list[i].email : list[i].uri;
    words_line(call, name, words, n, out);
}

static void tags_line(const struct ctl_call *call, const char *name, const struct category *list, size_t n,
                      struct buf *out)
{
    struct str words[LIST_SHOWN_MAX] = {{0}};
    for (size_t i = 0; i < n && i < LIST_SHOWN_MAX; i++)
        words[i] = list[i].term.n ? list[i].term : list[i].label;
    words_line(call, name, words, n, out);
}

static void file_line(const struct ctl_call *call, const struct enclosure *file, struct buf *out)
{
    label(call, "  file", out);
    say_text(out, file->url);
    if (file->type.n) {
        buf_add(out, S(", "));
        say_text(out, file->type);
    }
    if (file->length > 0) {
        buf_add(out, S(", "));
        say_bytes(out, file->length);
    }
    buf_add_char(out, '\n');
}

static void advertised_line(const struct ctl_call *call, const struct link *feed, struct buf *out)
{
    label(call, "feed at", out);
    say_text(out, feed->href);
    if (feed->title.n) {
        buf_add(out, S(", \""));
        say_text(out, feed->title);
        buf_add_char(out, '"');
    }
    buf_add_char(out, '\n');
}

// Says that ids repeat: the daemon tells such items apart by their links or texts (docs/identity.md).
static void repeated_ids(const struct ctl_call *call, const struct document *doc, struct buf *out)
{
    size_t repeated = 0;
    for (size_t i = 1; i < doc->n_items && doc->items; i++) {
        bool is_repeated = false;
        for (size_t k = 0; k < i && doc->items[i].id.n && !is_repeated; k++)
            is_repeated = str_eq(doc->items[i].id, doc->items[k].id);
        repeated += is_repeated;
    }
    if (repeated == 0)
        return;
    label(call, "ids", out);
    buf_addf(out, "%s%zu item%s the id of an item above; told apart by link or text%s\n", say_mark(call, SAY_YELLOW),
             repeated, repeated == 1 ? " has" : "s have", say_mark(call, SAY_PLAIN));
}

void feeds_parse_show_document(const struct ctl_call *call, const struct document *doc, struct buf *out)
{
    const struct feed_meta *meta = &doc->meta;
    verdict(call, doc, out);
    for (size_t i = 0; i < doc->n_advertised; i++)
        advertised_line(call, &doc->advertised[i], out);
    text_line(call, "title", &meta->title, out);
    text_line(call, "about", &meta->description, out);
    line(call, "site", meta->link, out);
    line(call, "self", meta->self, out);
    line(call, "id", meta->id, out);
    line(call, "language", meta->language, out);
    people_line(call, "authors", meta->authors, meta->n_authors, out);
    tags_line(call, "tags", meta->categories, meta->n_categories, out);
    line(call, "made by", meta->generator, out);
    if (meta->updated.state != DATE_ABSENT || meta->published.state != DATE_ABSENT) {
        label(call, "updated", out);
        say_date("", meta->updated.state != DATE_ABSENT ? &meta->updated : &meta->published, out);
        buf_add_char(out, '\n');
    }
    hints(call, meta, out);
    repeated_ids(call, doc, out);
}

// What an item is known by (feeds/identity.h decides; this is its first choice).
static void identity(const struct item *item, struct buf *out)
{
    if (item->id.n) {
        buf_add(out, S("id "));
        say_text(out, item->id);
    } else if (item->link.n) {
        buf_add(out, S("its link (it has no id)"));
    } else {
        buf_add(out, S("its text (it has neither id nor link)"));
    }
}

void feeds_parse_show_item(const struct ctl_call *call, const struct item *item, size_t number, struct buf *out)
{
    buf_addf(out, "\n%s%zu. ", say_mark(call, SAY_BOLD), number);
    if (item->title.body.n)
        say_plain(&item->title, out);
    else
        buf_add(out, S("(no title)"));
    buf_addf(out, "%s\n", say_mark(call, SAY_PLAIN));
    line(call, "  link", item->link, out);
    label(call, "  known by", out);
    identity(item, out);
    buf_add_char(out, '\n');
    label(call, "  dates", out);
    size_t start = out->n;
    say_date("published ", &item->published, out);
    say_date(out->n > start ? ", updated " : "updated ", &item->updated, out);
    buf_add(out, out->n == start ? S("none\n") : S("\n"));
    people_line(call, "  authors", item->authors, item->n_authors, out);
    tags_line(call, "  tags", item->categories, item->n_categories, out);
    text_line(call, "  summary", &item->summary, out);
    text_line(call, "  content", &item->content, out);
    for (size_t i = 0; i < item->n_enclosures && i < 3; i++)
        file_line(call, &item->enclosures[i], out);
    if (item->is_cut_off)
        line(call, "  cut off", S("the document ends inside this item"), out);
    if (item->is_text_cut)
        line(call, "  cut", S("a limit took part of its text (--limits off keeps all)"), out);
}
