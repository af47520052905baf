// SPDX-License-Identifier: MIT
//
// One request: find what is known of its id, check it, choose a fault, note it, journal it, answer. The books are kept
// as the receiver's owner would keep them: an alert counts as accepted when the journal holds it, whether or not the
// answer reached the sender.
#include "tests/tools/receiver.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/tools/signature.h"

enum { ARENA_BYTES_MAX = 1 << 30, JOURNAL_LINE_BYTES_MAX = 1 << 16, HUGE_PIECES = 1024 };

static const char *const FAULT_NAMES[] = {"status", "reset", "no-answer", "lost-ack",
                                          "slow", "redirect", "garbage", "huge", "cut", "stall"};

static wall_t wall_now(const struct receiver *r)
{
    if (r->daemon_clock)
        return *r->daemon_clock;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (wall_t){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
}

// ---- what is known ------------------------------------------------------------------------------------------------

static struct receiver_alert *alert_of(const struct receiver *r, struct str id)
{
    struct receiver_alert *a = NULL;
    HASH_FIND(hh, r->by_id, id.p ? id.p : "", id.n, a);
    return a;
}

const struct receiver_alert *receiver_find(const struct receiver *r, const char *key)
{
    for (size_t i = 0; i < r->n_alerts; i++)
        if (str_eq(r->alerts[i]->key, str_of(key)))
            return r->alerts[i];
    return NULL;
}

static const char *text_at(const json_t *object, const char *outer, const char *inner)
{
    const char *text = json_string_value(json_object_get(json_object_get(object, outer), inner));
    return text ? text : "";
}

// Reads type and key out of the body. False: it is not the JSON of schema 1.
static bool body_read(struct receiver *r, struct str body, struct receiver_alert *a)
{
    json_t *document = json_loadb(body.p, body.n, 0, NULL);
    const char *type = json_string_value(json_object_get(document, "type"));
    const json_t *data = json_object_get(document, "data");
    if (type) {
        const char *rule = text_at(data, "rule", "name"), *guid = text_at(data, "article", "guid");
        const char *feed = text_at(data, "feed", "url"), *url = text_at(data, "article", "url");
        a->type = arena_str(&r->arena, str_of(type));
        if (*rule && (*guid || *url))
            a->key = arena_fmt(&r->arena, "%s %s", rule, *guid ? guid : url);
        else
            a->key = arena_fmt(&r->arena, "%s %s", type, feed);
    }
    json_decref(document);
    return type != NULL;
}

static struct receiver_alert *alert_new(struct receiver *r, struct str id, struct str path)
{
    struct receiver_alert *a = ARENA_NEW(&r->arena, struct receiver_alert);
    a->id = arena_str(&r->arena, id);
    a->path = arena_str(&r->arena, path);
    a->daemon_at = wall_now(r);
    ARENA_PUSH(&r->arena, r->alerts, r->n_alerts, a);
    HASH_ADD_KEYPTR(hh, r->by_id, a->id.p, a->id.n, a);
    return a;
}

// ---- judging a request --------------------------------------------------------------------------------------------

static const struct receiver_plan *plan_pick(struct receiver *r, struct str path, unsigned attempt)
{
    for (size_t i = 0; i < r->n_plans; i++) {
        const struct receiver_plan *p = &r->plans[i];
        if ((p->times && r->plan_hits[i] >= p->times) || (p->attempts && attempt > p->attempts))
            continue;
        if ((p->path && !str_eq(path, str_of(p->path))) || (p->chance > 0 && rng_unit(&r->rng) >= p->chance))
            continue;
        r->plan_hits[i]++;
        return p;
    }
    return NULL;
}

static bool plan_accepts(const struct receiver_plan *p)
{
    switch (p->fault) {
    case RECEIVER_STATUS:
        return p->status >= 200 && p->status < 300;
    case RECEIVER_LOST_ACK:
    case RECEIVER_SLOW:
    case RECEIVER_HUGE:
    case RECEIVER_CUT:
    case RECEIVER_STALL:
        return true;
    case RECEIVER_RESET:
    case RECEIVER_NO_ANSWER:
    case RECEIVER_REDIRECT:
    case RECEIVER_GARBAGE:
        return false;
    }
    return false;
}

// Holds the attempt against what came under its id before.
static void compare(struct receiver *r, const struct receiver_alert *a, const struct wire_request *request)
{
    struct receiver_report *c = &r->counts;
    c->followed_redirects += str_eq(request->target, S("/followed"));
    c->after_gone += r->is_gone;
    if (a->attempts == 0)
        return;
    c->changed_body += a->body.p && !str_eq(a->body, request->body);
    c->changed_path += !str_eq(a->path, request->target);
    c->early_retries += wall_now(r).ms < a->not_before.ms;
    if (a->acks > 0 && a->is_unsure)
        c->doubled_unsure++;
    else if (a->is_answered)
        c->doubled++;
}

static void note_retry_after(struct receiver *r, const struct receiver_plan *p, struct receiver_alert *a)
{
    uint64_t seconds;
    if (p->retry_after && str_to_u64(str_of(p->retry_after), 86400, &seconds))
        a->not_before = wall_add(wall_now(r), (int64_t)seconds * SECOND_MS);
}

// ---- the journal --------------------------------------------------------------------------------------------------

static void journal(const struct receiver *r, const struct receiver_alert *a, bool is_acked, const char *answer)
{
    if (r->journal_fd < 0)
        return;
    json_t *line = json_pack("{s:I, s:s%, s:s%, s:s%, s:i, s:b, s:s}", "at", (json_int_t)wall_now(r).ms, "id",
                             a->id.p, a->id.n, "path", a->path.p, a->path.n, "key", a->key.p ? a->key.p : "", a->key.n,
                             "attempt", (int)a->attempts, "ack", is_acked, "answer", answer);
    char *text = json_dumps(line, JSON_COMPACT);
    assert(text);
    struct buf out;
    buf_init(&out, JOURNAL_LINE_BYTES_MAX);
    buf_addf(&out, "%s\n", text);
    if (write(r->journal_fd, out.p, out.n) != (ssize_t)out.n || fdatasync(r->journal_fd) != 0) {
        perror("receiver: journal");
        exit(1);
    }
    buf_done(&out);
    free(text);
    json_decref(line);
}

bool receiver_journal(struct receiver *r, const char *path, struct err *err)
{
    r->journal_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return r->journal_fd >= 0 || err_set(err, "cannot open the journal %s: %s", path, strerror(errno));
}

static void recall_line(struct receiver *r, const char *text)
{
    json_t *line = json_loads(text, 0, NULL); // NULL for a torn last line: everything below then reads as empty
    const char *id = json_string_value(json_object_get(line, "id"));
    const char *path = json_string_value(json_object_get(line, "path"));
    const char *key = json_string_value(json_object_get(line, "key"));
    if (id && path && key) {
        struct receiver_alert *a = alert_of(r, str_of(id));
        if (!a)
            a = alert_new(r, str_of(id), str_of(path));
        a->key = arena_str(&r->arena, str_of(key));
        a->attempts++;
        if (json_is_true(json_object_get(line, "ack"))) {
            a->acks++;
            a->is_unsure = true; // it may have been killed between journal and answer
        }
    }
    json_decref(line);
}

bool receiver_recall(struct receiver *r, const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return err_set(err, "cannot read the journal %s: %s", path, strerror(errno));
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0)
        recall_line(r, line);
    free(line);
    fclose(file);
    return true;
}

// ---- answering ----------------------------------------------------------------------------------------------------

static void answer_status(struct wire_conn *conn, int status, const char *retry_after, const char *text)
{
    struct buf out;
    buf_init(&out, 4096);
    buf_addf(&out, "HTTP/1.1 %d %s\r\n", status, status < 300 ? "OK" : "Not Now");
    if (retry_after)
        buf_addf(&out, "Retry-After: %s\r\n", retry_after);
    if (status != 204)
        buf_addf(&out, "Content-Type: text/plain\r\nContent-Length: %zu\r\n", strlen(text));
    buf_addf(&out, "\r\n%s", status != 204 ? text : "");
    wire_bytes(conn, buf_str(&out));
    buf_done(&out);
    wire_next(conn);
}

static void answer_fault(struct wire_conn *conn, const struct receiver_plan *p)
{
    switch (p->fault) {
    case RECEIVER_STATUS:
        answer_status(conn, p->status, p->retry_after, "told to say so\n");
        break;
    case RECEIVER_RESET:
    case RECEIVER_LOST_ACK:
        wire_reset(conn);
        break;
    case RECEIVER_NO_ANSWER:
        wire_hang(conn);
        break;
    case RECEIVER_SLOW:
        wire_pause(conn, p->ms);
        answer_status(conn, 200, NULL, "slow\n");
        break;
    case RECEIVER_REDIRECT:
        wire_bytes(conn, S("HTTP/1.1 307 Elsewhere\r\nLocation: /followed\r\nContent-Length: 0\r\n\r\n"));
        wire_next(conn);
        break;
    case RECEIVER_GARBAGE:
        wire_bytes(conn, str_make("\0\377\376NOT HTTP AT ALL\n\n\n", 22));
        wire_close(conn);
        break;
    case RECEIVER_HUGE: {
        static const char page[65536];
        wire_bytes(conn, S("HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n"));
        wire_repeat(conn, str_make(page, sizeof page), HUGE_PIECES);
        wire_next(conn);
        break;
    }
    case RECEIVER_CUT:
    case RECEIVER_STALL:
        wire_bytes(conn, S("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok"));
        if (p->fault == RECEIVER_CUT)
            wire_close(conn);
        else
            wire_hang(conn);
        break;
    }
}

static void describe_answer(const struct receiver_plan *p, const char *fault, char out[48])
{
    if (fault)
        snprintf(out, 48, "401 bad signature");
    else if (p && p->fault == RECEIVER_STATUS)
        snprintf(out, 48, "%d", p->status);
    else
        snprintf(out, 48, "%s", p ? FAULT_NAMES[p->fault] : "204");
}

static void on_request(void *context, struct wire_conn *conn, const struct wire_request *request)
{
    struct receiver *r = context;
    struct str id = wire_header(request, "webhook-id");
    struct receiver_alert *a = alert_of(r, id);
    if (!a)
        a = alert_new(r, id, request->target);
    r->counts.requests++;
    compare(r, a, request);
    a->attempts++;
    a->at_ms = (int64_t)(uv_hrtime() / 1000000);
    if (!a->body.p) {
        a->body = arena_str(&r->arena, request->body);
        r->counts.bad_json += !body_read(r, request->body, a);
    }
    const char *fault = r->n_secrets ? signature_fault(request, r->secrets, r->n_secrets, wall_now(r)) : NULL;
    r->counts.bad_signatures += fault != NULL;
    const struct receiver_plan *plan = fault ? NULL : plan_pick(r, request->target, a->attempts);
    bool is_acked = !fault && (!plan || plan_accepts(plan));
    a->is_answered = is_acked && !plan;
    if (is_acked) {
        a->acks++;
        a->is_unsure |= plan != NULL;
    }
    if (plan) {
        note_retry_after(r, plan, a);
        r->is_gone |= plan->fault == RECEIVER_STATUS && plan->status == 410;
    }
    char answer[48];
    describe_answer(plan, fault, answer);
    journal(r, a, is_acked, answer);
    if (r->on_alert)
        r->on_alert(r->context, a, answer);
    if (fault)
        answer_status(conn, 401, NULL, fault);
    else if (plan)
        answer_fault(conn, plan);
    else
        answer_status(conn, 204, NULL, "");
}

// ---- setting it up ------------------------------------------------------------------------------------------------

void receiver_add_secret(struct receiver *r, const char *secret)
{
    assert(r->n_secrets < RECEIVER_SECRETS_MAX);
    r->secrets[r->n_secrets] = signature_secret(secret, &r->arena);
    if (r->secrets[r->n_secrets++].n == 0) {
        fprintf(stderr, "receiver: a secret is whsec_ and the base64 of 24 to 64 bytes\n");
        exit(1);
    }
}

void receiver_init(struct receiver *r, uv_loop_t *loop, const char *address, int port, const char *secret,
                   uint64_t seed)
{
    struct err err;
    *r = (struct receiver){.journal_fd = -1};
    arena_init(&r->arena, ARENA_BYTES_MAX);
    rng_init(&r->rng, seed);
    wire_init(&r->wire, loop);
    r->wire.port = port;
    r->wire.context = r;
    r->wire.on_request = on_request;
    r->address = arena_dupz(&r->arena, str_of(address));
    if (secret)
        receiver_add_secret(r, secret);
    if (!wire_bind(&r->wire, address, &err)) {
        fprintf(stderr, "receiver: %s\n", err.text);
        exit(1);
    }
}

void receiver_done(struct receiver *r)
{
    wire_done(&r->wire);
    HASH_CLEAR(hh, r->by_id);
    if (r->journal_fd > 0)
        close(r->journal_fd);
    arena_done(&r->arena);
    *r = (struct receiver){.journal_fd = -1};
}

void receiver_plan(struct receiver *r, struct receiver_plan plan)
{
    assert(r->n_plans < RECEIVER_PLANS_MAX);
    r->plan_hits[r->n_plans] = 0;
    r->plans[r->n_plans++] = plan;
}

void receiver_be_well(struct receiver *r)
{
    r->n_plans = 0;
    r->is_gone = false;
}

void receiver_expect(struct receiver *r, const char *key)
{
    struct str copy = arena_str(&r->arena, str_of(key));
    ARENA_PUSH(&r->arena, r->expected, r->n_expected, copy);
}

const char *receiver_url(struct receiver *r, const char *path)
{
    return arena_fmt(&r->arena, "http://%s:%d%s", r->address, r->wire.port, path).p;
}
