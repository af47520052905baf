// SPDX-License-Identifier: MIT
#include "daemon/scopes.h"

#include "base/mem.h"
#include "base/table.h"
#include "base/utf8.h"

enum {
    KNOWN_MAX = 300,    // tags or names that are remembered, to say which one was meant
    SHOWN_MAX = 10,     // of them, in a help line
    SHOWN_BYTES = 60,   // of each: a title may be a sentence
    ARENA_BYTES = 64 << 20,
};

struct word {
    struct str text;
    bool is_found; // a feed has it
    UT_hash_handle hh;
};

// Tags, or names.
struct kind {
    struct word *wanted; // by rules
    size_t n_open;       // of those, not found
    struct word *known;  // of feeds
    size_t n_known;      // all that were met, remembered or not
};

struct scopes {
    struct config *config;
    struct arena arena;
    struct kind tags, names;
    size_t n_nameless; // feeds whose name is not known yet
    bool has_looked;   // at shards
};

static void want(struct scopes *s, struct kind *kind, struct str text)
{
    struct word *word;
    HASH_FIND(hh, kind->wanted, text.p, text.n, word);
    if (word)
        return;
    word = ARENA_NEW(&s->arena, struct word);
    word->text = text;
    HASH_ADD_KEYPTR(hh, kind->wanted, word->text.p, word->text.n, word);
    kind->n_open++;
}

// A feed has it.
static void meet(struct scopes *s, struct kind *kind, struct str text)
{
    struct word *word;
    if (!kind->wanted)
        return;
    HASH_FIND(hh, kind->wanted, text.p, text.n, word);
    if (word && !word->is_found) {
        word->is_found = true;
        kind->n_open--;
    }
    HASH_FIND(hh, kind->known, text.p, text.n, word);
    if (word)
        return;
    kind->n_known++;
    if (HASH_COUNT(kind->known) >= KNOWN_MAX)
        return;
    word = ARENA_NEW(&s->arena, struct word);
    word->text = arena_str(&s->arena, text);
    HASH_ADD_KEYPTR(hh, kind->known, word->text.p, word->text.n, word);
}

static void meet_options(struct scopes *s, const struct feed_options *o)
{
    for (size_t i = 0; i < o->n_tags; i++)
        meet(s, &s->tags, o->tags[i]);
    if (o->name.n)
        meet(s, &s->names, o->name);
}

struct scopes *scopes_open(struct config *config)
{
    struct scopes *s = mem_alloc(sizeof *s);
    s->config = config_ref(config);
    arena_init(&s->arena, ARENA_BYTES);
    for (size_t i = 0; i < config->rule_files.n_entries; i++) {
        const struct rule *rule = &config->rule_files.entries[i].made.rule;
        for (size_t k = 0; k < rule->n_scope; k++)
            want(s, rule->scope[k].is_tag ? &s->tags : &s->names, rule->scope[k].value);
    }
    for (size_t i = 0; scopes_are_open(s) && i < config->n_feeds; i++) {
        meet_options(s, &config->feeds[i].options);
        s->n_nameless += config->feeds[i].options.name.n == 0;
    }
    return s;
}

void scopes_close(struct scopes *s)
{
    HASH_CLEAR(hh, s->tags.wanted);
    HASH_CLEAR(hh, s->tags.known);
    HASH_CLEAR(hh, s->names.wanted);
    HASH_CLEAR(hh, s->names.known);
    arena_done(&s->arena);
    config_unref(s->config);
    mem_free(s);
}

void scopes_note(struct config *config, struct diags *ds)
{
    if (!config->is_usable)
        return;
    struct scopes *s = scopes_open(config);
    scopes_tell(s, false, ds);
    scopes_close(s);
}

bool scopes_are_open(const struct scopes *s) { return s->tags.n_open || s->names.n_open; }

void scopes_look(struct scopes *s, const struct shard *shard)
{
    struct arena a;
    struct feed feed;
    if (!s->has_looked)
        s->n_nameless = 0; // they are in the shards too, and may have told theirs
    s->has_looked = true;
    arena_init(&a, 1 << 20);
    for (uint32_t i = 0; scopes_are_open(s) && shard_read_at(shard, &i, &a, &feed); arena_reset(&a)) {
        if (feed.options)
            meet_options(s, feed.options);
        if (feed.options && feed.options->name.n)
            continue;
        if (feed.title.n)
            meet(s, &s->names, feed.title);
        s->n_nameless += feed.title.n == 0;
    }
    arena_done(&a);
}

// Adds to a help line which one was meant, or which there are.
static void name_others(const struct kind *kind, const char *what, struct str text, struct buf *help)
{
    struct str names[KNOWN_MAX] = {0};
    size_t n = 0;
    for (const struct word *w = kind->known; w && n < KNOWN_MAX; w = w->hh.next)
        names[n++] = utf8_head(w->text, SHOWN_BYTES);
    struct str near = suggest(text, names, n);
    if (near.n) {
        buf_addf(help, "did you mean %.*s?", STR_ARG(near));
        return;
    }
    if (n == 0) {
        buf_addf(help, "no feed has a %s", what);
        return;
    }
    buf_addf(help, "the %ss are ", what);
    for (size_t i = 0; i < n && i < SHOWN_MAX; i++)
        buf_addf(help, "%s%.*s", i ? ", " : "", STR_ARG(names[i]));
    if (kind->n_known > SHOWN_MAX)
        buf_add(help, S(", ..."));
}

enum fit { FITS, FITS_NONE, UNDECIDED };

static enum fit fit_of(const struct scopes *s, const struct rule_scope *scope)
{
    struct word *word;
    HASH_FIND(hh, (scope->is_tag ? &s->tags : &s->names)->wanted, scope->value.p, scope->value.n, word);
    if (word->is_found)
        return FITS;
    return !scope->is_tag && s->has_looked && s->n_nameless ? UNDECIDED : FITS_NONE;
}

static void tell_one(const struct scopes *s, const struct conf_node *node, size_t i, const struct rule_scope *scope,
                     const char *outcome, struct diags *ds)
{
    const char *what = scope->is_tag ? "tag" : "name";
    bool is_sure = s->has_looked && fit_of(s, scope) == FITS_NONE;
    struct diag *d = diag_add(ds, is_sure ? DIAG_WARNING : DIAG_NOTE, node->source, node->args[i].at, node->args[i].n,
                              "no feed%s has the %s %.*s%s", s->has_looked ? "" : " of the configuration", what,
                              STR_ARG(scope->value), outcome);
    struct buf help;
    buf_init(&help, 4096);
    name_others(scope->is_tag ? &s->tags : &s->names, what, scope->value, &help);
    if (!scope->is_tag && s->n_nameless)
        buf_addf(&help, "; %zu feed%s may still tell a name", s->n_nameless, s->n_nameless == 1 ? "" : "s");
    if (!s->has_looked)
        buf_add(&help, S("; feeds that were added by hand may have it: feedwatchctl rules list asks the daemon"));
    diag_help(ds, d, "%.*s", STR_ARG(buf_str(&help)));
    buf_done(&help);
}

void scopes_tell(const struct scopes *s, bool with_undecided, struct diags *ds)
{
    for (size_t i = 0; scopes_are_open(s) && i < s->config->rule_files.n_entries; i++) {
        const struct rule_entry *entry = &s->config->rule_files.entries[i];
        const struct rule *rule = &entry->made.rule;
        size_t n_none = 0;
        for (size_t k = 0; k < rule->n_scope; k++)
            n_none += fit_of(s, &rule->scope[k]) == FITS_NONE;
        const char *outcome = s->has_looked && n_none == rule->n_scope ? ": the rule finds nothing" : "";
        for (size_t k = 0; k < rule->n_scope; k++) {
            enum fit fit = fit_of(s, &rule->scope[k]);
            if (fit == FITS_NONE || (fit == UNDECIDED && with_undecided))
                tell_one(s, conf_find(entry->node->first, S("feeds")), k, &rule->scope[k], outcome, ds);
        }
    }
}
