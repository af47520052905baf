// SPDX-License-Identifier: MIT
#include <string.h>

#include "daemon/config_parts.h"
#include "daemon/config_schema.h"
#include "feeds/url.h"

enum { FIRST_ITEMS_MAX = 2000 }; // no document has more

static struct feed_options read_options(const struct conf_node *node, struct arena *a)
{
    struct feed_options o = {
        .name = config_text(node, S("name")),
        .every_s = (uint32_t)(config_number(node, S("every"), 0) / SECOND_MS),
        .floor_s = (uint32_t)(config_number(node, S("floor"), 0) / SECOND_MS),
        .timeout_s = (uint32_t)(config_number(node, S("timeout"), 0) / SECOND_MS),
        .weight = (double)config_number(node, S("weight"), 0),
        .identity = (enum identity_choice)config_number(node, S("identity"), IDENTITY_AUTO),
        .allow_private = config_number(node, S("allow-private"), 0),
        .ignore_validators = config_number(node, S("ignore-validators"), 0),
        .no_websub = !config_number(node, S("websub"), 1),
        .paused = config_number(node, S("paused"), 0),
        .credential = config_text(node, S("credential")),
        .ca_file = str_of(config_path_z(node->first, S("ca"), a)),
        .proxy = config_text(node, S("proxy")),
        .language = config_text(node, S("language")),
    };
    const struct conf_node *tags = conf_find(node->first, S("tags"));
    struct str *list = NULL;
    for (size_t i = 0; tags && i < tags->n_args; i++)
        ARENA_PUSH(a, list, o.n_tags, tags->args[i].text);
    o.tags = list;
    return o;
}

// baseline, last:N, since:24h, all
static bool read_first_run(struct str text, struct feed_options *o, struct err *err)
{
    struct str rest = text;
    struct str head = str_cut(&rest, ':');
    static const struct conf_arg count = {.type = CONF_NUMBER, .min = 1, .max = FIRST_ITEMS_MAX};
    static const struct conf_arg span = {.type = CONF_DURATION, .min = MINUTE_MS, .max = 365LL * DAY_MS};
    struct conf_value value;
    if (str_eq(text, S("baseline"))) {
        o->first_run = FIRST_BASELINE;
    } else if (str_eq(text, S("all"))) {
        o->first_run = FIRST_ALL;
    } else if (str_eq(head, S("last"))) {
        if (!conf_read(rest, &count, &value, err))
            return false;
        o->first_run = FIRST_LAST;
        o->first_n = (uint32_t)value.number;
    } else if (str_eq(head, S("since"))) {
        if (!conf_read(rest, &span, &value, err))
            return false;
        o->first_run = FIRST_SINCE;
        o->first_since_s = (uint32_t)(value.number / SECOND_MS);
    } else {
        return err_set(err, "expected baseline, last:N, since:DURATION or all, found \"%.*s\"", STR_ARG(text));
    }
    return true;
}

// From here on options->credential is what is sent, "user:password" or a header's whole line.
static void read_credential(const struct conf_node *node, struct arena *a, struct diags *diags, struct feed_options *o)
{
    const struct conf_node *credential = conf_find(node->first, S("credential"));
    struct err err = {0};
    struct secret secret;
    o->credential = (struct str){0};
    if (!credential || credential->is_broken)
        return;
    if (config_read_secret(credential, "the feed is asked without it", diags, &secret, &err) != SECRET_READ)
        return;
    if (!config_is_line(secret.text) || str_find_char(secret.text, ':') == secret.text.n)
        conf_error(diags, credential, &credential->args[0],
                   "expected user:password, or a header line as Authorization: Bearer ...");
    else
        o->credential = arena_str(a, secret.text);
    explicit_bzero(secret.bytes, sizeof secret.bytes);
}

void config_read_feed(const struct conf_node *node, struct arena *a, struct diags *diags, struct config_feed *out)
{
    out->url = node->args[0].text;
    out->was = config_text(node, S("was"));
    out->id = feed_id(out->url);
    out->options = read_options(node, a);
    out->options.was = out->was.n && !str_eq(out->was, out->url) ? feed_id(out->was) : 0;
    const char *why = NULL;
    if (!url_is_fetchable(out->url, &why))
        conf_error(diags, node, &node->args[0], "expected the http or https address of a feed: %s", why);
    const struct conf_value *was = conf_value(node, S("was"));
    if (was && !url_is_fetchable(was->text, &why))
        conf_error(diags, node, was, "expected the address that the feed had before: %s", why);
    const struct conf_node *first = conf_find(node->first, S("first-run"));
    struct err err;
    if (first && !first->is_broken && !read_first_run(first->args[0].text, &out->options, &err))
        conf_error(diags, first, &first->args[0], "%s", err.text);
    read_credential(node, a, diags, &out->options);
    const struct conf_node *every = conf_find(node->first, S("every"));
    if (every && !out->options.allow_private && out->options.every_s &&
        out->options.every_s < FEED_FLOOR_PUBLIC_S) {
        struct diag *d = conf_error(diags, every, every->n_args ? &every->args[0] : NULL,
                                    "a public feed is asked at most once a minute");
        diag_help(diags, d, "write 60s or more, or allow-private yes where the server is your own");
    }
}

void config_feed_inherit(const struct config_feed *heir, wall_t now, struct feed *feed)
{
    *feed = (struct feed){
        .id = heir->id,
        .first_url = heir->url,
        .url = heir->url,
        .options = &heir->options,
        .flags = feed->flags & (FEED_BASELINED | FEED_PAUSED | FEED_RELEARN),
        .title = feed->title,
        .site = feed->site,
        .marks = feed->marks,
        .history = feed->history,
        .changed_at = feed->changed_at,
        .good_at = feed->good_at,
        .due = now,
    };
}

// Copies what the options have of the parsed text, which goes.
static void keep_options(struct feed_options *o, struct arena *a)
{
    struct str *views[] = {&o->name, &o->credential, &o->ca_file, &o->proxy, &o->language};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        *views[i] = arena_str(a, *views[i]);
    struct str *tags = ARENA_ARRAY(a, struct str, o->n_tags + 1);
    for (size_t i = 0; i < o->n_tags; i++)
        tags[i] = arena_str(a, o->tags[i]);
    o->tags = tags;
}

bool config_feed_options(struct str text, struct arena *a, struct feed_options *out, struct err *err)
{
    struct conf conf = {0};
    struct diags diags;
    diags_init(&diags);
    static const struct conf_spec *const tables[] = {config_specs, NULL};
    struct str whole = arena_fmt(a, "feed http://options.invalid/ {\n%.*s\n}\n", STR_ARG(text));
    struct config_feed feed = {0};
    bool ok = conf_parse(&conf, tables, S("options"), whole, NULL, &diags) && conf.first;
    if (ok && conf.first->next)
        ok = err_set(err, "expected the inside of a feed's block");
    if (ok)
        config_read_feed(conf.first, a, &diags, &feed);
    if (diags.errors)
        ok = err_set(err, "%.*s", STR_ARG(diags.list[0].message));
    if (ok) {
        keep_options(&feed.options, a);
        *out = feed.options;
    }
    diags_done(&diags);
    conf_done(&conf);
    return ok;
}
