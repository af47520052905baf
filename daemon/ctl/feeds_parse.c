// SPDX-License-Identifier: MIT
//
// `feeds parse`: reads files, or standard input, in pieces as a transfer would bring them, and prints what the parser
// made of them. With --limits off items are printed as they come and not kept, so that an archive of any size passes.
//
// With --batch, standard input has a line {"file": PATH, "env": {...}} for each document, and each answer is a line.
// What is known of a transport comes from the environment (or "env"): FEED_URL, FEED_CONTENT_TYPE,
// FEED_CONTENT_LOCATION, FEED_CONTENT_LANGUAGE.
#include "daemon/ctl/feeds_parse.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/ctl/commands.h"
#include "daemon/ctl/say.h"
#include "feeds/parse.h"
#include "feeds/url.h"

enum { PIECE_BYTES = 64 << 10 };

struct reading {
    const struct ctl_call *call;
    bool is_json;
    bool is_streamed; // items are printed as they come
    size_t n_shown;
    struct buf out;
    int code;
};

static void write_out(struct reading *r)
{
    int code = say(&r->out);
    if (code != CTL_OK) // worse than a document that is no feed
        r->code = code;
    buf_reset(&r->out);
}

static void on_item(void *context, const struct item *item, const struct document *doc)
{
    struct reading *r = context;
    (void)doc;
    r->n_shown++;
    if (r->is_json) {
        buf_add(&r->out, r->n_shown == 1 ? S("{\"entries\":[") : S(","));
        feeds_parse_item_json(item, &r->out);
    } else {
        feeds_parse_show_item(r->call, item, r->n_shown, &r->out);
    }
    if (r->out.n >= PIECE_BYTES)
        write_out(r);
}

static void show_json(struct reading *r, const struct document *doc)
{
    if (r->n_shown == 0)
        buf_add(&r->out, S("{\"entries\":["));
    buf_add_char(&r->out, ']');
    feeds_parse_document_json(doc, &r->out);
    buf_add(&r->out, S("}\n"));
}

static void show_person(struct reading *r, const struct document *doc)
{
    if (r->is_streamed)
        buf_add_char(&r->out, '\n');
    feeds_parse_show_document(r->call, doc, &r->out);
    for (size_t i = 0; i < doc->n_items && !r->is_streamed; i++)
        feeds_parse_show_item(r->call, &doc->items[i], i + 1, &r->out);
}

// Parses one stream and prints the answer.
static void read_stream(struct reading *r, FILE *in, struct parse_options options)
{
    struct arena arena;
    char *piece = malloc(PIECE_BYTES);
    size_t n;
    arena_init(&arena, SIZE_MAX);
    if (r->is_streamed || r->is_json) {
        options.on_item = on_item;
        options.context = r;
    }
    r->n_shown = 0;
    struct parser *parser = parser_open(&options, &arena);
    while ((n = fread(piece, 1, PIECE_BYTES, in)) > 0)
        parser_feed(parser, piece, n);
    const struct document *doc = parser_end(parser, ferror(in) != 0);
    if (r->is_json)
        show_json(r, doc);
    else
        show_person(r, doc);
    if (doc->quality == QUALITY_NOT_A_FEED && r->code == CTL_OK)
        r->code = CTL_REFUSED;
    write_out(r);
    arena_done(&arena);
    free(piece);
}

static int read_file(struct reading *r, const char *path, const struct parse_options *options)
{
    if (strcmp(path, "-") == 0) {
        read_stream(r, stdin, *options);
        return CTL_OK;
    }
    FILE *in = fopen(path, "rb");
    if (!in) {
        const char *next = url_is_http(str_of(path)) ? "curl -sL URL | feedwatchctl feeds parse --url URL" : "";
        return say_error(r->call, CTL_NOT_FOUND, next, "%s: %s", path, strerror(errno));
    }
    int first = getc(in); // a folder can be opened, and fails here
    if (first == EOF && ferror(in)) {
        int code = say_error(r->call, CTL_NOT_FOUND, "", "%s: %s", path, strerror(errno));
        fclose(in);
        return code;
    }
    ungetc(first, in);
    read_stream(r, in, *options);
    fclose(in);
    return CTL_OK;
}

// ---- what is known of the transport

static void take(const json_t *env, const char *name, struct str *out)
{
    const char *value = env ? json_string_value(json_object_get(env, name)) : getenv(name);
    *out = str_of(value);
}

static struct parse_options options_of(const struct ctl_call *call, const json_t *env)
{
    struct parse_options options = {.now = {(int64_t)time(NULL) * SECOND_MS}};
    take(env, "FEED_URL", &options.url);
    take(env, "FEED_CONTENT_TYPE", &options.content_type);
    take(env, "FEED_CONTENT_LOCATION", &options.content_location);
    take(env, "FEED_CONTENT_LANGUAGE", &options.content_language);
    const char *limits = ctl_value(call, "limits");
    const char *url = ctl_value(call, "url");
    if (limits && strcmp(limits, "off") == 0)
        options.limits = &parse_limits_off;
    if (url)
        options.url = str_of(url);
    return options;
}

static void batch_line(struct reading *r, const char *line)
{
    json_t *request = json_loads(line, 0, NULL);
    const char *path = json_string_value(json_object_get(request, "file"));
    const json_t *env = json_object_get(request, "env");
    json_t *none = json_object();
    struct parse_options options = options_of(r->call, env ? env : none);
    FILE *in = path ? fopen(path, "rb") : NULL;
    if (in) {
        read_stream(r, in, options);
        fclose(in);
    } else {
        buf_add(&r->out, S("{\"error\":\"cannot be read\"}\n")); // an answer a line, whatever happens
        write_out(r);
    }
    json_decref(none);
    json_decref(request);
}

static int batch(struct reading *r)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0)
        batch_line(r, line);
    free(line);
    if (r->code == CTL_REFUSED)
        r->code = CTL_OK; // each line has said what its document is
    return r->code;
}

int ctl_feeds_parse(const struct ctl_call *call)
{
    const char *limits = ctl_value(call, "limits");
    if (limits && strcmp(limits, "off") != 0)
        return say_error(call, CTL_USAGE, "feedwatchctl feeds parse --limits off FILE",
                         "--limits: expected off, found \"%s\"", limits);
    parse_library_init();
    struct reading r = {.call = call, .is_json = call->is_json, .is_streamed = limits != NULL};
    buf_init(&r.out, SAY_BYTES_MAX);
    int code = CTL_OK;
    if (ctl_value(call, "batch")) {
        r.is_json = true;
        code = batch(&r);
    } else {
        struct parse_options options = options_of(call, NULL);
        for (size_t i = 0; i < (call->n_words ? call->n_words : 1); i++) {
            int failed = read_file(&r, call->n_words ? call->words[i] : "-", &options);
            code = code ? code : failed;
        }
    }
    buf_done(&r.out);
    return code ? code : r.code;
}
