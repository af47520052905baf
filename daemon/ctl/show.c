// SPDX-License-Identifier: MIT
//
// What commands share. See show.h.
#include "daemon/ctl/show.h"

#include "daemon/ctl/client.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/say.h"

enum { PATH_BYTES_MAX = 64 << 10 };

int show_print(const struct ctl_call *call, const json_t *answer, show_fn render)
{
    if (call->is_json)
        return say_json(call, answer);
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    render(call, answer, &text);
    int code = say(&text);
    buf_done(&text);
    return code;
}

int show(const struct ctl_call *call, const char *method, struct buf path, json_t *body, show_fn render)
{
    json_t *answer = NULL;
    int code = client_ask(call, method, buf_z(&path), body, &answer);
    if (code == CTL_OK)
        code = show_print(call, answer, render);
    json_decref(answer);
    buf_done(&path);
    return code;
}

int show_each(const struct ctl_call *call, const char *method, const char *before, const char *after, json_t *body,
              show_fn render)
{
    int first = CTL_OK;
    for (size_t i = 0; i < call->n_words; i++) {
        int code = show(call, method, show_path(before, call->words[i], after), json_incref(body), render);
        if (first == CTL_OK)
            first = code;
        if (code == CTL_UNAVAILABLE)
            break; // it will not be there for the next one either
    }
    json_decref(body);
    return first;
}

struct buf show_path(const char *before, const char *id, const char *after)
{
    struct buf path;
    buf_init(&path, PATH_BYTES_MAX);
    buf_add(&path, str_of(before));
    client_escape(&path, str_of(id));
    buf_add(&path, str_of(after));
    return path;
}

void show_query(const struct ctl_call *call, struct buf *path, const char *const *options)
{
    for (; *options; options++)
        client_query(path, *options, ctl_value(call, *options));
}

json_t *show_body(const struct ctl_call *call, const char *const *options)
{
    json_t *body = json_object();
    for (; *options; options++) {
        const char *value = ctl_value(call, *options);
        if (value)
            json_object_set_new(body, *options, value[0] ? json_string(value) : json_true());
    }
    return body;
}

void show_moment(struct table *t, wall_t at, wall_t now, const char *none)
{
    struct buf text;
    buf_init(&text, 64);
    if (at.ms == 0)
        buf_add(&text, str_of(none));
    else
        say_moment(&text, at, now);
    table_cell(t, buf_str(&text));
    buf_done(&text);
}

void show_next(struct table *t, wall_t at, wall_t now)
{
    bool is_due = at.ms != 0 && at.ms <= now.ms; // and waits for its turn
    show_moment(t, is_due ? now : at, now, "-");
}

void show_count(struct table *t, const json_t *object, const char *name)
{
    table_cellf(t, "%lld", (long long)answer_number(object, name));
}

const char *show_mark(const struct ctl_call *call, struct str state)
{
    static const struct {
        const char *state;
        enum say_mark mark;
    } marks[] = {
        {"ok", SAY_GREEN},      {"done", SAY_GREEN},     {"failing", SAY_RED},   {"gone", SAY_RED},
        {"dead", SAY_RED},      {"critical", SAY_RED},    {"disabled", SAY_RED},  {"warning", SAY_YELLOW},
        {"paused", SAY_YELLOW}, {"waiting", SAY_YELLOW},  {"sent", SAY_GREEN}, {"new", SAY_DIM},
        {"off", SAY_DIM},       {"silenced", SAY_DIM},    {"baseline", SAY_DIM},  {"held", SAY_YELLOW},
        {"debug", SAY_DIM},     {"joined", SAY_DIM},     {"rebased", SAY_DIM},   {"digested", SAY_DIM},
        {"dropped", SAY_DIM},   {"down", SAY_RED},       {"unnamed", SAY_YELLOW},
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (str_eq(state, str_of(marks[i].state)))
            return say_mark(call, marks[i].mark);
    return "";
}

void show_table(const struct ctl_call *call, struct table *t, struct buf *out)
{
    table_render(t, call->columns, call->has_colour, out);
    table_done(t);
}

static void say_more(const json_t *answer, const char *list, struct buf *out)
{
    int64_t total = answer_number(answer, "total"), shown = (int64_t)json_array_size(json_object_get(answer, list));
    if (total > shown)
        buf_addf(out, "%lld of %lld %s; --limit N shows more\n", (long long)shown, (long long)total, list);
    else if (answer_flag(answer, "more"))
        buf_addf(out, "there are more %s: --limit N\n", list);
}

void show_list(const struct ctl_call *call, const json_t *answer, const struct show_list *list, struct buf *out)
{
    json_t *all = json_object_get(answer, list->name), *one;
    if (list->empty && json_array_size(all) == 0) {
        buf_add(out, str_of(list->empty));
        buf_add_char(out, '\n');
        return;
    }
    struct table t;
    table_init(&t, list->columns, list->n_columns);
    wall_t now = answer_now(answer);
    size_t i;
    json_array_foreach(all, i, one)
        list->row(call, one, now, &t);
    show_table(call, &t, out);
    say_more(answer, list->name, out);
}

void show_pairs(const json_t *list, const char *head, const char *text, struct buf *out)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) {
        buf_add(out, S("  "));
        say_text(out, answer_text(one, head));
        buf_add(out, S(": "));
        say_text(out, answer_text(one, text));
        buf_add_char(out, '\n');
    }
}
