// SPDX-License-Identifier: MIT
//
// The receivers, for `receivers list`, status and health: what the delivery loop knows of them, then what the history
// thread counts in the outbox.
#include "daemon/control_parts.h"
#include "feeds/url.h"

static void add_counts(json_t *receiver, const struct outbox_count *c)
{
    api_json_number(receiver, "waiting", c->count[DELIVERY_WAITING]);
    api_json_number(receiver, "held", c->count[DELIVERY_HELD]);
    api_json_number(receiver, "dead", c->count[DELIVERY_DEAD]);
}

static bool is_owed(const struct outbox_count *c)
{
    return c->count[DELIVERY_WAITING] || c->count[DELIVERY_HELD] || c->count[DELIVERY_DEAD];
}

// Gives each receiver its counts. One that only the outbox knows was named before this life of the daemon.
static void add_outbox(struct question *q)
{
    for (size_t k = 0; k < q->n_outbox; k++) {
        const struct outbox_count *c = &q->outbox[k];
        size_t i;
        json_t *o;
        bool is_listed = false;
        json_array_foreach(q->list, i, o) {
            if (!str_eq(c->receiver, str_of(json_string_value(json_object_get(o, "name")))))
                continue;
            add_counts(o, c);
            is_listed = true;
        }
        if (is_listed || !is_owed(c))
            continue;
        o = json_object();
        api_json_text(o, "name", c->receiver);
        json_object_set_new(o, "state", json_string("unnamed"));
        add_counts(o, c);
        json_array_append_new(q->list, o);
    }
}

static void on_history(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    struct err err = {0};
    if (!store_outbox_counts(history_side(owner), &q->arena, &q->outbox, &q->n_outbox, &err))
        q->reply.err = err; // shown as not known
    add_outbox(q);
    if (q->request.verb != CONTROL_RECEIVERS_LIST) {
        question_send(q, q->control->d->threads.main, control_status_finish);
        return;
    }
    q->reply.json = json_pack("{s:o}", "receivers", q->list);
    api_json_time(q->reply.json, "now_ms", now.wall);
    question_home(q);
}

static const char *state_of(const struct receiver_view *v)
{
    if (!v->config)
        return "unnamed";
    if (v->config->is_off)
        return "off";
    if (v->is_disabled)
        return "disabled";
    if (v->is_open)
        return "down";
    return v->failing_since.ms ? "failing" : "ok";
}

static json_t *receiver_json(struct question *q, const struct receiver_view *v)
{
    json_t *o = json_object();
    api_json_text(o, "name", v->name);
    const struct config_receiver *c = v->config;
    json_object_set_new(o, "kind", json_string(c && c->kind == RECEIVER_FILE ? "file" : "webhook"));
    json_object_set_new(o, "state", json_string(state_of(v)));
    if (c && c->kind == RECEIVER_WEBHOOK)
        api_json_text(o, "target", q->request.is_open ? config_target(&q->arena, c->url)
                                                      : url_redacted(&q->arena, str_of(c->url)));
    else if (c)
        api_json_text(o, "target", str_of(c->path));
    api_json_time(o, "last_ok_ms", v->last_ok);
    api_json_time(o, "failing_since_ms", v->failing_since);
    api_json_time(o, "off_since_ms", v->off_since);
    if (v->failures)
        api_json_number(o, "failures", v->failures);
    api_json_text(o, "error", c && c->is_off ? c->off_why : v->last_error);
    return o;
}

static void on_delivery(struct job *job, void *owner, struct now now)
{
    (void)now;
    struct question *q = (struct question *)job;
    struct receiver_view v;
    q->list = json_array();
    for (size_t i = 0; delivery_receiver_at(owner, i, &v); i++)
        json_array_append_new(q->list, receiver_json(q, &v));
    question_send(q, q->control->d->threads.history, on_history);
}

void control_receivers_read(struct question *q) { question_send(q, q->control->d->threads.delivery, on_delivery); }

void control_receivers(struct question *q)
{
    if (q->request.verb == CONTROL_RECEIVERS_LIST)
        control_receivers_read(q);
    else
        control_receiver_test(q);
}
