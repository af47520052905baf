// SPDX-License-Identifier: MIT
//
// rules replay: what would these rules have found in the archive, and what would they find that others do not?
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "daemon/ctl/archive.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/replay.h"
#include "daemon/ctl/rule_files.h"
#include "daemon/ctl/rules_running.h"
#include "daemon/ctl/say.h"

enum { BAR_COLUMNS = 30, BAR_EVERY_MS = 100, SEED = 1 };

#define SINCE_DEFAULT "30d"

// What is matched: the rules at hand, and those they are compared with.
struct sets {
    struct rule_files files, older; // older: of --against
    struct rules_running running;
    struct ruleset *set, *before;   // references; before NULL: nothing to compare with
    const char *against;            // what that is, for people; NULL: nothing
};

static void sets_done(struct sets *s)
{
    ruleset_unref(s->set);
    ruleset_unref(s->before);
    rule_files_done(&s->files);
    rule_files_done(&s->older);
    rules_running_done(&s->running);
}

// Returns a set of one rule alone; NULL for NULL.
static struct ruleset *pick(const struct rule_entry *entry)
{
    if (!entry)
        return NULL;
    struct diags quiet;
    diags_init(&quiet);
    struct ruleset_builder *b = ruleset_builder_new(SEED);
    ruleset_builder_add(b, &entry->made);
    struct ruleset *set = ruleset_build(b, &quiet);
    diags_done(&quiet);
    return set;
}

// The same rule in the older files: under its name, or the name it had.
static const struct rule_entry *counterpart(const struct rule_files *older, const struct rule_entry *entry)
{
    const struct rule_entry *found = rules_find(&older->rules, entry->made.rule.name);
    return found || !entry->made.rule.was.n ? found : rules_find(&older->rules, entry->made.rule.was);
}

static struct ruleset *empty_set(void)
{
    struct diags quiet;
    diags_init(&quiet);
    struct ruleset *set = ruleset_build(ruleset_builder_new(SEED), &quiet);
    diags_done(&quiet);
    return set;
}

// Reads what to compare with: --against, else what the daemon runs.
static int older_load(struct sets *s, const struct ctl_call *call, const struct rule_files **out)
{
    const char *path = ctl_value(call, "against");
    *out = NULL;
    if (path) {
        s->against = path;
        *out = &s->older;
        return rule_files_open(&s->older, call, path);
    }
    if (!client_is_up(call))
        return CTL_OK;
    s->against = "the rules that run";
    *out = &s->running.files;
    return rules_running_load(&s->running, call);
}

static int sets_load(struct sets *s, const struct ctl_call *call)
{
    const struct rule_files *older = NULL;
    const struct rule_entry *entry = NULL;
    int code = rule_files_open(&s->files, call, ctl_value(call, "rules"));
    if (code == CTL_OK && call->n_words && !(entry = rule_files_find(&s->files, call, call->words[0])))
        return CTL_NOT_FOUND;
    if (code == CTL_OK)
        code = older_load(s, call, &older);
    if (code != CTL_OK)
        return code;
    s->set = entry ? pick(entry) : ruleset_ref(s->files.set);
    if (!older)
        return CTL_OK;
    s->before = entry ? pick(counterpart(older, entry)) : ruleset_ref(older->set);
    if (!s->before)
        s->before = empty_set(); // the rule is new
    if (rules_are_same(s->set, s->before) && rules_lists_are_same(&s->files.rules, &older->rules)) {
        ruleset_unref(s->before);
        s->before = NULL;
    }
    return CTL_OK;
}

// ---- the bar ----

struct bar {
    bool is_shown; // on a terminal
    int64_t begun_ms, told_ms;
};

static int64_t mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND_MS + t.tv_nsec / 1000000;
}

static void bar_draw(struct bar *bar, uint64_t done, uint64_t total)
{
    int64_t now = mono_ms();
    if (!bar->is_shown || now - bar->told_ms < BAR_EVERY_MS)
        return;
    bar->told_ms = now;
    uint64_t share = total ? done * 100 / total : 0, a_second = done * SECOND_MS / (uint64_t)(now - bar->begun_ms + 1);
    share = share > 100 ? 100 : share;
    fprintf(stderr, "\r[");
    for (uint64_t i = 0; i < BAR_COLUMNS; i++)
        fputc(i * 100 < share * BAR_COLUMNS ? '#' : '.', stderr);
    fprintf(stderr, "] %3llu %%  %llu items, %llu/s\033[K", (unsigned long long)share, (unsigned long long)done,
            (unsigned long long)a_second);
}

static void bar_end(const struct bar *bar)
{
    if (bar->is_shown && bar->told_ms > bar->begun_ms)
        fprintf(stderr, "\r\033[K");
}

// ---- running it ----

struct replaying {
    struct archive_pages *pages;
    struct bar bar;
    uint64_t total; // items there are, roughly: the first page says it
};

static int next_page(void *context, struct replay_hand *hand, bool *out_more)
{
    struct replaying *run = context;
    int code = archive_pages_next(run->pages, &hand->bytes, &hand->page, out_more);
    if (code == CTL_OK && *out_more && hand->page.total)
        __atomic_store_n(&run->total, hand->page.total, __ATOMIC_RELAXED);
    return code;
}

static void told(void *context, const struct replay *r)
{
    struct replaying *run = context;
    bar_draw(&run->bar, r->items, __atomic_load_n(&run->total, __ATOMIC_RELAXED));
}

static int replay_all(struct replay *r, const struct ctl_call *call)
{
    int code;
    const char *since = ctl_value(call, "since");
    struct replaying run = {.bar = {.is_shown = isatty(STDERR_FILENO) && !call->is_json, .begun_ms = mono_ms()}};
    run.bar.told_ms = run.bar.begun_ms;
    run.pages = archive_pages_open(call, since ? since : SINCE_DEFAULT, ctl_value(call, "until"), false, &code);
    if (!run.pages)
        return code;
    code = replay_run(r, &(struct replay_source){&run, next_page, told});
    bar_end(&run.bar);
    archive_pages_close(run.pages);
    return r->is_damaged ? say_error(call, code, NULL, "a page of the archive is damaged") : code;
}

static int print(const struct ctl_call *call, const struct replay *r, const char *against)
{
    if (call->is_json) {
        json_t *answer = replay_json(r, r->before ? against : NULL);
        int code = say_json(call, answer);
        json_decref(answer);
        return code;
    }
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    replay_render(call, r, against, &text);
    int code = say(&text);
    buf_done(&text);
    return code;
}

static int limit_read(const struct ctl_call *call, size_t *out)
{
    uint64_t n = REPLAY_SHOWN;
    const char *text = ctl_value(call, "limit");
    if (text && !str_to_u64(str_of(text), REPLAY_SHOWN_MAX, &n))
        return say_error(call, CTL_USAGE, NULL, "limit: expected 0 to %d, found \"%s\"", REPLAY_SHOWN_MAX, text);
    *out = (size_t)n;
    return CTL_OK;
}

int ctl_rules_replay(const struct ctl_call *call)
{
    struct sets sets = {0};
    size_t limit = 0;
    int code = limit_read(call, &limit);
    if (code == CTL_OK)
        code = sets_load(&sets, call);
    if (code == CTL_OK) {
        struct replay r;
        replay_init(&r, sets.set, sets.before, limit);
        code = replay_all(&r, call);
        if (code == CTL_OK)
            code = print(call, &r, sets.against);
        replay_done(&r);
    }
    sets_done(&sets);
    return code;
}
