// SPDX-License-Identifier: MIT
#include "daemon/control.h"

#include <assert.h>

#include "base/mem.h"
#include "daemon/control_parts.h"

enum { QUESTION_BYTES_MAX = 128 << 20 }; // an OPML file and what becomes of it

struct control *control_open(struct daemon *d)
{
    struct control *c = mem_alloc(sizeof *c);
    c->d = d;
    return c;
}

void control_close(struct control *c)
{
    mem_free(c);
}

void question_fail(struct question *q, enum control_outcome outcome, const char *next, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = arena_fmtv(&q->arena, format, args);
    va_end(args);
    q->reply.outcome = outcome;
    q->reply.next = next;
    err_set(&q->reply.err, "%.*s", STR_ARG(text));
}

struct str question_text(const struct question *q, const char *name)
{
    const json_t *value = json_object_get(q->request.args, name);
    return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value)) : (struct str){0};
}

static void tell(struct question *q)
{
    const struct api_reply *r = &q->reply;
    bool ok = r->outcome == CONTROL_OK;
    const struct control_answer answer = {
        .outcome = r->outcome,
        .json = ok && !q->text.p ? r->json : NULL,
        .text = ok || q->text.p ? q->text : str_of(r->err.text),
        .next = q->then.n ? q->then : str_of(r->next),
    };
    if (!q->control->is_closing)
        q->answer(q->context, &answer);
    json_decref(r->json);
    json_decref(q->request.args);
    arena_done(&q->arena);
    mem_free(q);
}

static void arrive(struct job *job, void *owner, struct now now)
{
    (void)owner, (void)now;
    tell((struct question *)job);
}

// Nobody waits for the answer any more, and what the question would look at may be gone.
static void give_up(struct question *q)
{
    question_fail(q, CONTROL_BUSY, NULL, "the daemon is stopping");
    tell(q);
}

static void come_home(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    if (q->at_home == arrive || !q->control->d->is_stopping) {
        q->at_home(job, owner, now);
        return;
    }
    json_decref(q->list);
    give_up(q);
}

void question_send(struct question *q, struct queue *to, void (*run)(struct job *job, void *owner, struct now now))
{
    bool is_homeward = to == q->control->d->threads.main;
    q->job.message.kind = JOB;
    q->job.message.bytes = sizeof *q;
    q->job.run = is_homeward ? come_home : run;
    if (is_homeward)
        q->at_home = run;
    queue_push(to, &q->job.message);
}

void question_home(struct question *q) { question_send(q, q->control->d->threads.main, arrive); }

static void ask_history(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    q->reply = api_history_answer(history_side(owner), &q->request, now.wall);
    if (q->list) // of RULES_LIST
        json_object_set_new(q->reply.json, "findings", q->list);
    question_home(q);
}

static void take_scopes(void *context, struct daemon *d, const struct diags *diags)
{
    struct question *q = context;
    if (d->is_stopping) {
        give_up(q);
        return;
    }
    q->list = json_array();
    for (size_t i = 0; i < diags->n; i++)
        json_array_append_new(q->list, api_json_finding(&diags->list[i]));
    question_send(q, d->threads.history, ask_history);
}

static void reloaded(void *context, bool ok, struct str text)
{
    struct question *q = context;
    struct daemon *d = q->control->d;
    if (ok) {
        q->reply.json = json_pack("{s:I, s:b}", "generation", (json_int_t)d->generation, "changed", 1);
        api_json_text(q->reply.json, "warnings", text);
    } else {
        q->reply.outcome = CONTROL_CONFIG;
        q->text = arena_str(&q->arena, text);
        q->reply.next = arena_fmt(&q->arena, "feedwatchctl check --config %s", d->config_path).p;
    }
    tell(q);
}

static void log_level_verb(struct question *q)
{
    struct log *log = q->control->d->log;
    if (q->request.verb == CONTROL_LOG_SET) {
        struct str wanted = question_text(q, "level");
        enum log_level level;
        if (log_level_of(wanted, &level))
            log_set_level(log, level);
        else
            question_fail(q, CONTROL_BAD, NULL, "expected error, warning, notice, info or debug, found \"%.*s\"",
                          STR_ARG(wanted));
    }
    if (q->reply.outcome == CONTROL_OK)
        q->reply.json = json_pack("{s:s}", "level", log_level_name(log_level(log)));
    tell(q);
}

static void begin(struct question *q)
{
    struct daemon *d = q->control->d;
    switch (q->request.verb) {
    case CONTROL_STATUS:
    case CONTROL_HEALTH:
    case CONTROL_METRICS:
        control_status(q);
        return;
    case CONTROL_FEEDS_LIST:
    case CONTROL_FEED_SHOW:
    case CONTROL_FEED_WHY:
    case CONTROL_FEED_ADD:
    case CONTROL_FEED_RM:
    case CONTROL_FEED_POLL:
    case CONTROL_FEED_PAUSE:
    case CONTROL_FEED_RESUME:
    case CONTROL_OPML_EXPORT:
    case CONTROL_OPML_IMPORT:
        control_feeds(q);
        return;
    case CONTROL_ALERT_RESEND:
    case CONTROL_DELIVERY_RETRY:
    case CONTROL_DELIVERY_DROP:
    case CONTROL_SILENCE_LIST:
    case CONTROL_SILENCE_ADD:
    case CONTROL_SILENCE_EXPIRE:
        control_writes(q);
        return;
    case CONTROL_RECEIVERS_LIST:
    case CONTROL_RECEIVER_TEST:
        control_receivers(q);
        return;
    case CONTROL_RULES_SOURCE:
    case CONTROL_ITEMS_LIST:
    case CONTROL_ITEM_SHOW:
        control_archive(q);
        return;
    case CONTROL_RELOAD:
        daemon_reload(d, reloaded, q);
        return;
    case CONTROL_LOG_LEVEL:
    case CONTROL_LOG_SET:
        log_level_verb(q);
        return;
    case CONTROL_RULES_LIST:
        daemon_look_at_scopes(d, true, take_scopes, q);
        return;
    case CONTROL_BACKUP:
        control_backup(q);
        return;
    case CONTROL_ALERTS_LIST:
    case CONTROL_ALERT_SHOW:
    case CONTROL_DELIVERIES_LIST:
    case CONTROL_SILENCE_PREVIEW:
        break;
    }
    assert(api_history_knows(q->request.verb));
    question_send(q, d->threads.history, ask_history);
}

void control_ask(struct control *control, const struct control_request *request, control_answer_fn answer,
                 void *context)
{
    struct question *q = mem_alloc(sizeof *q);
    arena_init(&q->arena, QUESTION_BYTES_MAX);
    q->control = control;
    q->request = *request;
    q->request.id = arena_str(&q->arena, request->id);
    q->request.args = json_incref(request->args);
    q->answer = answer;
    q->context = context;
    begin(q);
}
