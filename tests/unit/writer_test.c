// SPDX-License-Identifier: MIT
//
// The writer's transactions, one after the other, over the memory engine: what a throttle holds back is told by a
// digest, whatever came in the same transaction; and its thread, when the store is lost.
#include "base/mem.h"
#include "daemon/delivery_loop.h"
#include "daemon/writer_parts.h"
#include "rules/load.h"
#include "store/memory.h"
#include "tests/tools/check.h"
#include "tests/tools/match_maker.h"

struct stage {
    struct match_maker maker; // its own state is not used: the writer has one
    struct memory_disk *disk;
    struct writer writer;
    struct config config;
    struct conf conf;
    struct rules rules;
    struct diags diags;
    wall_t now;
    uint64_t key;
};

static int set_up(void **state)
{
    static const struct conf_spec *const tables[] = {rules_specs, NULL};
    struct stage *s = mem_alloc(sizeof *s);
    struct store_options options = {.engine = STORE_MEMORY};
    struct err err;
    match_maker_init(&s->maker);
    s->maker.rule.group = GROUP_NONE;
    s->maker.rule.throttle_max = 1;
    s->maker.rule.throttle_per_ms = DAY_MS;
    s->now = s->maker.now;
    diags_init(&s->diags);
    conf_parse(&s->conf, tables, S("t.rules"), S("rule other {\n when x\n}\n"), NULL, &s->diags);
    rules_read(&s->rules, &s->conf, NULL, &s->diags);
    s->config.rules = rules_compile(&s->rules, 1, &s->diags);
    s->config.refs_for_decide = (struct receivers){s->maker.receiver, 1};
    s->disk = options.disk = memory_disk_open();
    s->writer.store = store_open(&options, &err);
    s->writer.side = store_side_open(s->writer.store, &err);
    s->writer.config = &s->config;
    s->writer.decide = s->maker.state;
    *state = s;
    return s->config.rules ? 0 : -1;
}

static int tear_down(void **state)
{
    struct stage *s = *state;
    store_side_close(s->writer.side);
    store_close(s->writer.store);
    memory_disk_close(s->disk);
    ruleset_unref(s->config.rules);
    rules_done(&s->rules);
    diags_done(&s->diags);
    conf_done(&s->conf);
    match_maker_done(&s->maker);
    mem_free(s);
    return 0;
}

// One transaction: what is due, and a poll with n new matches (0: no poll). Returns how many alerts it made.
static size_t write(struct stage *s, size_t n)
{
    struct writing t;
    struct err err;
    struct outcome o = {.facts = s->maker.feed, .feed = {.id = s->maker.feed.id, .url = s->maker.feed.url}};
    struct candidate *candidates = ARENA_ARRAY(&s->maker.arena, struct candidate, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct article *article = match_maker_article(&s->maker, ++s->key, "Truce is agreed upon");
        candidates[i] = match_maker_candidate(&s->maker, article, &s->maker.rule);
    }
    o.decide = (struct decide_poll){.feed = &o.facts, .candidates = candidates, .n_candidates = n};
    struct work work = {.outcome = &o, .config = &s->config};
    assert_true(writing_begin(&s->writer, &t, s->now, &err));
    if (n)
        writing_add_work(&s->writer, &t, &work, s->now);
    writing_close(&s->writer, &t, s->now);
    assert_int_equal(store_commit(s->writer.store, &t.batch, &err), STORE_OK);
    size_t made = t.batch.n_alerts;
    arena_done(&t.arena);
    return made;
}

static uint64_t rows(struct stage *s, enum delivery_state of)
{
    struct outbox_count *list;
    size_t n;
    struct err err;
    assert_true(store_outbox_counts(s->writer.side, &s->maker.arena, &list, &n, &err));
    return n ? list[0].count[of] : 0;
}

// Lets time pass until the next digest is due, and writes it. Returns false where none waits.
static bool next_digest(struct stage *s)
{
    struct str rule, receiver;
    wall_t due;
    if (!throttle_next_digest(s->writer.decide.throttles, &rule, &receiver, &due))
        return false;
    s->now = due.ms > s->now.ms ? due : s->now;
    write(s, 0);
    return true;
}

static void what_is_held_in_the_transaction_of_a_digest_waits_for_the_next_one(void **state)
{
    struct stage *s = *state;
    write(s, 3); // one goes, two wait for an hour
    assert_int_equal(rows(s, DELIVERY_HELD), 2);
    s->now = wall_add(s->now, DIGEST_WAIT_MS);
    write(s, 2); // the digest of the two is due, and the bucket still empty
    assert_int_equal(rows(s, DELIVERY_DIGESTED), 2);
    assert_int_equal(rows(s, DELIVERY_HELD), 2);
    assert_true(next_digest(s));
    assert_int_equal(rows(s, DELIVERY_HELD), 0);
    assert_int_equal(rows(s, DELIVERY_DIGESTED), 4);
    assert_false(next_digest(s));
}

static void more_than_one_transaction_tells_is_told_by_the_next_ones(void **state)
{
    struct stage *s = *state;
    for (size_t i = 0; i < 3; i++)
        write(s, DIGEST_ROWS_AT_ONCE / 2);
    uint64_t held = rows(s, DELIVERY_HELD);
    assert_int_equal(held, DIGEST_ROWS_AT_ONCE / 2 * 3 - 1);
    assert_true(next_digest(s));
    assert_int_equal(rows(s, DELIVERY_HELD), held - DIGEST_ROWS_AT_ONCE);
    wall_t first = s->now;
    assert_true(next_digest(s));
    assert_int_equal(rows(s, DELIVERY_HELD), 0);
    assert_in_range(wall_diff(s->now, first), 1, SECOND_MS);
    assert_false(next_digest(s));
}

// ---- the thread ----

enum { WAIT_MS = 60000 }; // a bound; nothing takes so long

static void ignore_feed(void *context, const struct store_feed *feed) { (void)context, (void)feed; }

static void ignore_job(struct job *job, void *owner, struct now now) { (void)job, (void)owner, (void)now; }

struct thread_stage {
    struct clock clock;
    struct metrics metrics;
    struct queue main, delivery;
    struct threads threads;
    struct config config;
    struct writer *writer;
};

static void open_writer(struct thread_stage *s, struct memory_disk *disk)
{
    const struct store_options options = {.engine = STORE_MEMORY, .disk = disk};
    struct err err;
    s->clock = (struct clock){.is_stepped = true, .wall_ms = 1795480000000, .mono_ms = HOUR_MS};
    queue_init(&s->main, &s->clock, SIZE_MAX, NULL, NULL);
    queue_init(&s->delivery, &s->clock, SIZE_MAX, NULL, NULL);
    s->threads = (struct threads){.clock = &s->clock, .metrics = &s->metrics, .main = &s->main,
                                  .delivery = &s->delivery, .on_store_lost = ignore_job};
    s->threads.log = log_start(LOG_TO_STDERR, &s->clock, &s->metrics);
    s->config = (struct config){.refs = 1 << 30, .retention_ms = DAY_MS};
    s->writer = writer_open(&s->threads, store_open(&options, &err), &s->config, 1, ignore_feed, NULL, &err);
    assert_non_null(s->writer);
}

static void push_note(struct thread_stage *s)
{
    struct writer_note *note = mem_alloc(sizeof *note);
    arena_init(&note->arena, 1 << 16);
    note->message.kind = WRITER_NOTE;
    note->step = (struct delivery_step){.receiver = S("desk"), .state = DELIVERY_DONE, .attempts = 1};
    note->attempt = (struct attempt){.receiver = S("desk"), .number = 1, .status = 200};
    queue_push(writer_queue(s->writer), &note->message);
}

// Else the delivery loop would go on sending what nothing records, until main has stopped it.
static void what_a_lost_store_did_not_record_does_not_count_as_recorded(void **state)
{
    (void)state;
    static struct thread_stage s;
    struct memory_disk *disk = memory_disk_open();
    open_writer(&s, disk);
    push_note(&s);
    writer_start(s.writer);
    struct message *noted = queue_take_all(&s.delivery, WAIT_MS);
    assert_non_null(noted);
    assert_int_equal(noted->kind, DELIVERY_NOTED);
    memory_disk_fault(disk, MEMORY_CRASH_BEFORE, 1, 1);
    push_note(&s);
    struct message *lost = queue_take_all(&s.main, WAIT_MS);
    assert_non_null(lost);
    push_note(&s); // and what comes after it
    writer_stop(s.writer);
    assert_null(queue_take_all(&s.delivery, 0));
    assert_null(queue_take_all(&s.main, 0)); // it is told once
    arena_done(&((struct writer_note *)noted)->arena);
    mem_free(noted);
    mem_free(lost);
    log_stop(s.threads.log, WAIT_MS, false);
    writer_close(s.writer);
    memory_disk_close(disk);
    queue_done(&s.main);
    queue_done(&s.delivery);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_held_in_the_transaction_of_a_digest_waits_for_the_next_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(more_than_one_transaction_tells_is_told_by_the_next_ones, set_up, tear_down),
        cmocka_unit_test(what_a_lost_store_did_not_record_does_not_count_as_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
