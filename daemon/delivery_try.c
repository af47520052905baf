// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "alerts/render.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "daemon/delivery_parts.h"
#include "daemon/message_id.h"
#include "feeds/date.h"
#include "feeds/url.h"

// Retry-After of an answer, in ms from now; -1 where the line is another or says nothing readable.
static int64_t retry_after(struct str line, wall_t now)
{
    static const struct str name = STR("retry-after:");
    if (!str_starts_nocase(line, name))
        return -1;
    struct str value = str_trim(str_from(line, name.n));
    uint64_t seconds;
    wall_t at;
    if (str_to_u64(value, 1U << 30, &seconds))
        return (int64_t)seconds * SECOND_MS;
    if (date_read_http(value, &at))
        return at.ms > now.ms ? at.ms - now.ms : 0;
    return -1;
}

static void on_line(void *context, struct str line)
{
    struct row *row = context;
    int64_t ms = retry_after(line, row->tried);
    if (ms >= 0)
        row->retry_after_ms = ms;
}

static bool on_piece(void *context, const char *bytes, size_t n)
{
    struct row *row = context;
    buf_add(&row->answer, str_make(bytes, n)); // cut at its cap
    return true;
}

// What goes into the attempt's record where it was not accepted.
static struct str reason_of(const struct http_result *result, const struct row *row, struct arena *a)
{
    if (result->fault != FAULT_NONE)
        return result->text;
    if (result->status >= 300 && result->status < 400 && result->status != 304)
        return arena_fmt(a, "HTTP %u: redirects are not followed, as they lose the body; write where it leads as url",
                         result->status);
    const struct receiver *r = row->receiver;
    const struct config_receiver *c = config_receiver_find(row->config, str_make(r->name, r->n_name));
    struct buf open, clean;
    buf_init(&open, 4 * DELIVERY_REASON_BYTES);
    buf_init(&clean, DELIVERY_REASON_BYTES);
    delivery_hide(c, buf_str(&row->answer), row->answer.is_cut, &open);
    utf8_sanitise(str_trim(buf_str(&open)), &clean);
    struct str reason = arena_fmt(a, "HTTP %u%s%s", result->status, clean.n ? ": " : "", buf_z(&clean));
    buf_done(&open);
    buf_done(&clean);
    return reason;
}

bool delivery_is_accepted(const struct http_result *result) { return result->status >= 200 && result->status < 300; }

static void on_done(void *context, const struct http_result *result)
{
    struct row *row = context;
    struct delivery_loop *d = row->receiver->loop;
    struct now now = clock_now(d->threads->clock);
    row->transfer = NULL;
    struct arena a;
    arena_init(&a, 1 << 16);
    bool is_ok = delivery_is_accepted(result);
    uint16_t status = is_ok || result->fault == FAULT_NONE ? (uint16_t)result->status : 0;
    struct str reason = is_ok ? (struct str){0} : reason_of(result, row, &a);
    row_note(row, status, result->address, result->took_ms, reason, now);
    arena_done(&a);
    config_unref(row->config);
    row->config = NULL;
    delivery_go(d, now);
    clock_end(d->threads->clock);
}

static const char *content_type(struct str format)
{
    const struct render_format *f = render_format_find(format);
    return f && f->content_type.n ? f->content_type.p : "application/json";
}

void delivery_headers(struct arena *a, const struct delivery *delivery, struct str body,
                      const struct config_receiver *c, wall_t now, const char **headers)
{
    char id[ALERT_ID_BYTES];
    alert_id_text(delivery->alert, id);
    long long seconds = now.ms / SECOND_MS;
    size_t n = 0;
    headers[n++] = arena_fmt(a, "Content-Type: %s", content_type(delivery->format)).p;
    headers[n++] = arena_fmt(a, "webhook-id: %s", id).p;
    headers[n++] = arena_fmt(a, "webhook-timestamp: %lld", seconds).p;
    headers[n++] = arena_fmt(a, "webhook-attempt: %u", delivery->attempts + 1).p;
    headers[n++] = arena_fmt(a, "idempotency-key: %s", id).p;
    if (c->n_keys) {
        struct buf signature;
        buf_init(&signature, 4096);
        sign_header(c->keys, c->n_keys, str_of(id), seconds, body, &signature);
        headers[n++] = arena_fmt(a, "webhook-signature: %s", buf_z(&signature)).p;
        buf_done(&signature);
    }
    for (size_t i = 0; i < c->n_headers; i++)
        headers[n++] = c->headers[i];
    headers[n] = NULL;
}

static void try_webhook(struct row *row, struct now now)
{
    struct delivery_loop *d = row->receiver->loop;
    const struct config_receiver *c = row->receiver->config;
    delivery_headers(&row->arena, &row->delivery, row->body, c, now.wall, row->headers);
    row->config = config_ref(d->config);
    const struct http_request request = {
        .url = c->url,
        .headers = row->headers,
        .body = row->body,
        .ca = c->ca,
        .client_certificate = c->client_certificate,
        .client_key = c->client_key,
        .proxy = c->proxy,
        .reach = c->is_public_only ? HTTP_PUBLIC : HTTP_NO_METADATA,
        .connect_ms = 5 * SECOND_MS,
        .head_ms = c->timeout_ms, // who answers when all is done with it says nothing until then
        .total_ms = c->timeout_ms,
        .body_bytes_max = DELIVERY_ANSWER_BYTES_MAX,
        .cut_body = true,
        .context = row,
        .line = on_line,
        .piece = on_piece,
        .done = on_done,
    };
    clock_begin(d->threads->clock);
    row->transfer = http_start(d->http, &request);
}

// Opens the file to append to, and looks whether its last line has its end, which a crash may have cost it.
static bool open_file(struct receiver *r, struct err *err)
{
    const char *path = r->config->path;
    struct stat s;
    char last = '\n';
    r->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (r->file < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    bool has_last = fstat(r->file, &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0;
    int reader = has_last ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    r->is_cut = reader >= 0 && pread(reader, &last, 1, s.st_size - 1) == 1 && last != '\n';
    if (reader >= 0)
        close(reader);
    return true;
}

// JSON lines, appended whole; on the disk before the row is done. Behind a line that was cut one begins anew.
static bool append_line(struct receiver *r, struct str body, struct err *err)
{
    if (r->file < 0 && !open_file(r, err))
        return false;
    size_t n_before = r->is_cut;
    struct iovec v[] = {{(void *)(uintptr_t)"\n", n_before}, {(void *)(uintptr_t)body.p, body.n},
                        {(void *)(uintptr_t)"\n", 1}};
    ssize_t wrote = writev(r->file, v, 3);
    if (wrote > 0)
        r->is_cut = (size_t)wrote != n_before && (size_t)wrote != n_before + body.n + 1;
    if (wrote < 0 || (size_t)wrote != n_before + body.n + 1)
        return err_set(err, "%s: %s", r->config->path, wrote >= 0 ? "the line was cut" : strerror(errno));
    return fdatasync(r->file) == 0 || err_set(err, "%s: %s", r->config->path, strerror(errno));
}

static void try_file(struct row *row, struct now now)
{
    struct err err = {0};
    bool ok = append_line(row->receiver, row->body, &err);
    row_note(row, ok ? 200 : 0, (struct str){0}, 0, str_of(err.text), now);
}

void row_try(struct row *row, struct now now)
{
    struct receiver *r = row->receiver;
    row->state = ROW_TRYING;
    row->tried = now.wall;
    row->retry_after_ms = -1;
    buf_reset(&row->answer);
    r->n_trying++;
    metric_add(r->loop->threads->metrics, METRIC_DELIVERIES_TRIED, 1);
    if (r->config->kind == RECEIVER_FILE)
        try_file(row, now);
    else
        try_webhook(row, now);
}

// A note about the row for the writer, which has it until it is durable.
static struct writer_note *note_make(struct row *row)
{
    struct writer_note *note = mem_alloc(sizeof *note);
    arena_init(&note->arena, 1 << 16);
    note->message.kind = WRITER_NOTE;
    note->message.bytes = sizeof *note;
    note->row = row;
    row->state = ROW_NOTING;
    row->receiver->n_noting++;
    return note;
}

static void fill_step(struct writer_note *note, const struct row *row, const struct retry_decision *decision)
{
    const struct delivery *d = &row->delivery;
    note->step = (struct delivery_step){
        .alert = d->alert,
        .receiver = arena_str(&note->arena, d->receiver),
        .row = decision->verdict == RETRY_DONE ? 0 : d->row, // what is accepted is done, whoever put it back
        .attempts = d->attempts + 1,
        .due = d->due,
        .first_try = d->first_try.ms ? d->first_try : row->tried,
    };
    switch (decision->verdict) {
    case RETRY_DONE:
        note->step.state = DELIVERY_DONE;
        break;
    case RETRY_LATER:
        note->step.state = DELIVERY_WAITING;
        note->step.due = decision->due;
        break;
    case RETRY_DEAD:
    case RETRY_DISABLE:
        note->step.state = DELIVERY_DEAD;
        break;
    }
}

static void say_end(const struct row *row, const struct writer_note *note, const struct retry_decision *decision)
{
    const struct receiver *r = row->receiver;
    struct log *log = r->loop->threads->log;
    char id[ALERT_ID_BYTES];
    alert_id_text(row->delivery.alert, id);
    if (decision->verdict == RETRY_DONE)
        log_say(log, LOG_LEVEL_DEBUG, NULL, "delivered id=%s receiver=%s attempt=%u", id, r->name,
                note->attempt.number);
    else if (decision->verdict == RETRY_LATER)
        log_say(log, note->attempt.number == 1 ? LOG_LEVEL_NOTICE : LOG_LEVEL_INFO, NULL,
                "delivery waits id=%s receiver=%s attempt=%u: %.*s; next try in %lld s", id, r->name,
                note->attempt.number, STR_ARG(note->attempt.reason),
                (long long)((decision->due.ms - row->tried.ms) / SECOND_MS));
    else
        log_say(log, LOG_LEVEL_WARNING, MESSAGE_DELIVERY_DEAD,
                "dead letter id=%s receiver=%s attempts=%u: %s: %.*s; feedwatchctl deliveries retry sends it again", id,
                r->name, note->attempt.number, decision->why, STR_ARG(note->attempt.reason));
    if (decision->verdict == RETRY_DISABLE)
        log_say(log, LOG_LEVEL_WARNING, MESSAGE_RECEIVER_DISABLED,
                "receiver=%s says that it is gone (410) and gets nothing more until deliveries retry says so", r->name);
}

static void note_health(struct receiver *r, bool is_accepted, wall_t tried, struct str reason, struct now now)
{
    if (is_accepted) {
        r->last_ok = now.wall;
        r->failing_since = (wall_t){0};
        r->failures = 0;
        r->last_error[0] = '\0';
        return;
    }
    if (r->failures++ == 0)
        r->failing_since = tried;
    snprintf(r->last_error, sizeof r->last_error, "%.*s", STR_ARG(reason));
}

static bool is_up(uint16_t status) { return status >= 200 && status < 500 && status != 408 && status != 429; }

void row_note(struct row *row, uint16_t status, struct str address, uint32_t took_ms, struct str reason,
              struct now now)
{
    struct receiver *r = row->receiver;
    struct delivery_loop *d = r->loop;
    const struct retry_try what = {
        .attempt = row->delivery.attempts + 1,
        .status = status,
        .retry_after_ms = row->retry_after_ms,
        .now = now.wall,
        .queued = row->delivery.queued,
        .first_try = row->delivery.first_try.ms ? row->delivery.first_try : row->tried,
        .life_ms = r->config ? r->config->expire_ms : 0,
    };
    struct retry_decision decision = retry_decide(&what, &d->rng);
    bool has_recovered = breaker_note(&r->breaker, is_up(status), now.mono, &d->rng);
    r->n_trying--;
    struct writer_note *note = note_make(row);
    fill_step(note, row, &decision);
    note->attempt = (struct attempt){
        .alert = row->delivery.alert,
        .receiver = note->step.receiver,
        .number = what.attempt,
        .at = row->tried,
        .took_ms = took_ms,
        .status = status,
        .address = arena_str(&note->arena, address),
        .reason = arena_str(&note->arena, utf8_head(reason, DELIVERY_REASON_BYTES)),
    };
    if (decision.verdict == RETRY_DISABLE) {
        r->is_disabled = true;
        note->mark = (struct receiver_mark){note->step.receiver, true, now.wall, note->attempt.reason};
    }
    if (has_recovered)
        note->notice = arena_fmt(&note->arena, "receiver %.*s accepts again", STR_ARG(note->step.receiver)).p;
    note_health(r, decision.verdict == RETRY_DONE, row->tried, note->attempt.reason, now);
    metric_add(d->threads->metrics, METRIC_DELIVERIES_DONE, decision.verdict == RETRY_DONE);
    metric_add(d->threads->metrics, METRIC_DELIVERIES_DEAD,
               decision.verdict == RETRY_DEAD || decision.verdict == RETRY_DISABLE);
    say_end(row, note, &decision);
    queue_push(d->threads->writer, &note->message);
}

void row_expire(struct row *row, struct now now)
{
    const struct delivery *d = &row->delivery;
    struct receiver *r = row->receiver;
    struct writer_note *note = note_make(row);
    struct str receiver = arena_str(&note->arena, d->receiver);
    note->step = (struct delivery_step){.alert = d->alert, .receiver = receiver, .row = d->row, .state = DELIVERY_DEAD,
                                        .attempts = d->attempts, .due = d->due, .first_try = d->first_try};
    note->attempt = (struct attempt){
        .alert = d->alert,
        .receiver = receiver,
        .number = d->attempts + 1,
        .at = now.wall,
        .reason = arena_fmt(&note->arena, "expired: waited %lld s, given up after %lld s (expire); not sent",
                            (long long)(wall_diff(now.wall, d->queued) / SECOND_MS),
                            (long long)(r->config->expire_ms / SECOND_MS)),
    };
    metric_add(r->loop->threads->metrics, METRIC_DELIVERIES_DEAD, 1);
    char id[ALERT_ID_BYTES];
    alert_id_text(d->alert, id);
    log_say(r->loop->threads->log, LOG_LEVEL_WARNING, MESSAGE_DELIVERY_DEAD,
            "dead letter id=%s receiver=%s attempts=%u: %.*s; feedwatchctl deliveries retry sends it again", id,
            r->name, d->attempts, STR_ARG(note->attempt.reason));
    queue_push(r->loop->threads->writer, &note->message);
}
