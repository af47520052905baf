// SPDX-License-Identifier: MIT
//
// The tree of a configuration: its files, what they include, and the names that may be borne once. The grammar is in
// conf_parse.c.
#include "base/conf.h"

#include "base/conf_parts.h"
#include "base/hash.h"
#include "base/utf8.h"

enum { ARENA_BYTES = 1 << 30 }; // a soft cap: a file's own cap is its loader's

// Statements by word and first argument; open addressing, at most half full.
struct conf_names {
    const struct conf_node **slots;
    size_t n, room;
};

static uint64_t name_hash(const struct conf_node *node)
{
    return hash64_seeded((uint64_t)(uintptr_t)node->spec, node->args[0].text);
}

static const struct conf_node **name_slot(const struct conf_names *names, const struct conf_node *node)
{
    size_t i = name_hash(node) & (names->room - 1);
    while (names->slots[i]) {
        const struct conf_node *other = names->slots[i];
        if (other->spec == node->spec && str_eq(other->args[0].text, node->args[0].text))
            break;
        i = (i + 1) & (names->room - 1);
    }
    return &names->slots[i];
}

static void names_grow(struct conf *conf, struct conf_names *names)
{
    struct conf_names old = *names;
    names->room = old.room ? old.room * 4 : 64;
    names->slots = ARENA_ARRAY(&conf->arena, const struct conf_node *, names->room);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i])
            *name_slot(names, old.slots[i]) = old.slots[i];
}

const struct conf_node *names_add(struct conf *conf, const struct conf_node *node)
{
    if (!conf->names)
        conf->names = ARENA_NEW(&conf->arena, struct conf_names);
    if (conf->names->n * 2 >= conf->names->room)
        names_grow(conf, conf->names);
    const struct conf_node **slot = name_slot(conf->names, node);
    const struct conf_node *there = *slot;
    if (there)
        return there;
    *slot = node;
    conf->names->n++;
    return NULL;
}

// The bytes that no text file holds: said once a file, at the first of them.
static bool check_bytes(struct parser *p)
{
    size_t valid = utf8_valid(p->text);
    if (valid < p->text.n) {
        diag_help(p->diags, parse_error(p, valid, 1, "this is not UTF-8"), "save the file as UTF-8");
        return false;
    }
    for (size_t i = 0; i < p->text.n; i++) {
        unsigned char c = (unsigned char)p->text.p[i];
        if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f) {
            parse_error(p, i, 1, "a control character (0x%02x) has no place here", c);
            return false;
        }
    }
    return true;
}

static struct conf_node **tail_of(struct conf *conf)
{
    struct conf_node **tail = &conf->first;
    while (*tail)
        tail = &(*tail)->next;
    return tail;
}

static void parse_source(struct parser *p, struct str name, struct str text)
{
    struct source *source = ARENA_NEW(&p->conf->arena, struct source);
    *source = (struct source){arena_str(&p->conf->arena, name), text};
    ARENA_PUSH(&p->conf->arena, p->conf->sources, p->conf->n_sources, source);
    p->source = source;
    p->text = text;
    p->at = str_starts(text, S("\xef\xbb\xbf")) ? 3 : 0;
    if (check_bytes(p))
        parse_top(p);
}

static void parse_file(struct parser *p, struct str path, const struct source *from, const struct conf_value *where)
{
    struct err err = {0};
    struct str text = {0};
    if (p->loader->read(p->loader->context, path, &p->conf->arena, &text, &err))
        parse_source(p, path, text);
    else
        diag_add(p->diags, DIAG_ERROR, from, where ? where->at : 0, where ? where->n : 0, "%s", err.text);
}

static bool is_being_read(const struct include_chain *chain, struct str path)
{
    for (; chain; chain = chain->up)
        if (str_eq(chain->path, path))
            return true;
    return false;
}

static size_t chain_depth(const struct include_chain *chain)
{
    size_t n = 0;
    for (; chain; chain = chain->up)
        n++;
    return n;
}

void conf_include(struct parser *p, const struct conf_value *value)
{
    struct err err = {0};
    struct str *paths = NULL;
    size_t n = 0;
    const struct conf_loader *loader = p->loader;
    if (chain_depth(p->chain) > CONF_INCLUDE_DEPTH_MAX) {
        parse_error(p, value->at, value->n, "include goes more than %d files deep", CONF_INCLUDE_DEPTH_MAX);
        return;
    }
    if (!loader->find(loader->context, value->text, p->chain->path, &p->conf->arena, &paths, &n, &err)) {
        parse_error(p, value->at, value->n, "%s", err.text);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_being_read(p->chain, paths[i])) {
            parse_error(p, value->at, value->n, "%.*s includes itself", STR_ARG(paths[i]));
            continue;
        }
        struct include_chain chain = {paths[i], p->chain};
        struct parser inner = *p;
        inner.chain = &chain;
        parse_file(&inner, paths[i], p->source, value);
        p->tail = inner.tail;
    }
}

bool conf_load_more(struct conf *conf, const struct conf_spec *const *tables, struct str path,
                    const struct conf_loader *loader, struct diags *diags)
{
    size_t errors = diags->errors;
    struct include_chain chain = {path, NULL};
    struct parser p = {.conf = conf, .tables = tables, .loader = loader, .diags = diags, .chain = &chain};
    p.tail = tail_of(conf);
    parse_file(&p, path, NULL, NULL);
    diags_sort(diags);
    return diags->errors == errors;
}

bool conf_load(struct conf *conf, const struct conf_spec *const *tables, struct str path,
               const struct conf_loader *loader, struct diags *diags)
{
    *conf = (struct conf){0};
    arena_init(&conf->arena, ARENA_BYTES);
    return conf_load_more(conf, tables, path, loader, diags);
}

bool conf_parse(struct conf *conf, const struct conf_spec *const *tables, struct str name, struct str text,
                const struct conf_loader *loader, struct diags *diags)
{
    size_t errors = diags->errors;
    *conf = (struct conf){0};
    arena_init(&conf->arena, ARENA_BYTES);
    struct include_chain chain = {name, NULL};
    struct parser p = {.conf = conf, .tables = tables, .loader = loader, .diags = diags, .chain = &chain};
    p.tail = &conf->first;
    parse_source(&p, name, text);
    diags_sort(diags);
    return diags->errors == errors;
}

void conf_done(struct conf *conf)
{
    arena_done(&conf->arena);
    *conf = (struct conf){0};
}

const struct conf_node *conf_find(const struct conf_node *node, struct str word)
{
    while (node && !str_eq(node->spec->word, word))
        node = node->next;
    return node;
}

const struct conf_value *conf_value(const struct conf_node *node, struct str word)
{
    const struct conf_node *found = conf_find(node->first, word);
    return found && !found->is_broken && found->n_args ? &found->args[0] : NULL;
}

struct str conf_path(struct str path, struct str from, struct arena *a)
{
    size_t folder = from.n;
    while (folder > 0 && from.p[folder - 1] != '/')
        folder--;
    if (path.n && path.p[0] == '/')
        folder = 0;
    return arena_fmt(a, "%.*s%.*s", STR_ARG(str_head(from, folder)), STR_ARG(path));
}

struct diag *conf_error(struct diags *diags, const struct conf_node *node, const struct conf_value *value,
                        const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str message = arena_fmtv(&diags->arena, format, args);
    va_end(args);
    return diag_add(diags, DIAG_ERROR, node->source, value ? value->at : node->at, value ? value->n : node->n, "%.*s",
                    STR_ARG(message));
}
