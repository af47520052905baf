// SPDX-License-Identifier: MIT
//
// One poll here is what daemon/worker_poll.c does, one write what daemon/writer.c does, one attempt what
// daemon/delivery_loop.c does, without threads, sockets and waiting between them.
#include "tests/sim/machine_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

enum { QUEUE_MAX = 64, CHECKPOINT_MS = MINUTE_MS, WRITE_MS_MAX = 30, STORY_MS = 72 * HOUR_MS };

// ---- starting -----------------------------------------------------------------------------------------------------

static void read_rules(struct machine *m)
{
    static const struct conf_spec *const tables[] = {rules_specs, NULL};
    diags_init(&m->diags);
    bool is_good = conf_parse(&m->conf, tables, S("sim.rules"), str_of(world_rules), NULL, &m->diags) &&
                   rules_read(&m->rules, &m->conf, NULL, &m->diags);
    m->config.rules = is_good ? rules_compile(&m->rules, 1, &m->diags) : NULL;
    assert(m->config.rules);
    m->config.instance = S("sim");
    for (unsigned i = 0; i < RECEIVERS; i++)
        m->refs[i] = (struct receiver_ref){.name = str_of(receiver_names[i]), .format = S("standard")};
    m->config.refs_for_decide = (struct receivers){.list = m->refs, .n = RECEIVERS};
}

static unsigned feed_index(const struct machine *m, uint64_t id)
{
    for (unsigned i = 0; i < m->options.feeds; i++)
        if (m->ids[i] == id)
            return i;
    abort();
}

static void load_feed(void *context, const struct store_feed *row)
{
    struct machine *m = context;
    struct feed feed = row->feed;
    unsigned i = feed_index(m, feed.id);
    feed.options = world_options(m->options.world, i);
    m->is_loaded[i] = true;
    shard_put(m->shard, &feed, now_of(m));
    world_due(m->options.world, i, feed.due, moment_of(m));
}

static void load_story(void *context, const struct story_row *row)
{
    story_restore(((struct machine *)context)->writer.decide.stories, row);
}

static void load_throttle(void *context, const struct throttle_mark *mark)
{
    throttle_restore(((struct machine *)context)->writer.decide.throttles, mark);
}

static void load_held(void *context, const struct delivery *held)
{
    throttle_restore_held(((struct machine *)context)->writer.decide.throttles, held->rule, held->receiver, held->due);
}

static void load(struct machine *m)
{
    const struct store_visitor visitor = {
        .context = m, .feed = load_feed, .story = load_story, .throttle = load_throttle, .held = load_held};
    struct store_facts facts = {0};
    struct err err;
    wall_t now = now_of(m).wall;
    world_started(m->options.world, moment_of(m));
    bool is_loaded = store_load(m->writer.store, &visitor, wall_add(now, -(int64_t)STORY_MS), &facts, &err);
    assert(is_loaded);
    m->writer.decide.next_seq = facts.next_seq;
    m->writer.decide.started = now;
    m->writer.decide.down_from = facts.closed.ms ? facts.closed : facts.heartbeat;
    for (unsigned i = 0; i < m->options.feeds; i++) {
        struct str url = str_of(world_url(m->options.world, i, &m->arena));
        if (!m->is_loaded[i])
            shard_put(m->shard, &(struct feed){.id = m->ids[i], .first_url = url, .url = url,
                                               .options = world_options(m->options.world, i)}, now_of(m));
    }
    shard_rest_hosts(m->shard, facts_asked_until(&facts, now), now_of(m));
    shard_spread(m->shard, now_of(m));
}

static void store_begin(struct machine *m)
{
    struct err err;
    struct store_options options = {.engine = STORE_MEMORY, .disk = m->options.disk, .now = now_of(m).wall};
    struct hash_key secret;
    hash_key_from_seed(&secret, 7);
    memcpy(options.secret, secret.bytes, sizeof options.secret);
    m->writer.store = store_open(&options, &err);
    assert(m->writer.store);
    m->writer.side = store_side_open(m->writer.store, &err);
    assert(m->writer.side);
    m->writer.config = &m->config;
    m->writer.decide = (struct decide_state){
        .secret = store_secret(m->writer.store),
        .throttles = throttle_open(m->options.seed),
        .silences = silence_list_open(),
        .stories = story_window_open(0, m->options.seed),
    };
}

struct machine *machine_start(const struct machine_options *options, const struct machine_host *host)
{
    struct machine *m = mem_alloc(sizeof *m);
    m->options = *options;
    m->host = *host;
    arena_init(&m->arena, 1 << 28);
    rng_init(&m->rng, options->seed);
    m->ids = ARENA_ARRAY(&m->arena, uint64_t, options->feeds);
    m->is_loaded = ARENA_ARRAY(&m->arena, bool, options->feeds);
    for (unsigned i = 0; i < options->feeds; i++)
        m->ids[i] = feed_id(str_of(world_url(options->world, i, &m->arena)));
    m->up_since = m->heartbeat = true_ms(m);
    m->alarm = INT64_MAX;
    m->scratch = match_scratch_new();
    m->policy = (struct schedule_policy){.price = schedule_price_start(12, 1800), .jitter_permille = 20};
    read_rules(m);
    store_begin(m);
    m->shard = shard_open(&shard_limits_default, now_of(m), options->seed);
    load(m);
    outbox_load(m);
    m->host.trace(m->host.context, "start");
    m->host.later(m->host.context, CHECKPOINT_MS, EVENT_CHECKPOINT, NULL);
    machine_poll(m);
    machine_set_alarm(m);
    return m;
}

// ---- polls --------------------------------------------------------------------------------------------------------

static void poll_ask(struct machine *m, struct sim_poll *p, bool is_hop)
{
    struct request request = pipeline_request(p->pipeline);
    world_ask(m->options.world, p->feed, &request, is_hop, moment_of(m), &p->outcome->arena, &p->answer);
    m->host.trace(m->host.context, "ask %u%s", p->feed, is_hop ? " hop" : "");
    m->host.later(m->host.context, p->answer.latency_ms, EVENT_ANSWER, p);
}

void machine_poll(struct machine *m)
{
    while (m->n_queue < QUEUE_MAX && !m->is_dead) {
        struct outcome *outcome = outcome_new();
        if (!shard_start(m->shard, now_of(m), &outcome->arena, &outcome->before)) {
            outcome_free(outcome);
            return;
        }
        struct sim_poll *p = mem_alloc(sizeof *p);
        p->outcome = outcome;
        p->feed = feed_index(m, outcome->before.id);
        p->tools = (struct pipeline_tools){.rules = m->config.rules, .scratch = m->scratch,
                                           .key = store_secret(m->writer.store), .policy = m->policy, .rng = &m->rng};
        p->pipeline = pipeline_begin(&p->tools, outcome);
        p->next = m->polls;
        m->polls = p;
        poll_ask(m, p, false);
    }
}

static void poll_unlink(struct machine *m, struct sim_poll *p)
{
    struct sim_poll **at = &m->polls;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
}

// The planted bugs sit where the daemon's own glue would have them.
static void poll_rest(struct machine *m, struct outcome *o)
{
    bool is_forgotten = m->options.bug == SIM_STARVED_FEED && !o->settled.is_good;
    if (m->options.bug == SIM_EARLY_POLL) {
        o->feed.hold_until = o->feed.fresh_until = o->hold_until = (wall_t){0};
        o->feed.due = wall_add(now_of(m).wall, 30 * SECOND_MS);
    }
    if (!is_forgotten)
        shard_finish(m->shard, &o->feed, o->hold_until, now_of(m));
}

void poll_done(struct machine *m, struct sim_poll *p, bool is_committed)
{
    struct outcome *o = p->outcome;
    if (!m->is_dead) {
        outcome_follow_clock(o, now_of(m));
        wall_t due = o->feed.due.ms > o->hold_until.ms ? o->feed.due : o->hold_until;
        poll_rest(m, o);
        world_polled(m->options.world, &p->answer.view, is_committed, due, moment_of(m));
    } else if (is_committed) { // durable, and the daemon died before it knew
        world_polled(m->options.world, &p->answer.view, true, o->feed.due, moment_of(m));
    }
    outcome_free(o);
    mem_free(p);
}

static void poll_feed(struct machine *m, struct sim_poll *p)
{
    wall_t now = now_of(m).wall;
    for (struct str rest = p->answer.head; rest.p && rest.n;)
        pipeline_line(p->pipeline, str_trim(str_cut(&rest, '\n')));
    for (struct str rest = p->answer.body; rest.n > 0;) {
        size_t n = 1 + rng_below(&m->rng, rest.n);
        pipeline_feed(p->pipeline, rest.p, n, now);
        rest = str_from(rest, n);
    }
}

static void on_hop(struct machine *m, struct sim_poll *p)
{
    struct request request = pipeline_request(p->pipeline);
    int64_t wait = shard_hop(m->shard, p->outcome->before.id, request.url, now_of(m));
    if (wait > 0) {
        p->is_hopping = true;
        m->host.later(m->host.context, wait, EVENT_ANSWER, p);
    } else {
        p->is_hopping = false;
        poll_ask(m, p, true);
    }
}

static void on_answer(struct machine *m, struct sim_poll *p)
{
    if (p->is_hopping) {
        on_hop(m, p);
        return;
    }
    wall_t now = now_of(m).wall;
    world_answered(m->options.world, p->feed);
    poll_feed(m, p);
    if (pipeline_answer(p->pipeline, p->answer.fault, S("as told"), now) == PIPELINE_ASK) {
        on_hop(m, p);
        return;
    }
    pipeline_end(p->pipeline, now_of(m));
    poll_unlink(m, p);
    m->host.trace(m->host.context, "answer %u %u%s new %zu candidates %zu due in %lld s", p->feed, p->outcome->status,
                  p->outcome->is_changed ? " changed" : "", p->outcome->n_new, p->outcome->decide.n_candidates,
                  (long long)wall_diff(p->outcome->feed.due, now) / SECOND_MS);
    if (p->outcome->is_changed)
        writer_push(m, &(struct sim_job){.poll = p});
    else
        poll_done(m, p, false);
}

// ---- events -------------------------------------------------------------------------------------------------------

void machine_set_alarm(struct machine *m)
{
    struct now now = now_of(m);
    int64_t at = INT64_MAX;
    mono_t next;
    wall_t digest;
    struct str rule, receiver;
    if (m->n_queue < QUEUE_MAX && shard_next(m->shard, &next))
        at = next.ms;
    if (throttle_next_digest(m->writer.decide.throttles, &rule, &receiver, &digest)) {
        int64_t wait = wall_diff(digest, now.wall);
        at = now.mono.ms + (wait > 0 ? wait : 0) < at ? now.mono.ms + (wait > 0 ? wait : 0) : at;
    }
    int64_t row = outbox_next(m);
    at = row < at ? row : at;
    if (at == INT64_MAX || (m->alarm <= at && m->alarm > now.mono.ms))
        return;
    at = at > now.mono.ms ? at : now.mono.ms + 1;
    m->alarm = at;
    m->host.later(m->host.context, at - now.mono.ms, EVENT_ALARM, NULL);
}

// As worker.c's follow_clock.
static void follow_clock(struct machine *m)
{
    int64_t step_ms = m->seen.mono.ms ? now_step(m->seen, now_of(m)) : 0;
    m->seen = now_of(m);
    if (step_ms > -SHARD_CLOCK_STEP_MS && step_ms < SHARD_CLOCK_STEP_MS)
        return;
    shard_follow_clock(m->shard, step_ms);
    m->is_checkpoint_due = true;
    m->is_clock_back |= step_ms < 0;
    writer_push(m, NULL);
}

void machine_on_event(struct machine *m, enum machine_event event, void *about)
{
    struct str rule, receiver;
    wall_t digest;
    follow_clock(m);
    switch (event) {
    case EVENT_ANSWER:
        on_answer(m, about);
        break;
    case EVENT_ALARM:
        m->alarm = INT64_MAX;
        if (throttle_next_digest(m->writer.decide.throttles, &rule, &receiver, &digest) &&
            digest.ms <= now_of(m).wall.ms)
            writer_push(m, NULL);
        break;
    case EVENT_WRITE:
        writer_write(m);
        break;
    case EVENT_CHECKPOINT:
        m->is_checkpoint_due = true;
        writer_push(m, NULL);
        m->host.later(m->host.context, CHECKPOINT_MS, EVENT_CHECKPOINT, NULL);
        break;
    case EVENT_POSTED:
        outbox_posted(m, about);
        break;
    }
    if (m->is_dead)
        return;
    machine_poll(m);
    outbox_go(m);
    machine_set_alarm(m);
}

bool machine_is_dead(const struct machine *m) { return m->is_dead; }
int64_t machine_up_since(const struct machine *m) { return m->is_stuck ? true_ms(m) : m->up_since; }
int64_t machine_heartbeat(const struct machine *m) { return m->heartbeat; }
size_t machine_waiting(const struct machine *m) { return m->n_rows; }
void machine_be_well(struct machine *m) { m->options.are_receivers_well = true; }

// ---- the end ------------------------------------------------------------------------------------------------------

static void free_all(struct machine *m)
{
    while (m->polls) {
        struct sim_poll *p = m->polls;
        m->polls = p->next;
        pipeline_drop(p->pipeline);
        outcome_free(p->outcome);
        mem_free(p);
    }
    writer_free(m);
    outbox_free(m);
    shard_close(m->shard);
    throttle_close(m->writer.decide.throttles);
    silence_list_close(m->writer.decide.silences);
    story_window_close(m->writer.decide.stories);
    store_side_close(m->writer.side);
    match_scratch_free(m->scratch);
    ruleset_unref(m->config.rules);
    rules_done(&m->rules);
    diags_done(&m->diags);
    conf_done(&m->conf);
    arena_done(&m->arena);
}

void machine_crash(struct machine *m)
{
    m->host.trace(m->host.context, "crash");
    world_crashed(m->options.world, m->heartbeat);
    struct store *store = m->writer.store;
    struct memory_disk *disk = m->options.disk;
    if (!m->is_dead) { // the store dies with it: nothing may be tidied up
        memory_disk_fault(disk, MEMORY_CRASH_BEFORE, 1, 1);
        struct err err;
        enum store_result result = store_commit(store, &(struct store_batch){.now = now_of(m).wall}, &err);
        assert(result != STORE_OK);
    }
    free_all(m);
    store_close(store);
    mem_free(m);
}

void machine_stop(struct machine *m)
{
    m->host.trace(m->host.context, "stop");
    for (struct sim_poll *p = m->polls; p; p = p->next)
        world_dropped(m->options.world, p->feed, p->is_hopping);
    m->is_checkpoint_due = true;
    writer_write(m); // one that was tried again, perhaps; the rest then comes in the next
    if (!m->is_dead && !m->has_writing && (m->n_queue > 0 || m->is_checkpoint_due))
        writer_write(m);
    struct store *store = m->writer.store;
    bool has_given_up = m->has_writing || m->n_queue > 0;
    if (has_given_up)
        store_give_up(store);
    if (m->is_dead || has_given_up)
        world_crashed(m->options.world, m->heartbeat); // the last write was given up: as after a crash
    free_all(m);
    store_close(store);
    mem_free(m);
}
