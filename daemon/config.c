// SPDX-License-Identifier: MIT
#include "daemon/config.h"

#include <limits.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/config_parts.h"
#include "daemon/config_schema.h"
#include "daemon/loader.h"
#include "rules/check.h"

enum { CONFIG_BYTES_MAX = 1 << 30 }; // a million feeds with a few options each are half of it
static const int64_t retention_ms = 400LL * DAY_MS;

struct str config_text(const struct conf_node *node, struct str word)
{
    const struct conf_value *value = conf_value(node, word);
    return value ? value->text : (struct str){0};
}

const char *config_proxy_z(struct str text, struct arena *a)
{
    return text.n && !str_eq(text, S("none")) ? arena_dupz(a, text) : NULL;
}

struct str config_place(struct str path, struct str from, struct arena *a)
{
    char here[PATH_MAX];
    if (!path.n)
        return path;
    path = conf_path(path, from, a);
    if (path.p[0] == '/' || !getcwd(here, sizeof here)) // the file itself was named by a relative path
        return path;
    return arena_fmt(a, "%s/%.*s", here, STR_ARG(path));
}

const char *config_path_z(const struct conf_node *first, struct str word, struct arena *a)
{
    const struct conf_node *node = conf_find(first, word);
    if (!node || node->is_broken || !node->n_args || !node->args[0].text.n)
        return NULL;
    return config_place(node->args[0].text, node->source->name, a).p;
}

void config_check_path(const struct conf_node *first, struct str word, struct diags *diags)
{
    const struct conf_node *node = conf_find(first, word);
    if (node && !node->is_broken && !node->args[0].text.n)
        conf_error(diags, node, &node->args[0], "expected a path, found \"\"");
}

int64_t config_number(const struct conf_node *node, struct str word, int64_t otherwise)
{
    const struct conf_value *value = conf_value(node, word);
    return value ? value->number : otherwise;
}

bool config_is_line(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (((unsigned char)text.p[i] < ' ' && text.p[i] != '\t') || text.p[i] == 0x7f)
            return false;
    return true;
}

static const struct conf_value top_none;

// The first argument of a top-level statement; its number is `otherwise` where it is not written.
static struct conf_value top(const struct config *config, struct str word, int64_t otherwise)
{
    const struct conf_node *node = conf_find(config->conf.first, word);
    struct conf_value value = top_none;
    value.number = otherwise;
    return node && !node->is_broken && node->n_args ? node->args[0] : value;
}

static const char *top_path(struct config *config, struct str word)
{
    return config_path_z(config->conf.first, word, &config->arena);
}

static struct str host_name(struct arena *a)
{
    char name[256] = "feedwatchd";
    gethostname(name, sizeof name - 1);
    return arena_str(a, str_of(name));
}

static void read_top(struct config *config)
{
    struct arena *a = &config->arena;
    config->instance = top(config, S("instance"), 0).text;
    if (!config->instance.n)
        config->instance = host_name(a);
    config->state = str_of(top_path(config, S("state")));
    config->socket = str_of(top_path(config, S("socket")));
    config->listen = top(config, S("listen"), 0).text;
    config->log_to = (enum log_to)top(config, S("log"), LOG_TO_AUTO).number;
    config->workers = (uint32_t)top(config, S("workers"), 0).number;
    struct conf_value budget = top(config, S("budget"), 0);
    config->budget_per_hour =
        budget.over > 0 ? (uint64_t)(budget.number * HOUR_MS / budget.over) : (uint64_t)budget.number;
    config->retention_ms = top(config, S("retention"), retention_ms).number;
    config->ca = top_path(config, S("ca"));
    config->proxy = config_proxy_z(top(config, S("proxy"), 0).text, a);
    config->user_agent = top(config, S("user-agent"), 0).text;
    struct str contact = top(config, S("contact"), 0).text;
    if (!config->user_agent.n && contact.n)
        config->user_agent = arena_fmt(a, "feedwatchd/" FEEDWATCH_VERSION " (+%.*s)", STR_ARG(contact));
    else if (!config->user_agent.n)
        config->user_agent = S("feedwatchd/" FEEDWATCH_VERSION);
}

static void check_one_line(const struct config *config, struct str word, struct diags *diags)
{
    const struct conf_node *node = conf_find(config->conf.first, word);
    if (node && !node->is_broken && !config_is_line(node->args[0].text))
        conf_error(diags, node, &node->args[0], "expected one line: it becomes a header of each request");
}

static void check_listen(const struct config *config, struct diags *diags)
{
    const struct conf_node *node = conf_find(config->conf.first, S("listen"));
    if (!node || node->is_broken)
        return;
    struct str text = node->args[0].text;
    size_t colon = text.n;
    while (colon && text.p[colon - 1] != ':')
        colon--;
    struct str host = str_head(text, colon ? colon - 1 : 0);
    uint64_t port = 0;
    bool is_bare = str_find_char(host, ':') < host.n && !(str_starts(host, S("[")) && str_ends(host, S("]")));
    if (colon && !is_bare && str_to_u64(str_from(text, colon), UINT16_MAX, &port) && port)
        return;
    struct diag *d = conf_error(diags, node, &node->args[0], "expected ADDRESS:PORT, as 127.0.0.1:8377");
    if (is_bare)
        diag_help(diags, d, "an IPv6 address goes in brackets: [::1]:8377");
}

// What the schema cannot say of the top level.
static void check_top(const struct config *config, struct diags *diags)
{
    check_one_line(config, S("user-agent"), diags);
    check_one_line(config, S("contact"), diags);
    check_listen(config, diags);
    config_check_path(config->conf.first, S("state"), diags);
    config_check_path(config->conf.first, S("socket"), diags);
    const struct conf_node *budget = conf_find(config->conf.first, S("budget"));
    if (budget && !budget->is_broken && config->budget_per_hour == 0) // 0 would be no budget at all
        conf_error(diags, budget, &budget->args[0], "expected one poll an hour or more");
}

static void read_feeds(struct config *config, struct diags *diags)
{
    struct config_feed *feeds = NULL;
    size_t n = 0;
    for (const struct conf_node *node = config->conf.first; (node = conf_find(node, S("feed"))); node = node->next) {
        if (node->is_broken)
            continue;
        struct config_feed feed = {0};
        config_read_feed(node, &config->arena, diags, &feed);
        if (index_find(&config->feeds_by_id, feed.id) != INDEX_NONE)
            continue; // said twice: conf has told it
        index_put(&config->feeds_by_id, feed.id, (uint32_t)n);
        if (feed.options.was && index_find(&config->heirs, feed.options.was) == INDEX_NONE)
            index_put(&config->heirs, feed.options.was, (uint32_t)n);
        ARENA_PUSH(&config->arena, feeds, n, feed);
    }
    config->feeds = feeds;
    config->n_feeds = n;
}

// A list that was not empty and now is.
static void check_emptied(const struct config *config, const struct config *like, struct diags *diags)
{
    for (size_t i = 0; i < config->rule_files.n_lists; i++) {
        const struct rules_list_file *now = &config->rule_files.lists[i];
        for (size_t k = 0; k < like->rule_files.n_lists; k++) {
            const struct rules_list_file *before = &like->rule_files.lists[k];
            if (now->n_phrases == 0 && before->n_phrases && str_eq(now->path, before->path))
                conf_error(diags, now->node, &now->node->args[2],
                           "the list lost all of its phrases (%zu); feedwatchctl reload takes it as it is",
                           before->n_phrases);
        }
    }
}

static const struct conf_spec *const tables[] = {config_specs, rules_specs, NULL};

void config_hide(struct diags *diags) { conf_hide(diags, tables); }

static struct config *load(struct str path, const struct config *like, uint64_t generation, struct diags *diags)
{
    struct config *config = mem_alloc(sizeof *config);
    arena_init(&config->arena, CONFIG_BYTES_MAX);
    config->generation = generation;
    config->refs = 1;
    config->path = arena_str(&config->arena, path);
    const struct conf_loader player = memory_player(like ? &like->memory : NULL);
    config->memory = (struct config_memory){.arena = &config->arena, .under = like ? &player : &loader_files};
    const struct conf_loader recorder = memory_recorder(&config->memory), watcher = memory_watcher(&config->memory);
    conf_load(&config->conf, tables, config->path, &recorder, diags);
    config->memory.under = NULL; // the player goes
    read_top(config);
    check_top(config, diags);
    config_check_outside(config, diags);
    read_feeds(config, diags);
    config_read_receivers(config, diags);
    rules_read(&config->rule_files, &config->conf, &watcher, diags);
    config_check_rules(config, diags);
    if (like)
        check_emptied(config, like, diags);
    if (diags->errors == 0)
        config->rules = rules_compile(&config->rule_files, generation, diags);
    if (config->rules)
        rules_test(&config->rule_files, config->rules, diags); // a set whose own tests fail is refused
    config->is_usable = diags->errors == 0 && config->rules;
    return config;
}

struct config *config_load(const char *path, uint64_t generation, struct diags *diags)
{
    return load(str_of(path), NULL, generation, diags);
}

struct config *config_load_lists(const struct config *like, uint64_t generation, struct diags *diags)
{
    return load(like->path, like, generation, diags);
}

struct config *config_ref(struct config *config)
{
    __atomic_add_fetch(&config->refs, 1, __ATOMIC_RELAXED);
    return config;
}

void config_unref(struct config *config)
{
    if (!config || __atomic_sub_fetch(&config->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    index_done(&config->feeds_by_id);
    index_done(&config->heirs);
    ruleset_unref(config->rules);
    rules_done(&config->rule_files);
    conf_done(&config->conf);
    arena_done(&config->arena);
    mem_free(config);
}

const struct config_receiver *config_receiver_find(const struct config *config, struct str name)
{
    for (size_t i = 0; i < config->n_receivers; i++)
        if (str_eq(config->receivers[i].name, name))
            return &config->receivers[i];
    return NULL;
}

const struct config_feed *config_feed_find(const struct config *config, uint64_t id)
{
    uint32_t i = index_find(&config->feeds_by_id, id);
    return i == INDEX_NONE ? NULL : &config->feeds[i];
}

const struct config_feed *config_feed_heir(const struct config *config, uint64_t id)
{
    uint32_t i = index_find(&config->heirs, id);
    return i == INDEX_NONE ? NULL : &config->feeds[i];
}
