// SPDX-License-Identifier: MIT
//
// The configuration as it was understood, in its own grammar: it reads as the same again, but for what is left out
// (secrets, and the parts of addresses that may hold one, of a webhook all behind its host).
#include "alerts/retry.h"
#include "daemon/config.h"
#include "daemon/config_schema.h"
#include "feeds/url.h"

static void add_quoted(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"' || c == '\\' || c == '\n' || c == '\t')
            buf_add_char(out, '\\');
        buf_add_char(out, c == '\n' ? 'n' : c == '\t' ? 't' : c);
    }
    buf_add_char(out, '"');
}

// A statement with a text, where there is one.
static void add_text(struct buf *out, const char *word, struct str text)
{
    if (!text.n)
        return;
    buf_addf(out, "%s ", word);
    add_quoted(out, text);
    buf_add_char(out, '\n');
}

static void add_redacted(struct buf *out, struct str address)
{
    struct buf shown;
    buf_init(&shown, 64 << 10);
    url_redact(address, &shown);
    add_quoted(out, buf_str(&shown));
    buf_done(&shown);
}

static void add_address(struct buf *out, const char *word, struct str address)
{
    if (!address.n)
        return;
    buf_addf(out, "%s ", word);
    add_redacted(out, address);
    buf_add_char(out, '\n');
}

// `none` stands for no proxy.
static void add_proxy(struct buf *out, const char *word, struct str proxy)
{
    if (str_eq(proxy, S("none")))
        add_text(out, word, proxy);
    else
        add_address(out, word, proxy);
}

// A duration in the greatest unit that says it whole.
static void add_span(struct buf *out, const char *word, int64_t ms)
{
    static const struct { int64_t ms; const char *unit; } units[] = {
        {DAY_MS, "d"}, {HOUR_MS, "h"}, {MINUTE_MS, "m"}, {SECOND_MS, "s"}, {1, "ms"},
    };
    size_t i = 0;
    while (ms % units[i].ms)
        i++;
    if (ms)
        buf_addf(out, "%s%lld%s\n", word, (long long)(ms / units[i].ms), units[i].unit);
}

// A choice by its place among the blank-separated ones of the schema.
static void add_choice(struct buf *out, const char *word, const char *choices, int place)
{
    struct str rest = str_of(choices), choice = str_cut(&rest, ' ');
    while (place--)
        choice = str_cut(&rest, ' ');
    buf_addf(out, "%s %.*s\n", word, STR_ARG(choice));
}

static void dump_top(const struct config *c, struct buf *out)
{
    add_text(out, "instance", c->instance);
    add_text(out, "state", c->state);
    add_text(out, "socket", c->socket);
    add_text(out, "listen", c->listen);
    add_choice(out, "log", CONFIG_LOG_CHOICES, (int)c->log_to);
    if (c->workers)
        buf_addf(out, "workers %u\n", c->workers);
    if (c->budget_per_hour)
        buf_addf(out, "budget %llu/1h\n", (unsigned long long)c->budget_per_hour);
    add_span(out, "retention ", c->retention_ms);
    add_text(out, "user-agent", c->user_agent);
    add_text(out, "ca", str_of(c->ca));
    add_proxy(out, "proxy", str_of(c->proxy));
}

static void dump_webhook(const struct config_receiver *r, struct buf *out)
{
    struct arena a;
    arena_init(&a, 1 << 16);
    add_text(out, "    url", config_target(&a, r->url));
    arena_done(&a);
    buf_addf(out, "    format %.*s\n", STR_ARG(r->format));
    if (r->n_keys)
        buf_addf(out, "    # secret: %zu left out\n", r->n_keys);
    for (size_t i = 0; i < r->n_headers; i++) {
        struct str rest = str_of(r->headers[i]), name = str_cut(&rest, ':');
        buf_addf(out, "    # header %.*s: left out\n", STR_ARG(name));
    }
    buf_addf(out, "    concurrency %u\n    order %s\n", r->concurrency, r->is_strict ? "strict" : "any");
    add_span(out, "    timeout ", r->timeout_ms);
    add_span(out, "    expire ", r->expire_ms ? r->expire_ms : RETRY_LIFE_MS);
    add_text(out, "    ca", str_of(r->ca));
    add_text(out, "    client-certificate", str_of(r->client_certificate));
    add_text(out, "    client-key", str_of(r->client_key));
    add_proxy(out, "    proxy", str_of(r->proxy));
    buf_addf(out, "    allow-private %s\n", r->is_public_only ? "no" : "yes");
}

static void dump_receiver(const struct config_receiver *r, struct buf *out)
{
    switch (r->kind) {
    case RECEIVER_WEBHOOK:
        buf_addf(out, "webhook %.*s {\n", STR_ARG(r->name));
        dump_webhook(r, out);
        break;
    case RECEIVER_FILE:
        buf_addf(out, "file %.*s {\n", STR_ARG(r->name));
        add_text(out, "    path", str_of(r->path));
        break;
    case RECEIVER_SYSLOG:
        return; // built in
    }
    buf_add(out, S("}\n"));
}

static void dump_first_run(const struct feed_options *o, struct buf *out)
{
    switch (o->first_run) {
    case FIRST_BASELINE:
        break;
    case FIRST_LAST:
        buf_addf(out, "    first-run last:%u\n", o->first_n);
        break;
    case FIRST_SINCE:
        add_span(out, "    first-run since:", o->first_since_s * (int64_t)SECOND_MS);
        break;
    case FIRST_ALL:
        buf_add(out, S("    first-run all\n"));
        break;
    }
}

// Of a million feeds only what differs from the default.
static void dump_feed(const struct config_feed *f, struct buf *out)
{
    const struct feed_options *o = &f->options;
    buf_add(out, S("feed "));
    add_redacted(out, f->url);
    buf_add(out, S(" {\n"));
    add_text(out, "    name", o->name);
    for (size_t k = 0; k < o->n_tags; k++)
        buf_addf(out, "%s%.*s%s", k ? " " : "    tags ", STR_ARG(o->tags[k]), k + 1 == o->n_tags ? "\n" : "");
    add_span(out, "    every ", o->every_s * (int64_t)SECOND_MS);
    add_span(out, "    floor ", o->floor_s * (int64_t)SECOND_MS);
    add_span(out, "    timeout ", o->timeout_s * (int64_t)SECOND_MS);
    if (o->weight > 0)
        buf_addf(out, "    weight %.0f\n", o->weight);
    dump_first_run(o, out);
    if (o->identity != IDENTITY_AUTO)
        add_choice(out, "    identity", CONFIG_IDENTITY_CHOICES, (int)o->identity);
    const struct { const char *line; bool is_set; } switches[] = {
        {"allow-private yes", o->allow_private}, {"ignore-validators yes", o->ignore_validators},
        {"websub no", o->no_websub}, {"paused yes", o->paused}, {"# credential: left out", o->credential.n},
    };
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        if (switches[i].is_set)
            buf_addf(out, "    %s\n", switches[i].line);
    add_text(out, "    ca", o->ca_file);
    add_proxy(out, "    proxy", o->proxy);
    add_text(out, "    language", o->language);
    add_address(out, "    was", f->was);
    buf_add(out, S("}\n"));
}

void config_dump(const struct config *config, struct buf *out)
{
    dump_top(config, out);
    for (size_t i = 0; i < config->n_receivers; i++)
        dump_receiver(&config->receivers[i], out);
    for (size_t i = 0; i < config->n_feeds; i++)
        dump_feed(&config->feeds[i], out);
    for (size_t i = 0; config->rules && i < ruleset_count(config->rules); i++)
        buf_addf(out, "# rule %.*s\n", STR_ARG(ruleset_rule(config->rules, i)->name));
}
