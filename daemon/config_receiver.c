// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alerts/render.h"
#include "daemon/config_parts.h"
#include "feeds/url.h"

enum { SECRET_BYTES_MAX = 4096, CONCURRENCY = 4, TIMEOUT_MS = 20 * SECOND_MS };

// Turns credential:NAME or file:PATH into a path; NULL with err: neither, or no credentials were passed.
static const char *secret_path(struct str where, struct arena *a, bool *out_is_wrong, struct err *err)
{
    *out_is_wrong = false;
    if (str_starts(where, S("file:")))
        return arena_dupz(a, str_from(where, 5));
    if (!str_starts(where, S("credential:"))) {
        *out_is_wrong = true;
        err_set(err, "expected credential:NAME or file:PATH");
        return NULL;
    }
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    struct str name = str_from(where, 11);
    if (!folder) {
        err_set(err, "credential \"%.*s\" was not passed: the service manager sets no CREDENTIALS_DIRECTORY",
                STR_ARG(name));
        return NULL;
    }
    return arena_fmt(a, "%s/%.*s", folder, STR_ARG(name)).p;
}

static bool read_secret(const char *path, char *out, size_t *out_n, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, "the secret in %s cannot be read: %s", path, strerror(errno));
    ssize_t n = read(fd, out, SECRET_BYTES_MAX);
    close(fd);
    if (n <= 0)
        return err_set(err, "the secret in %s cannot be read: %s", path, n < 0 ? strerror(errno) : "it is empty");
    *out_n = (size_t)n;
    return true;
}

enum config_secret config_read_secret(struct str where, struct arena *a, struct str *out, struct err *err)
{
    bool is_wrong;
    char bytes[SECRET_BYTES_MAX];
    size_t n = 0;
    const char *path = secret_path(where, a, &is_wrong, err);
    if (is_wrong)
        return SECRET_WRONG;
    if (!path || !read_secret(path, bytes, &n, err))
        return SECRET_MISSING;
    *out = arena_str(a, str_trim(str_make(bytes, n)));
    explicit_bzero(bytes, sizeof bytes);
    return SECRET_READ;
}

// One `secret` of a webhook: a missing one switches the receiver off, a bad one is an error.
static void add_key(struct config *config, struct config_receiver *r, const struct conf_node *secret,
                    struct diags *diags)
{
    const struct conf_value *value = &secret->args[0];
    struct err err = {0};
    bool is_wrong;
    char bytes[SECRET_BYTES_MAX];
    size_t n = 0;
    if (r->n_keys == SIGN_KEYS_MAX) {
        conf_error(diags, secret, value, "at most %d secrets at once", SIGN_KEYS_MAX);
        return;
    }
    const char *path = secret_path(value->text, &config->arena, &is_wrong, &err);
    if (is_wrong) {
        conf_error(diags, secret, value, "%s", err.text);
    } else if (!path || !read_secret(path, bytes, &n, &err)) {
        r->is_off = true;
        r->off_why = arena_str(&config->arena, str_of(err.text));
        diag_add(diags, DIAG_WARNING, secret->source, value->at, value->n, "receiver %.*s is off: %s",
                 STR_ARG(r->name), err.text);
    } else if (!sign_key_parse(str_make(bytes, n), &r->keys[r->n_keys], &err)) {
        conf_error(diags, secret, value, "%s", err.text);
    } else {
        r->n_keys++;
    }
    explicit_bzero(bytes, sizeof bytes);
}

static void add_header(struct config *config, struct config_receiver *r, const struct conf_node *header,
                       struct diags *diags)
{
    struct str text = header->args[0].text;
    if (r->n_headers == RECEIVER_HEADERS_MAX)
        conf_error(diags, header, NULL, "at most %d headers", RECEIVER_HEADERS_MAX);
    else if (str_find_char(text, ':') == text.n || str_find_char(text, '\n') < text.n ||
             str_find_char(text, '\r') < text.n)
        conf_error(diags, header, &header->args[0], "expected \"Name: value\" on one line");
    else
        r->headers[r->n_headers++] = arena_dupz(&config->arena, text);
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
    r.ca = config_z(node, S("ca"), a);
    r.client_certificate = config_z(node, S("client-certificate"), a);
    r.client_key = config_z(node, S("client-key"), a);
    r.proxy = config_z(node, S("proxy"), a);
    return r;
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
        if (is_webhook)
            r = read_webhook(config, node, diags);
        else
            r = (struct config_receiver){.name = node->args[0].text, .kind = RECEIVER_FILE, .format = S("standard"),
                                         .concurrency = 1, .path = config_z(node, S("path"), &config->arena)};
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
