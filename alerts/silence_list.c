// SPDX-License-Identifier: MIT
//
// The silences that decide asks. A thousand at most, asked only for alerts, so a plain array serves. See silence.h.
#include <assert.h>

#include "alerts/silence.h"
#include "base/mem.h"

struct owned {
    struct silence silence; // its texts are views into `texts`
    struct silence_matcher matcher;
    char *texts;
    bool is_changed;
};

struct silence_list {
    struct owned *list;
    size_t n;
};

struct silence_list *silence_list_open(void)
{
    struct silence_list *l = mem_alloc(sizeof *l);
    l->list = mem_alloc_array(SILENCES_MAX, sizeof *l->list);
    return l;
}

void silence_list_close(struct silence_list *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->n; i++)
        mem_free(l->list[i].texts);
    mem_free(l->list);
    mem_free(l);
}

static struct owned *find(struct silence_list *l, uint64_t id)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->list[i].silence.id == id)
            return &l->list[i];
    }
    return NULL;
}

bool silence_list_put(struct silence_list *l, const struct silence *silence, struct err *err)
{
    struct owned *at = find(l, silence->id);
    if (!at && l->n == SILENCES_MAX)
        return err_set(err, "there are %d silences already: expire some (feedwatchctl silence expire)", SILENCES_MAX);
    if (silence->comment.n > SILENCE_TEXT_BYTES)
        return err_set(err, "a comment has at most %d bytes", SILENCE_TEXT_BYTES);
    struct owned next = {.silence = *silence, .is_changed = true};
    next.texts = mem_alloc(silence->matcher.n + silence->comment.n);
    memcpy(next.texts, silence->matcher.n ? silence->matcher.p : "", silence->matcher.n);
    memcpy(next.texts + silence->matcher.n, silence->comment.n ? silence->comment.p : "", silence->comment.n);
    next.silence.matcher = str_make(next.texts, silence->matcher.n);
    next.silence.comment = str_make(next.texts + silence->matcher.n, silence->comment.n);
    if (!silence_parse(next.silence.matcher, &next.matcher, err)) {
        mem_free(next.texts);
        return false;
    }
    if (at)
        mem_free(at->texts);
    else
        at = &l->list[l->n++];
    *at = next;
    return true;
}

const struct silence *silence_list_hides(struct silence_list *l, const struct alert *alert, wall_t now)
{
    struct owned *longest = NULL;
    for (size_t i = 0; i < l->n; i++) {
        struct owned *o = &l->list[i];
        if (wall_diff(o->silence.until, now) <= 0 || wall_diff(now, o->silence.created) < 0)
            continue;
        if (longest && o->silence.until.ms <= longest->silence.until.ms)
            continue;
        if (silence_meets(&o->matcher, alert))
            longest = o;
    }
    if (!longest)
        return NULL;
    longest->silence.hidden++;
    longest->is_changed = true;
    return &longest->silence;
}

uint32_t silence_list_hidden_before(struct silence_list *l, const struct alert *alert, wall_t now)
{
    uint32_t hidden = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct owned *o = &l->list[i];
        if (wall_diff(o->silence.until, now) > 0 || o->silence.hidden == o->silence.told
            || !silence_meets(&o->matcher, alert))
            continue;
        hidden += o->silence.hidden - o->silence.told;
        o->silence.told = o->silence.hidden;
        o->is_changed = true;
    }
    return hidden;
}

size_t silence_list_changes(struct silence_list *l, struct arena *arena, struct silence **out)
{
    struct silence *list = NULL;
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct owned *o = &l->list[i];
        if (!o->is_changed)
            continue;
        o->is_changed = false;
        struct silence copy = o->silence;
        copy.matcher = arena_str(arena, copy.matcher);
        copy.comment = arena_str(arena, copy.comment);
        ARENA_PUSH(arena, list, n, copy);
    }
    *out = list;
    return n;
}

const struct silence *silence_list_at(const struct silence_list *l, size_t i)
{
    return i < l->n ? &l->list[i].silence : NULL;
}

size_t silence_list_prune(struct silence_list *l, wall_t now, struct arena *arena, uint64_t **out_ids)
{
    uint64_t *ids = NULL;
    size_t kept = 0, n = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct owned *o = &l->list[i];
        int64_t over_ms = wall_diff(now, o->silence.until);
        bool is_told = o->silence.hidden == o->silence.told || over_ms > (int64_t)SILENCE_REPORT_DAYS * DAY_MS;
        if (over_ms > 0 && is_told && !o->is_changed) {
            ARENA_PUSH(arena, ids, n, o->silence.id);
            mem_free(o->texts);
        } else {
            l->list[kept++] = *o;
        }
    }
    l->n = kept;
    *out_ids = ids;
    return n;
}
