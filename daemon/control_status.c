// SPDX-License-Identifier: MIT
//
// Status, health and metrics: each worker adds its counts in turn, the delivery loop says how its receivers are, the
// history thread counts the outbox, and main adds the rest.
#include <stdio.h>
#include <unistd.h>

#include "base/utf8.h"
#include "daemon/control_parts.h"

enum {
    REASON_BYTES = 600,               // of one, an error with its place in it
    RECEIVER_PATIENCE_MS = MINUTE_MS, // the first retries come after 5 s and a minute: one that heals by them is well
};

static void on_worker(struct job *job, void *owner, struct now now)
{
    (void)now;
    struct question *q = (struct question *)job;
    struct daemon *d = q->control->d;
    struct shard_counts c = shard_counts(worker_shard(owner));
    q->counts.feeds += c.feeds;
    q->counts.asking += c.asking;
    q->counts.gone += c.gone;
    q->counts.paused += c.paused;
    q->counts.waiting += c.waiting;
    q->counts.failing += c.failing;
    q->counts.fresh += c.fresh;
    q->counts.hosts += c.hosts;
    q->counts.bytes += c.bytes;
    q->stage++;
    if (q->stage < d->n_workers)
        question_send(q, &worker_loop(d->workers[q->stage])->inbox, on_worker);
    else
        control_receivers_read(q);
}

void control_status(struct question *q)
{
    question_send(q, &worker_loop(q->control->d->workers[0])->inbox, on_worker);
}

static uint64_t outbox_sum(const struct question *q, enum delivery_state state)
{
    uint64_t n = 0;
    for (size_t i = 0; i < q->n_outbox; i++)
        n += q->outbox[i].count[state];
    return n;
}

static uint64_t memory_bytes(void)
{
    unsigned long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f && fscanf(f, "%lu %lu", &pages, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return (uint64_t)resident * 4096;
}

static json_t *reload_json(const struct daemon *d)
{
    json_t *o = json_object();
    api_json_time(o, "at_ms", d->reload_at);
    json_object_set_new(o, "ok", json_boolean(d->is_reload_ok));
    api_json_text(o, "error", d->reload_error);
    return o;
}

static json_t *status_json(const struct question *q, wall_t now)
{
    const struct daemon *d = q->control->d;
    const struct shard_counts *c = &q->counts;
    json_t *o = json_object();
    json_object_set_new(o, "version", json_string(FEEDWATCH_VERSION));
    json_object_set_new(o, "pid", json_integer(getpid()));
    api_json_text(o, "instance", d->config->instance);
    api_json_text(o, "state", d->state);
    api_json_time(o, "started_ms", d->started);
    api_json_time(o, "now_ms", now);
    api_json_number(o, "generation", d->generation);
    json_object_set_new(o, "config", json_string(d->config_path));
    uint32_t ok = c->feeds - c->failing - c->fresh - c->gone - c->paused;
    json_object_set_new(o, "feeds", json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "total", (int)c->feeds, "ok", (int)ok,
                                              "failing", (int)c->failing, "gone", (int)c->gone, "paused",
                                              (int)c->paused, "new", (int)c->fresh));
    json_object_set_new(o, "polls", json_pack("{s:I, s:i}", "total", (json_int_t)metric_get(&d->metrics, METRIC_POLLS),
                                              "in_flight", (int)c->asking));
    api_json_number(o, "rules", ruleset_count(d->config->rules));
    json_object_set_new(o, "alerts", json_pack("{s:I}", "total",
                                               (json_int_t)metric_get(&d->metrics, METRIC_ALERTS)));
    json_object_set_new(o, "deliveries",
                        json_pack("{s:I, s:I, s:I}", "waiting", (json_int_t)outbox_sum(q, DELIVERY_WAITING), "held",
                                  (json_int_t)outbox_sum(q, DELIVERY_HELD), "dead",
                                  (json_int_t)outbox_sum(q, DELIVERY_DEAD)));
    json_object_set_new(o, "store", json_pack("{s:s}", "engine", "sqlite"));
    api_json_number(o, "threads", d->n_workers + 6);
    api_json_number(o, "memory_bytes", memory_bytes());
    if (d->reload_at.ms)
        json_object_set_new(o, "reload", reload_json(d));
    json_object_set(o, "receivers", q->list);
    return o;
}

static void add_reason(json_t *list, wall_t since, const char *next, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void add_reason(json_t *list, wall_t since, const char *next, const char *format, ...)
{
    struct buf what;
    buf_init(&what, REASON_BYTES);
    va_list args;
    va_start(args, format);
    buf_addv(&what, format, args);
    va_end(args);
    json_t *o = json_object();
    api_json_text(o, "what", utf8_head(buf_str(&what), REASON_BYTES));
    api_json_time(o, "since_ms", since);
    json_object_set_new(o, "next", json_string(next));
    json_array_append_new(list, o);
    buf_done(&what);
}

// Returns the first line that tells of an error, of what a reload had to tell.
static struct str first_error(struct str text)
{
    for (struct str rest = text; rest.n;) {
        struct str line = str_cut(&rest, '\n');
        if (str_find(line, S(": error: ")) < line.n)
            return line;
    }
    return str_trim(str_cut(&text, '\n'));
}

static void add_reload(json_t *reasons, const struct daemon *d, struct arena *a)
{
    struct str why = first_error(d->reload_error);
    const char *next = arena_fmt(a, "feedwatchctl check --config %s", d->config_path).p;
    add_reason(reasons, d->reload_at, next, "the last reload was refused, generation %llu goes on%s%.*s",
               (unsigned long long)d->generation, why.n ? ": " : "", STR_ARG(why));
}

// A receiver that does not take what it is owed, and will not by itself within a minute, or has gone with it.
static void add_receiver(json_t *reasons, const json_t *receiver, wall_t now, struct arena *a)
{
    const char *name = json_string_value(json_object_get(receiver, "name"));
    const char *error = json_string_value(json_object_get(receiver, "error"));
    struct str state = str_of(json_string_value(json_object_get(receiver, "state")));
    wall_t since = {json_integer_value(json_object_get(receiver, "failing_since_ms"))};
    wall_t off_since = {json_integer_value(json_object_get(receiver, "off_since_ms"))};
    long long waiting = json_integer_value(json_object_get(receiver, "waiting"));
    const char *colon = error ? ": " : "";
    error = error ? error : "";
    if (str_eq(state, S("off")))
        add_reason(reasons, off_since, "feedwatchctl reload --wait", "receiver %s is off%s%s", name, colon, error);
    else if (str_eq(state, S("disabled")))
        add_reason(reasons, since, arena_fmt(a, "feedwatchctl deliveries retry --receiver %s", name).p,
                   "receiver %s said that it is gone and gets nothing more%s%s", name, colon, error);
    else if (str_eq(state, S("down")) || (str_eq(state, S("failing")) && wall_diff(now, since) >= RECEIVER_PATIENCE_MS))
        add_reason(reasons, since, arena_fmt(a, "feedwatchctl receivers test %s", name).p,
                   "receiver %s is failing%s%s", name, colon, error);
    else if (str_eq(state, S("unnamed")) && waiting)
        add_reason(reasons, (wall_t){0}, arena_fmt(a, "feedwatchctl deliveries list --receiver %s", name).p,
                   "receiver %s is not in the configuration, and %lld deliver%s for it", name, waiting,
                   waiting == 1 ? "y waits" : "ies wait");
}

static json_t *health_json(struct question *q, wall_t now)
{
    const struct daemon *d = q->control->d;
    json_t *reasons = json_array(), *receiver;
    wall_t since;
    char text[ERR_TEXT_BYTES];
    if (writer_is_failing(d->writer, &since, text, sizeof text))
        add_reason(reasons, since, "df -h", "%s", text);
    if (d->reload_at.ms && !d->is_reload_ok)
        add_reload(reasons, d, &q->arena);
    size_t i;
    json_array_foreach(q->list, i, receiver)
        add_receiver(reasons, receiver, now, &q->arena);
    bool ok = json_array_size(reasons) == 0;
    // Feeds are others' machines: that some fail is no fault of this one, and yet to be known.
    json_t *feeds = json_pack("{s:i, s:i, s:i}", "total", (int)q->counts.feeds, "failing", (int)q->counts.failing,
                              "gone", (int)q->counts.gone);
    json_t *o = json_pack("{s:b, s:o, s:o}", "ok", ok, "reasons", reasons, "feeds", feeds);
    api_json_time(o, "now_ms", now);
    return o;
}

static void add_gauge(struct buf *out, const char *name, const char *help, uint64_t value)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %llu\n", name, help, name, name, (unsigned long long)value);
}

static struct str metrics_text(struct question *q)
{
    const struct daemon *d = q->control->d;
    struct buf out;
    buf_init(&out, 1 << 20);
    for (enum metric m = 0; m < METRICS; m++)
        buf_addf(&out, "# HELP %s %s\n# TYPE %s counter\n%s %llu\n", metric_name(m), metric_help(m), metric_name(m),
                 metric_name(m), (unsigned long long)metric_get(&d->metrics, m));
    add_gauge(&out, "feedwatch_feeds", "Feeds watched.", q->counts.feeds);
    add_gauge(&out, "feedwatch_feeds_failing", "Feeds whose last poll failed.", q->counts.failing + q->counts.gone);
    add_gauge(&out, "feedwatch_feeds_bytes", "Memory that feeds take.", q->counts.bytes);
    add_gauge(&out, "feedwatch_polls_in_flight", "Polls under way.", q->counts.asking);
    add_gauge(&out, "feedwatch_deliveries_pending", "Rows that wait in the outbox.", outbox_sum(q, DELIVERY_WAITING));
    add_gauge(&out, "feedwatch_deliveries_held", "Rows that wait for their digest.", outbox_sum(q, DELIVERY_HELD));
    add_gauge(&out, "feedwatch_deliveries_dead", "Dead letters.", outbox_sum(q, DELIVERY_DEAD));
    add_gauge(&out, "feedwatch_config_generation", "Generation of the configuration.", d->generation);
    add_gauge(&out, "feedwatch_config_reload_success", "Whether the last reload was taken.",
              !d->reload_at.ms || d->is_reload_ok);
    add_gauge(&out, "feedwatch_memory_bytes", "Resident memory.", memory_bytes());
    metric_add_turns(&d->metrics, &out);
    struct str text = arena_str(&q->arena, buf_str(&out));
    buf_done(&out);
    return text;
}

void control_status_finish(struct job *job, void *owner, struct now now)
{
    (void)owner;
    struct question *q = (struct question *)job;
    if (q->request.verb == CONTROL_STATUS)
        q->reply.json = status_json(q, now.wall);
    else if (q->request.verb == CONTROL_HEALTH)
        q->reply.json = health_json(q, now.wall);
    else
        q->text = metrics_text(q);
    json_decref(q->list);
    q->list = NULL;
    question_home(q);
}
