// SPDX-License-Identifier: MIT
//
// The queue of events and the life of the machine in it: it starts, is stopped, crashes at any event, or with the disk,
// and its clock may jump. At the end everything becomes well, and what is still owed must come.
#include "tests/sim/sim.h"

#include <assert.h>
#include <stdarg.h>

#include "base/hash.h"
#include "base/mem.h"
#include "tests/sim/machine.h"

enum {
    DRAIN_DAYS = 4,             // what is owed at the end must come in that time: the retries' schedule
    TRACE_BYTES_MAX = 256,
    BREAK_MS_MEAN = 5 * HOUR_MS, // between two of: crash, stop, disk trouble, a clock's step
};

enum break_kind { BREAK_CRASH, BREAK_STOP, BREAK_DISK_FULL, BREAK_DISK_CRASH_BEFORE, BREAK_DISK_CRASH_AFTER, BREAK_CLOCK,
                  BREAKS };

struct event {
    int64_t at_ms;
    uint64_t order; // of events of one moment: as they were made
    uint64_t life;  // of the machine that asked
    enum machine_event event;
    void *about;
};

struct sim {
    struct sim_options options;
    struct sim_result *result;
    struct world *world;
    struct memory_disk *disk;
    struct machine *machine;
    struct machine_host host;
    struct rng rng;
    struct event *heap;
    size_t n, room;
    uint64_t order, life;
    int64_t ms;          // true time
    int64_t wall_off_ms; // wall time = start + ms + this
    int64_t next_break_ms, next_watch_ms;
    bool is_well; // no faults of ours any more
};

static const int64_t start_wall_ms = 1795438800000; // 23 November 2026, 13:00 UTC

uint64_t sim_breaches(const struct sim_result *r)
{
    uint64_t n = 0;
    for (int i = 0; i < SIM_BREACHES; i++)
        n += r->breaches[i];
    return n;
}

const char *sim_breach_name(enum sim_breach breach)
{
    static const char *const names[SIM_BREACHES] = {"early poll", "crowded host", "lost alert", "doubled id",
                                                    "unexpected alert", "starved feed"};
    return names[breach];
}

// ---- time ---------------------------------------------------------------------------------------------------------

static struct now host_now(void *context)
{
    const struct sim *s = context;
    return (struct now){{start_wall_ms + s->ms + s->wall_off_ms}, {s->ms + HOUR_MS}};
}

static int64_t host_true_ms(void *context) { return ((const struct sim *)context)->ms; }

static struct moment moment_now(struct sim *s) { return (struct moment){s->ms, host_now(s).wall}; }

static void host_trace(void *context, const char *format, ...)
{
    struct sim *s = context;
    char line[TRACE_BYTES_MAX];
    int head = snprintf(line, sizeof line, "%lld.%03lld ", (long long)(s->ms / 1000), (long long)(s->ms % 1000));
    va_list args;
    va_start(args, format);
    vsnprintf(line + head, sizeof line - (size_t)head, format, args);
    va_end(args);
    s->result->trace_hash = hash64_seeded(s->result->trace_hash, str_of(line));
    if (s->options.trace)
        fprintf(s->options.trace, "%s\n", line);
}

// ---- the queue: a binary heap ---------------------------------------------------------------------------------------

static bool is_before(const struct event *a, const struct event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void host_later(void *context, int64_t ms, enum machine_event event, void *about)
{
    struct sim *s = context;
    if (s->n == s->room) {
        s->room = s->room ? s->room * 2 : 256;
        s->heap = mem_resize_array(s->heap, s->room, sizeof *s->heap);
    }
    struct event e = {s->ms + ms, s->order++, s->life, event, about};
    size_t i = s->n++;
    for (; i > 0 && is_before(&e, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = e;
}

static struct event event_take(struct sim *s)
{
    struct event first = s->heap[0], last = s->heap[--s->n];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= s->n)
            break;
        if (child + 1 < s->n && is_before(&s->heap[child + 1], &s->heap[child]))
            child++;
        if (!is_before(&s->heap[child], &last))
            break;
        s->heap[i] = s->heap[child];
        i = child;
    }
    s->heap[i] = last;
    return first;
}

// ---- lives --------------------------------------------------------------------------------------------------------

static void live(struct sim *s)
{
    struct machine_options options = {
        .world = s->world,
        .disk = s->disk,
        .feeds = s->options.feeds,
        .seed = rng_u64(&s->rng),
        .bug = s->options.bug,
        .result = s->result,
        .are_receivers_well = s->is_well,
    };
    s->life++;
    s->result->restarts++;
    s->machine = machine_start(&options, &s->host);
}

static void die(struct sim *s, bool is_crash)
{
    if (is_crash)
        machine_crash(s->machine);
    else
        machine_stop(s->machine);
    s->result->crashes += is_crash;
    s->machine = NULL;
    s->ms += (int64_t)rng_below(&s->rng, 20 * MINUTE_MS); // lying dead
    live(s);
}

static void clock_step(struct sim *s)
{
    int64_t step_ms = (int64_t)rng_below(&s->rng, 2LL * HOUR_MS) - HOUR_MS;
    s->wall_off_ms += step_ms;
    s->result->clock_steps++;
    host_trace(s, "clock steps to %lld", (long long)s->wall_off_ms);
    world_clock_stepped(s->world, step_ms);
}

static void break_something(struct sim *s)
{
    s->next_break_ms = s->ms + (int64_t)rng_below(&s->rng, 2LL * BREAK_MS_MEAN);
    uint64_t commit = 1 + rng_below(&s->rng, 20);
    switch ((enum break_kind)rng_below(&s->rng, BREAKS)) {
    case BREAK_CRASH:
        die(s, true);
        break;
    case BREAK_STOP:
        die(s, false);
        break;
    case BREAK_DISK_FULL:
        memory_disk_fault(s->disk, MEMORY_FAIL, commit, 1 + rng_below(&s->rng, 100));
        break;
    case BREAK_DISK_CRASH_BEFORE:
        memory_disk_fault(s->disk, MEMORY_CRASH_BEFORE, commit, 1);
        break;
    case BREAK_DISK_CRASH_AFTER:
        memory_disk_fault(s->disk, MEMORY_CRASH_AFTER, commit, 1);
        break;
    case BREAK_CLOCK:
        clock_step(s);
        break;
    case BREAKS:
        break;
    }
}

// ---- the run ------------------------------------------------------------------------------------------------------

static void step(struct sim *s)
{
    assert(s->n > 0);
    struct event e = event_take(s);
    if (e.life != s->life)
        return; // asked for by a machine that is dead
    s->ms = e.at_ms > s->ms ? e.at_ms : s->ms;
    s->result->events++;
    machine_on_event(s->machine, e.event, e.about);
    if (machine_is_dead(s->machine))
        die(s, true);
    if (s->ms >= s->next_watch_ms) {
        world_watch(s->world, moment_now(s), machine_up_since(s->machine));
        s->next_watch_ms = s->ms + 10 * MINUTE_MS;
    }
    if (!s->is_well && s->ms >= s->next_break_ms)
        break_something(s);
}

void sim_run(const struct sim_options *options, struct sim_result *out)
{
    *out = (struct sim_result){.trace_hash = options->seed};
    struct sim s = {.options = *options, .result = out};
    rng_init(&s.rng, options->seed ^ 0x5eed);
    s.world = world_open(options, out);
    s.disk = memory_disk_open();
    s.host = (struct machine_host){&s, host_now, host_true_ms, host_later, host_trace};
    s.next_break_ms = (int64_t)rng_below(&s.rng, BREAK_MS_MEAN);
    live(&s);
    while (s.ms < (int64_t)options->days * DAY_MS)
        step(&s);
    // Everything becomes well; what is owed must come now.
    s.is_well = true;
    memory_disk_fault(s.disk, MEMORY_NONE, 0, 0);
    machine_be_well(s.machine);
    int64_t end_ms = (int64_t)(options->days + DRAIN_DAYS) * DAY_MS;
    while (s.ms < end_ms && (machine_waiting(s.machine) > 0 || world_missing(s.world, false, moment_now(&s)) > 0))
        for (int64_t until = s.ms + HOUR_MS; s.ms < until;)
            step(&s);
    world_missing(s.world, true, moment_now(&s));
    machine_stop(s.machine);
    memory_disk_close(s.disk);
    world_close(s.world);
    mem_free(s.heap);
}
