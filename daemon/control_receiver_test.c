// SPDX-License-Identifier: MIT
//
// `receivers test`: the writer renders an endpoint.test as any notice and commits nothing of it; the delivery loop
// sends it at once, outside the outbox; the receiver's answer is the answer.
#include "alerts/render.h"
#include "daemon/control_parts.h"
#include "daemon/delivery_parts.h"

enum { TEST_MS = 20 * SECOND_MS };

static void on_done(void *context, const struct http_result *result)
{
    struct question *q = context;
    bool is_ok = delivery_is_accepted(result);
    char id[ALERT_ID_BYTES];
    json_t *o = json_object();
    api_json_text(o, "name", q->request.id);
    json_object_set_new(o, "status", json_integer(result->status));
    api_json_number(o, "took_ms", result->took_ms);
    api_json_text(o, "address", result->address);
    json_object_set_new(o, "id", json_string(alert_id_text(q->test->delivery.alert, id)));
    json_object_set_new(o, "ok", json_boolean(is_ok));
    api_json_text(o, "error", is_ok ? (struct str){0} : result->text);
    q->reply.json = o;
    struct clock *clock = q->control->d->threads.clock;
    config_unref(q->test->config);
    question_home(q);
    clock_end(clock);
}

static void refuse_test(struct question *q, const struct config_receiver *c)
{
    if (c && c->kind != RECEIVER_WEBHOOK)
        question_fail(q, CONTROL_REFUSED, "feedwatchctl alerts resend --receiver NAME ID",
                      "%.*s is no webhook: only a webhook is sent a test", STR_ARG(q->request.id));
    else if (c && c->is_off)
        question_fail(q, CONTROL_REFUSED, "feedwatchctl reload --wait", "receiver %.*s is off: %.*s",
                      STR_ARG(q->request.id), STR_ARG(c->off_why));
    else
        question_fail(q, CONTROL_REFUSED, "feedwatchctl receivers list", "receiver %.*s takes nothing any more",
                      STR_ARG(q->request.id));
}

static void send_test(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    struct delivery_loop *d = owner;
    struct receiver_test *t = q->test;
    const struct config_receiver *c = config_receiver_find(d->config, q->request.id);
    if (!c || c->kind != RECEIVER_WEBHOOK || c->is_off || d->is_quiet) {
        refuse_test(q, c);
        question_home(q);
        return;
    }
    t->config = config_ref(d->config);
    delivery_headers(&q->arena, &t->delivery, t->body, c, now.wall, t->headers);
    const struct http_request request = {
        .url = c->url,
        .headers = t->headers,
        .body = t->body,
        .ca = c->ca,
        .client_certificate = c->client_certificate,
        .client_key = c->client_key,
        .proxy = c->proxy,
        .reach = c->is_public_only ? HTTP_PUBLIC : HTTP_NO_METADATA,
        .head_ms = TEST_MS,
        .total_ms = TEST_MS,
        .body_bytes_max = DELIVERY_ANSWER_BYTES_MAX,
        .cut_body = true,
        .context = q,
        .done = on_done,
    };
    clock_begin(d->threads->clock);
    http_start(d->http, &request);
}

static struct str body_in(struct str format, const struct decision *decision)
{
    for (size_t i = 0; i < decision->n_bodies; i++)
        if (str_eq(decision->bodies[i].format, format))
            return decision->bodies[i].text;
    return decision->rows[0].body;
}

static void render(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    const struct config *config = writer_config(owner);
    const struct config_receiver *c = config_receiver_find(config, q->request.id);
    if (!c) {
        struct str names[64], near;
        size_t n = 0;
        for (; n < config->n_receivers && n < 64; n++)
            names[n] = config->receivers[n].name;
        near = suggest(q->request.id, names, n);
        question_fail(q, CONTROL_NOT_FOUND, "feedwatchctl receivers list", near.n ?
                      "no receiver is called \"%.*s\"; did you mean %.*s?" : "no receiver is called \"%.*s\"%.*s",
                      STR_ARG(q->request.id), STR_ARG(near));
        question_home(q);
        return;
    }
    struct decision decision = {0};
    const struct decide_notice notice = {
        .kind = ALERT_ENDPOINT_TEST,
        .receiver = q->request.id,
        .since = now.wall,
        .what = S("a test, asked for by a person"),
    };
    struct decide_state *state = writer_decide(owner);
    uint64_t seq = state->next_seq;
    decide_notice(state, &notice, &config->refs_for_decide, now.wall, &q->arena, &decision);
    state->next_seq = seq; // it is kept nowhere, so it takes no number
    const struct render_context context = {.instance = config->instance, .version = S(FEEDWATCH_VERSION)};
    render_decision(&context, &decision, &q->arena);
    q->test = ARENA_NEW(&q->arena, struct receiver_test);
    q->test->headers = ARENA_ARRAY(&q->arena, const char *, ROW_HEADERS_MAX + 1);
    q->test->delivery.alert = decision.rows[0].id;
    q->test->delivery.format = c->format;
    q->test->body = body_in(c->format, &decision);
    question_send(q, q->control->d->threads.delivery, send_test);
}

void control_receiver_test(struct question *q) { question_send(q, q->control->d->threads.writer, render); }
