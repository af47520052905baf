// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "alerts/render.h"
#include "daemon/config_parts.h"
#include "feeds/url.h"

enum { CONCURRENCY = 4, TIMEOUT_MS = 20 * SECOND_MS };

static void add_key(struct config *config, struct config_receiver *r, const struct conf_node *node,
                    struct diags *diags)
{
    struct err err = {0};
    struct secret secret;
    char without[CONF_NAME_BYTES_MAX + 32];
    if (r->n_keys == SIGN_KEYS_MAX) {
        conf_error(diags, node, &node->args[0], "at most %d secrets at once", SIGN_KEYS_MAX);
        return;
    }
    snprintf(without, sizeof without, "receiver %.*s is off", STR_ARG(r->name));
    enum config_secret how = config_read_secret(node, without, diags, &secret, &err);
    if (how == SECRET_MISSING) {
        r->is_off = true;
        r->off_why = arena_str(&config->arena, str_of(err.text));
    } else if (how == SECRET_READ && str_find_char(secret.text, '\n') < secret.text.n) {
        struct diag *d = conf_error(diags, node, &node->args[0], "the secret has more than one line");
        diag_help(diags, d, "one key a file; while keys are changed, a second `secret` signs with both");
    } else if (how == SECRET_READ && !sign_key_parse(secret.text, &r->keys[r->n_keys], &err)) {
        conf_error(diags, node, &node->args[0], "%s", err.text);
    } else if (how == SECRET_READ) {
        r->n_keys++;
    }
    explicit_bzero(secret.bytes, sizeof secret.bytes);
}

// Two of one name would leave it to the receiver which counts, and a signature covers the one that is ours.
static bool is_own_header(struct str name)
{
    static const struct str own[] = {STR("content-type"), STR("content-length"), STR("transfer-encoding"),
                                     STR("idempotency-key")};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_eq_nocase(name, own[i]))
            return true;
    return str_starts_nocase(name, S("webhook-"));
}

static void add_header(struct config *config, struct config_receiver *r, const struct conf_node *header,
                       struct diags *diags)
{
    struct str text = header->args[0].text;
    if (r->n_headers == RECEIVER_HEADERS_MAX)
        conf_error(diags, header, NULL, "at most %d headers", RECEIVER_HEADERS_MAX);
    else if (str_find_char(text, ':') == text.n || str_find_char(text, ':') == 0 || !config_is_line(text))
        conf_error(diags, header, &header->args[0], "expected \"Name: value\" on one line");
    else if (is_own_header(str_head(text, str_find_char(text, ':'))))
        conf_error(diags, header, &header->args[0], "feedwatchd writes %.*s itself",
                   (int)str_find_char(text, ':'), text.p);
    else
        r->headers[r->n_headers++] = arena_dupz(&config->arena, text);
}

static const char *format_names(struct arena *a)
{
    const struct render_format *f;
    struct str all = {0};
    for (size_t i = 0; (f = render_format_at(i)); i++)
        all = arena_fmt(a, "%.*s%s%.*s", STR_ARG(all), i ? ", " : "", STR_ARG(f->name));
    return all.p;
}

static struct config_receiver read_webhook(struct config *config, const struct conf_node *node, struct diags *diags)
{
    struct arena *a = &config->arena;
    struct config_receiver r = {.name = node->args[0].text, .kind = RECEIVER_WEBHOOK};
    const struct conf_value *url = conf_value(node, S("url"));
    const char *why = NULL;
    if (url && !url_is_fetchable(url->text, &why))
        conf_error(diags, node, url, "expected an http or https address: %s", why);
    r.url = url ? arena_dupz(a, url->text) : "";
    const struct conf_value *format = conf_value(node, S("format"));
    r.format = format ? format->text : S("standard");
    if (!render_format_find(r.format)) {
        struct str names[32];
        size_t n = 0;
        for (const struct render_format *f; n < 32 && (f = render_format_at(n)); n++)
            names[n] = f->name;
        struct diag *d = conf_error(diags, node, format, "no format is called \"%.*s\"", STR_ARG(r.format));
        struct str near = suggest(r.format, names, n);
        if (near.n)
            diag_help(diags, d, "did you mean %.*s?", STR_ARG(near));
        else
            diag_help(diags, d, "there is %s", format_names(a));
    }
    for (const struct conf_node *n = node->first; n; n = n->next) {
        if (n->is_broken)
            continue;
        if (str_eq(n->spec->word, S("secret")))
            add_key(config, &r, n, diags);
        else if (str_eq(n->spec->word, S("header")))
            add_header(config, &r, n, diags);
    }
    r.is_strict = config_number(node, S("order"), 0);
    r.concurrency = r.is_strict ? 1 : (uint32_t)config_number(node, S("concurrency"), CONCURRENCY);
    r.timeout_ms = (uint32_t)config_number(node, S("timeout"), TIMEOUT_MS);
    r.expire_ms = config_number(node, S("expire"), 0);
    r.is_public_only = !config_number(node, S("allow-private"), 1);
    r.ca = config_path_z(node->first, S("ca"), a);
    r.client_certificate = config_path_z(node->first, S("client-certificate"), a);
    r.client_key = config_path_z(node->first, S("client-key"), a);
    r.proxy = config_proxy_z(config_text(node, S("proxy")), a);
    return r;
}

struct str config_target(struct arena *a, const char *url)
{
    struct url u = url_cut(str_of(url));
    bool is_bare = u.path.n <= 1 && !u.query.n && !u.fragment.n;
    return arena_fmt(a, "%.*s://%.*s/%s", STR_ARG(u.scheme), STR_ARG(url_parts_host_key(a, &u)), is_bare ? "" : "...");
}

void config_read_receivers(struct config *config, struct diags *diags)
{
    struct config_receiver *list = NULL;
    size_t n = 0;
    for (const struct conf_node *node = config->conf.first; node; node = node->next) {
        bool is_webhook = str_eq(node->spec->word, S("webhook"));
        if (node->is_broken || (!is_webhook && !str_eq(node->spec->word, S("file"))))
            continue;
        struct config_receiver r;
        config_check_path(node->first, S("path"), diags);
        if (is_webhook)
            r = read_webhook(config, node, diags);
        else
            r = (struct config_receiver){.name = node->args[0].text, .kind = RECEIVER_FILE, .format = S("standard"),
                                         .concurrency = 1,
                                         .path = config_path_z(node->first, S("path"), &config->arena)};
        for (size_t i = 0; i < n; i++)
            if (str_eq(list[i].name, r.name))
                conf_error(diags, node, &node->args[0], "another receiver is called %.*s already", STR_ARG(r.name));
        if (str_eq(r.name, S("syslog")))
            conf_error(diags, node, &node->args[0], "syslog is the name of the built-in receiver");
        ARENA_PUSH(&config->arena, list, n, r);
    }
    struct config_receiver log = {.name = S("syslog"), .kind = RECEIVER_SYSLOG, .format = S("standard")};
    ARENA_PUSH(&config->arena, list, n, log);
    struct receiver_ref *refs = ARENA_ARRAY(&config->arena, struct receiver_ref, n);
    for (size_t i = 0; i < n; i++)
        refs[i] = (struct receiver_ref){.name = list[i].name, .format = list[i].format};
    config->receivers = list;
    config->n_receivers = n;
    // The log is written when the commit is done; it has no rows in the outbox, for nothing is promised to it.
    config->refs_for_decide = (struct receivers){.list = refs, .n = n - 1};
}

void config_check_rules(const struct config *config, struct diags *diags)
{
    struct str names[64];
    size_t n = 0;
    for (; n < config->n_receivers && n < 64; n++)
        names[n] = config->receivers[n].name;
    for (size_t i = 0; i < config->rule_files.n_entries; i++) {
        const struct conf_node *rule = config->rule_files.entries[i].node;
        const struct conf_node *notify = conf_find(rule->first, S("notify"));
        for (size_t k = 0; notify && !notify->is_broken && k < notify->n_args; k++) {
            const struct conf_value *name = &notify->args[k];
            if (config_receiver_find(config, name->text))
                continue;
            struct diag *d = conf_error(diags, notify, name, "no receiver is called \"%.*s\"", STR_ARG(name->text));
            struct str near = suggest(name->text, names, n);
            if (near.n)
                diag_help(diags, d, "did you mean %.*s?", STR_ARG(near));
        }
    }
}
