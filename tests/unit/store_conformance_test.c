// SPDX-License-Identifier: MIT
//
// What every engine of the store must do: the invariants I1 to I6 of docs/store.md as far as one machine has them, and
// the rest of store.h. Each test runs once for each engine; an engine that passes may stand in for another.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/memory.h"
#include "store/side.h"
#include "tests/tools/check.h"

struct rig {
    enum store_engine engine;
    char directory[64];
    struct memory_disk *disk;
    struct store *store;
    struct arena arena;
    wall_t now; // of the next opening; 0: late enough for all that is written
};

static void open_store(struct rig *rig)
{
    struct err err = {0};
    struct store_options options = {.engine = rig->engine, .directory = str_of(rig->directory), .disk = rig->disk,
                                    .now = {rig->now.ms ? rig->now.ms : HOUR_MS},
                                    .secret = "a secret of the instance"};
    rig->store = store_open(&options, &err);
    if (!rig->store)
        fail_msg("%s", err.text);
}

static void set_up(void **state, enum store_engine engine)
{
    struct rig *rig = calloc(1, sizeof *rig);
    rig->engine = engine;
    arena_init(&rig->arena, SIZE_MAX);
    if (engine == STORE_MEMORY) {
        rig->disk = memory_disk_open();
    } else {
        snprintf(rig->directory, sizeof rig->directory, "/tmp/feedwatch-store-XXXXXX");
        assert_non_null(mkdtemp(rig->directory));
    }
    open_store(rig);
    *state = rig;
}

static int set_up_sqlite(void **state) { return set_up(state, STORE_SQLITE), 0; }
static int set_up_memory(void **state) { return set_up(state, STORE_MEMORY), 0; }

static int tear_down(void **state)
{
    struct rig *rig = *state;
    store_close(rig->store);
    memory_disk_close(rig->disk);
    arena_done(&rig->arena);
    if (rig->directory[0]) {
        char command[128];
        snprintf(command, sizeof command, "rm -rf %s", rig->directory);
        assert_int_equal(system(command), 0);
    }
    free(rig);
    return 0;
}

static void reopen(struct rig *rig)
{
    store_close(rig->store);
    open_store(rig);
}

// ---- makers -----------------------------------------------------------------------------------------------------------

static struct alert alert_of(uint64_t id, uint64_t seq)
{
    return (struct alert){.id = {id, id}, .dedup_key = {7, id}, .seq = seq, .revision = 1, .rule = S("truce"),
                          .rule_title = S("Truce"), .rule_version = S("1"), .tags = S("a b"), .feed = 11,
                          .feed_url = S("https://a.example/f"), .feed_title = S("A"), .item = 5, .content = 6,
                          .title = S("Title"), .url = S("https://a.example/1"), .severity = SEVERITY_WARNING,
                          .queued = {1000 + (int64_t)seq}, .body = S("{\"a\":1}")};
}

static struct delivery delivery_of(uint64_t id, const char *receiver)
{
    return (struct delivery){.alert = {id, id}, .receiver = str_of(receiver), .rule = S("truce"),
                             .format = S("standard"), .state = DELIVERY_WAITING, .queued = {1000}, .due = {1000}};
}

static struct store_feed feed_of(uint64_t id, const char *etag, const char *marks)
{
    return (struct store_feed){.feed = {.id = id, .first_url = S("https://a.example/f"), .url = S("https://a.example/g"),
                                        .validators = {.etag = str_of(etag)}, .marks = str_of(marks),
                                        .polled_at = {500}, .good_at = {500}, .due = {900}}};
}

static void commit(struct rig *rig, const struct store_batch *batch)
{
    struct err err = {0};
    if (store_commit(rig->store, batch, &err) != STORE_OK)
        fail_msg("%s", err.text);
}

static void commit_alert(struct rig *rig, uint64_t id, uint64_t seq, const char *receiver)
{
    struct alert alert = alert_of(id, seq);
    struct delivery delivery = delivery_of(id, receiver);
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = &alert, .n_alerts = 1, .deliveries = &delivery,
                                      .n_deliveries = 1});
}

static size_t outbox(struct rig *rig, const char *receiver, uint64_t after, struct outbox_row **rows)
{
    struct err err = {0};
    size_t n = 0;
    struct store_side *side = store_side_open(rig->store, &err);
    assert_non_null(side);
    assert_true(store_outbox(side, str_of(receiver), after, 0, &rig->arena, rows, &n, &err));
    store_side_close(side);
    return n;
}

static struct alert_history history(struct rig *rig, uint64_t id)
{
    struct err err = {0};
    struct alert_history h = {0};
    struct store_side *side = store_side_open(rig->store, &err);
    assert_non_null(side);
    assert_true(store_alert(side, (struct hash128){id, id}, &rig->arena, &h, &err));
    store_side_close(side);
    return h;
}

struct loaded {
    struct arena *arena;
    struct store_feed feeds[4];
    size_t n_feeds, n_held, n_stories, n_silences, n_throttles, n_receivers;
    struct story_row story;
    struct silence silence;
    struct throttle_mark throttle;
    struct receiver_mark receiver;
};

static void on_feed(void *context, const struct store_feed *row)
{
    struct loaded *l = context;
    struct store_feed *kept = &l->feeds[l->n_feeds++];
    *kept = *row;
    kept->feed.url = arena_str(l->arena, row->feed.url);
    kept->feed.marks = arena_str(l->arena, row->feed.marks);
    kept->feed.validators.etag = arena_str(l->arena, row->feed.validators.etag);
    kept->options_text = arena_str(l->arena, row->options_text);
}

static void on_held(void *context, const struct delivery *delivery)
{
    (void)delivery;
    ((struct loaded *)context)->n_held++;
}

static void on_story(void *context, const struct story_row *row)
{
    struct loaded *l = context;
    l->n_stories++;
    l->story = *row;
    l->story.title = arena_str(l->arena, row->title);
}

static void on_silence(void *context, const struct silence *silence)
{
    struct loaded *l = context;
    l->n_silences++;
    l->silence = *silence;
    l->silence.matcher = arena_str(l->arena, silence->matcher);
}

static void on_throttle(void *context, const struct throttle_mark *mark)
{
    struct loaded *l = context;
    l->n_throttles++;
    l->throttle = *mark;
}

static void on_receiver(void *context, const struct receiver_mark *mark)
{
    struct loaded *l = context;
    l->n_receivers++;
    l->receiver = *mark;
    l->receiver.reason = arena_str(l->arena, mark->reason);
}

static struct store_facts load(struct rig *rig, struct loaded *l)
{
    struct err err = {0};
    struct store_facts facts = {0};
    *l = (struct loaded){.arena = &rig->arena};
    struct store_visitor visitor = {l, on_feed, on_silence, on_story, on_throttle, on_held, on_receiver};
    if (!store_load(rig->store, &visitor, (wall_t){100}, &facts, &err))
        fail_msg("%s", err.text);
    return facts;
}

// ---- opening ----------------------------------------------------------------------------------------------------------

static void a_first_opening_is_new_and_a_second_one_clean(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(store_opening(rig->store), STORE_IS_NEW);
    reopen(rig);
    assert_int_equal(store_opening(rig->store), STORE_IS_CLEAN);
}

static void i5_the_secret_of_ids_stays_that_of_the_first_opening(void **state)
{
    struct rig *rig = *state;
    struct hash_key first = *store_secret(rig->store);
    store_close(rig->store);
    struct err err = {0};
    struct store_options options = {.engine = rig->engine, .directory = str_of(rig->directory), .disk = rig->disk,
                                    .now = {1000}, .secret = "another secret"};
    rig->store = store_open(&options, &err);
    assert_non_null(rig->store);
    assert_memory_equal(first.bytes, store_secret(rig->store)->bytes, sizeof first.bytes);
}

static void i2_a_second_owner_is_refused(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    struct store_options options = {.engine = rig->engine, .directory = str_of(rig->directory), .disk = rig->disk};
    assert_null(store_open(&options, &err));
    assert_non_null(strstr(err.text, "another feedwatchd (pid "));
}

// ---- invariants -------------------------------------------------------------------------------------------------------

static void i1_each_claim_raises_the_epoch(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(store_epoch(rig->store), 1);
    reopen(rig);
    assert_int_equal(store_epoch(rig->store), 2);
    reopen(rig);
    assert_int_equal(store_epoch(rig->store), 3);
}

static void i1_a_write_under_an_older_epoch_changes_nothing(void **state)
{
    struct rig *rig = *state;
    reopen(rig);
    struct err err = {0};
    struct store_feed feed = feed_of(11, "e1", "m1");
    feed.fence = (struct store_fence){.shard = 3, .epoch = 1};
    struct alert alert = alert_of(1, 1);
    struct store_batch batch = {.now = {2000}, .feeds = &feed, .n_feeds = 1, .alerts = &alert, .n_alerts = 1};
    assert_int_equal(store_commit(rig->store, &batch, &err), STORE_FENCED);
    struct loaded l;
    load(rig, &l);
    assert_int_equal(l.n_feeds, 0);
    assert_null(history(rig, 1).alert);
    feed.fence.epoch = 2;
    assert_int_equal(store_commit(rig->store, &batch, &err), STORE_OK);
}

// Commits while the disk is full: nothing of the batch may stay. (The log of sqlite is longer than the limit already.)
static void commit_to_a_full_disk(struct rig *rig, const struct store_batch *batch)
{
    struct err err = {0};
    struct rlimit before, small;
    if (rig->disk)
        memory_disk_fault(rig->disk, MEMORY_FAIL, 1, 1);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){4096, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    enum store_result result = store_commit(rig->store, batch, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(result, STORE_LATER);
}

static void i3_a_poll_whose_commit_fails_leaves_nothing(void **state)
{
    struct rig *rig = *state;
    struct store_feed feed = feed_of(11, "\"e1\"", "m1");
    commit(rig, &(struct store_batch){.now = {2000}, .feeds = &feed, .n_feeds = 1});
    feed = feed_of(11, "\"e2\"", "m2");
    struct alert alert = alert_of(1, 1);
    struct delivery delivery = delivery_of(1, "desk");
    struct body body = {{1, 1}, S("slack"), S("text")};
    struct store_batch batch = {.now = {3000}, .feeds = &feed, .n_feeds = 1, .alerts = &alert, .n_alerts = 1,
                                .deliveries = &delivery, .n_deliveries = 1, .bodies = &body, .n_bodies = 1};
    commit_to_a_full_disk(rig, &batch);
    for (int is_reopened = 0; is_reopened <= 1; is_reopened++) {
        struct loaded l;
        struct store_facts facts = load(rig, &l);
        assert_str(l.feeds[0].feed.marks, "m1");
        assert_str(l.feeds[0].feed.validators.etag, "\"e1\"");
        assert_int_equal(facts.waiting, 0);
        assert_int_equal(facts.next_seq, 1);
        assert_null(history(rig, 1).alert);
        reopen(rig);
    }
    commit(rig, &batch); // there is room again: the same batch goes whole
    struct loaded l;
    assert_int_equal(load(rig, &l).waiting, 1);
    assert_str(l.feeds[0].feed.marks, "m2");
}

static void i3_marks_validators_and_outbox_commit_together(void **state)
{
    struct rig *rig = *state;
    struct store_feed feed = feed_of(11, "\"e1\"", "marks");
    struct alert alert = alert_of(1, 1);
    struct delivery delivery = delivery_of(1, "desk");
    commit(rig, &(struct store_batch){.now = {2000}, .feeds = &feed, .n_feeds = 1, .alerts = &alert, .n_alerts = 1,
                                      .deliveries = &delivery, .n_deliveries = 1});
    reopen(rig);
    struct loaded l;
    struct store_facts facts = load(rig, &l);
    assert_int_equal(l.n_feeds, 1);
    assert_str(l.feeds[0].feed.marks, "marks");
    assert_str(l.feeds[0].feed.validators.etag, "\"e1\"");
    assert_str(l.feeds[0].feed.url, "https://a.example/g");
    assert_int_equal(facts.waiting, 1);
    assert_int_equal(facts.next_seq, 2);
    assert_int_equal(facts.heartbeat.ms, 2000);
}

static void i4_a_row_is_in_the_outbox_only_after_its_commit_and_until_it_is_done(void **state)
{
    struct rig *rig = *state;
    struct outbox_row *rows;
    assert_int_equal(outbox(rig, "desk", 0, &rows), 0);
    commit_alert(rig, 1, 1, "desk");
    reopen(rig);
    assert_int_equal(outbox(rig, "desk", 0, &rows), 1);
    assert_str(rows[0].body, "{\"a\":1}");
    struct delivery_step step = {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DONE, .attempts = 1};
    commit(rig, &(struct store_batch){.now = {3000}, .steps = &step, .n_steps = 1});
    reopen(rig);
    assert_int_equal(outbox(rig, "desk", 0, &rows), 0);
    assert_int_equal(history(rig, 1).deliveries[0].state, DELIVERY_DONE);
}

static void i4_a_row_waits_until_its_result_is_durable(void **state)
{
    struct rig *rig = *state;
    commit_alert(rig, 1, 1, "desk");
    commit_alert(rig, 2, 2, "desk");
    struct delivery_step steps[] = {
        {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DONE, .attempts = 1},
        {.alert = {2, 2}, .receiver = S("desk"), .state = DELIVERY_DEAD, .attempts = 11},
    };
    struct attempt attempt = {.alert = {1, 1}, .receiver = S("desk"), .number = 1, .at = {3000}};
    struct store_batch batch = {.now = {3000}, .steps = steps, .n_steps = 2, .attempts = &attempt, .n_attempts = 1};
    commit_to_a_full_disk(rig, &batch);
    reopen(rig);
    struct outbox_row *rows;
    assert_int_equal(outbox(rig, "desk", 0, &rows), 2);
    assert_int_equal(rows[0].delivery.attempts, 0);
    assert_int_equal(history(rig, 1).n_attempts, 0);
    commit(rig, &batch);
    reopen(rig);
    assert_int_equal(outbox(rig, "desk", 0, &rows), 0);
    assert_int_equal(history(rig, 2).deliveries[0].state, DELIVERY_DEAD);
}

static void i5_a_second_row_of_one_id_is_refused_by_the_key(void **state)
{
    struct rig *rig = *state;
    commit_alert(rig, 1, 1, "desk");
    struct delivery_step step = {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DONE, .attempts = 1};
    commit(rig, &(struct store_batch){.now = {3000}, .steps = &step, .n_steps = 1});
    // The poll is repeated, and meanwhile the rule tells one more receiver.
    struct alert alert = alert_of(1, 2);
    alert.title = S("Another");
    struct delivery deliveries[] = {delivery_of(1, "desk"), delivery_of(1, "other")};
    struct body body = {{1, 1}, S("slack"), S("text")};
    commit(rig, &(struct store_batch){.now = {4000}, .alerts = &alert, .n_alerts = 1, .deliveries = deliveries,
                                      .n_deliveries = 2, .bodies = &body, .n_bodies = 1});
    struct alert_history h = history(rig, 1);
    assert_str(h.alert->title, "Title");
    assert_int_equal(h.n_deliveries, 1);
    assert_int_equal(h.deliveries[0].state, DELIVERY_DONE);
}

static void i5_one_id_twice_in_a_batch_is_one_alert_with_its_delivery(void **state)
{
    struct rig *rig = *state;
    struct alert alerts[] = {alert_of(1, 1), alert_of(1, 2), alert_of(2, 3)};
    struct delivery deliveries[] = {delivery_of(1, "desk"), delivery_of(1, "desk"), delivery_of(2, "desk")};
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = alerts, .n_alerts = 3, .deliveries = deliveries,
                                      .n_deliveries = 3});
    struct outbox_row *rows;
    assert_int_equal(outbox(rig, "desk", 0, &rows), 2);
    assert_int_equal(rows[0].delivery.alert.low, 1);
    assert_int_equal(rows[1].delivery.alert.low, 2);
}

static void i6_rows_of_a_receiver_come_in_the_order_of_commits(void **state)
{
    struct rig *rig = *state;
    for (uint64_t i = 1; i <= 20; i++)
        commit_alert(rig, 100 - i, i, i % 2 ? "desk" : "other");
    reopen(rig);
    commit_alert(rig, 100, 21, "desk");
    struct outbox_row *rows;
    size_t n = outbox(rig, "desk", 0, &rows);
    assert_int_equal(n, 11);
    for (size_t i = 1; i < n; i++)
        assert_true(rows[i].delivery.row > rows[i - 1].delivery.row);
    assert_int_equal(rows[0].delivery.alert.low, 99);
    assert_int_equal(rows[n - 1].delivery.alert.low, 100);
    assert_int_equal(outbox(rig, "desk", rows[9].delivery.row, &rows), 1);
}

// ---- the rest ---------------------------------------------------------------------------------------------------------

static void known_alerts_are_found_by_id_former_id_and_dedup_key(void **state)
{
    struct rig *rig = *state;
    commit_alert(rig, 1, 1, "desk");
    struct store_known list[] = {
        {.id = {1, 1}, .former = {{1, 1}, {1, 1}, {1, 1}}, .dedup_key = {7, 1}},
        {.id = {9, 9}, .former = {{1, 1}, {9, 9}, {9, 9}}, .dedup_key = {7, 9}},
        {.id = {9, 9}, .former = {{9, 9}, {1, 1}, {9, 9}}, .dedup_key = {7, 9}},
        {.id = {9, 9}, .former = {{9, 9}, {9, 9}, {1, 1}}, .dedup_key = {7, 9}},
        {.id = {9, 9}, .former = {{9, 9}, {9, 9}, {9, 9}}, .dedup_key = {7, 1}},
    };
    struct err err = {0};
    assert_int_equal(store_known(rig->store, list, 5, &err), STORE_OK);
    for (size_t i = 0; i < 4; i++)
        assert_true(list[i].is_known);
    assert_false(list[4].is_known);
    assert_int_equal(list[0].revisions, 1);
    assert_int_equal(list[1].revisions, 0);
    assert_int_equal(list[4].revisions, 1);
}

static void every_attempt_is_kept_and_the_row_moves_on(void **state)
{
    struct rig *rig = *state;
    commit_alert(rig, 1, 1, "desk");
    struct delivery_step step = {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_WAITING, .attempts = 1,
                                 .due = {9000}, .first_try = {2500}};
    struct attempt attempt = {.alert = {1, 1}, .receiver = S("desk"), .number = 1, .at = {2500}, .took_ms = 12,
                              .status = 503, .address = S("127.0.0.1:80"), .reason = S("busy")};
    commit(rig, &(struct store_batch){.now = {3000}, .steps = &step, .n_steps = 1, .attempts = &attempt,
                                      .n_attempts = 1});
    struct alert_history h = history(rig, 1);
    assert_int_equal(h.n_attempts, 1);
    assert_int_equal(h.attempts[0].status, 503);
    assert_str(h.attempts[0].reason, "busy");
    assert_int_equal(h.deliveries[0].due.ms, 9000);
    assert_int_equal(h.deliveries[0].first_try.ms, 2500);
}

static void only_what_accepted_or_again_brings_a_dead_row_back(void **state)
{
    struct rig *rig = *state;
    struct outbox_row *rows;
    commit_alert(rig, 1, 1, "desk");
    commit_alert(rig, 2, 2, "desk");
    struct delivery_step steps[] = {
        {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DEAD, .attempts = 11},
        {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_WAITING, .attempts = 12}, // refused
    };
    commit(rig, &(struct store_batch){.now = {3000}, .steps = steps, .n_steps = 2});
    assert_int_equal(outbox(rig, "desk", 0, &rows), 1);
    struct delivery again = delivery_of(1, "desk");
    again.due.ms = 4000;
    commit(rig, &(struct store_batch){.now = {4000}, .again = &again, .n_again = 1});
    assert_int_equal(outbox(rig, "desk", 0, &rows), 2);
    assert_int_equal(rows[1].delivery.alert.low, 1); // behind what waited
    assert_int_equal(rows[1].delivery.attempts, 0);
    assert_int_equal(history(rig, 1).n_deliveries, 1);
}

// What is retried was looked for before: it is put back only if it has not ended since, and what was moved is counted.
static void again_puts_back_from_the_states_it_names(void **state)
{
    struct rig *rig = *state;
    struct outbox_row *rows;
    enum { DONE = 1 << DELIVERY_DONE, DROPPED = 1 << DELIVERY_DROPPED };
    static const struct {
        enum delivery_state state;
        unsigned from;
        size_t moved;
    } cases[] = {
        {DELIVERY_WAITING, DELIVERY_OPEN, 1}, {DELIVERY_DEAD, DELIVERY_OPEN, 1}, {DELIVERY_DONE, DELIVERY_OPEN, 0},
        {DELIVERY_DROPPED, DELIVERY_OPEN, 0}, {DELIVERY_DONE, DONE, 1},          {DELIVERY_DROPPED, DONE, 0},
        {DELIVERY_DROPPED, DROPPED, 1},       {DELIVERY_DONE, 0, 1},
    };
    for (uint64_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        commit_alert(rig, i + 1, i + 1, "desk");
        const struct delivery_step step = {.alert = {i + 1, i + 1}, .receiver = S("desk"), .state = cases[i].state,
                                           .attempts = 3, .due = {9000}};
        struct delivery again = delivery_of(i + 1, "desk");
        size_t moved = 9, n = outbox(rig, "desk", 0, &rows);
        commit(rig, &(struct store_batch){.now = {3000}, .steps = &step, .n_steps = 1});
        commit(rig, &(struct store_batch){.now = {4000}, .again = &again, .n_again = 1, .again_from = cases[i].from,
                                          .out_moved = &moved});
        const struct delivery after = history(rig, i + 1).deliveries[0];
        if (moved != cases[i].moved || after.state != (moved ? DELIVERY_WAITING : cases[i].state) ||
            after.attempts != (moved ? 0 : 3) || outbox(rig, "desk", 0, &rows) != n - !moved)
            fail_msg("%s, from %x: %zu moved, now %s", delivery_state_name(cases[i].state), cases[i].from, moved,
                     delivery_state_name(after.state));
    }
    const struct delivery_step late = {.alert = {3, 3}, .receiver = S("desk"), .state = DELIVERY_DROPPED};
    size_t moved = 9;
    commit(rig, &(struct store_batch){.now = {5000}, .steps = &late, .n_steps = 1, .out_moved = &moved});
    assert_int_equal(moved, 0); // it is done
}

static void a_step_of_an_attempt_moves_no_row_that_was_put_back_since(void **state)
{
    struct rig *rig = *state;
    struct outbox_row *rows;
    commit_alert(rig, 1, 1, "desk");
    assert_int_equal(outbox(rig, "desk", 0, &rows), 1);
    struct delivery_step step = {.alert = {1, 1}, .receiver = S("desk"), .row = rows[0].delivery.row,
                                 .state = DELIVERY_WAITING, .attempts = 1, .due = {9000}};
    commit(rig, &(struct store_batch){.now = {3000}, .steps = &step, .n_steps = 1});
    assert_int_equal(history(rig, 1).deliveries[0].attempts, 1);
    struct delivery again = delivery_of(1, "desk");
    commit(rig, &(struct store_batch){.now = {4000}, .again = &again, .n_again = 1});
    size_t moved = 9;
    step.attempts = 2;
    for (enum delivery_state to = DELIVERY_WAITING; to <= DELIVERY_DEAD; to++) {
        step.state = to;
        commit(rig, &(struct store_batch){.now = {5000}, .steps = &step, .n_steps = 1, .out_moved = &moved});
        assert_int_equal(moved, 0);
    }
    const struct delivery after = history(rig, 1).deliveries[0];
    assert_true(after.state == DELIVERY_WAITING && after.attempts == 0 && after.due.ms == again.due.ms);
    step.row = 0;
    step.state = DELIVERY_DONE;
    commit(rig, &(struct store_batch){.now = {5000}, .steps = &step, .n_steps = 1, .out_moved = &moved});
    assert_int_equal(moved, 1);
}

static void an_alert_that_was_not_sent_can_be_sent_by_hand(void **state)
{
    struct rig *rig = *state;
    struct outbox_row *rows;
    struct alert alert = alert_of(1, 1);
    alert.fate = FATE_BASELINE;
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = &alert, .n_alerts = 1});
    assert_int_equal(outbox(rig, "desk", 0, &rows), 0);
    struct delivery again = delivery_of(1, "desk");
    commit(rig, &(struct store_batch){.now = {4000}, .again = &again, .n_again = 1});
    assert_int_equal(outbox(rig, "desk", 0, &rows), 1);
    assert_str(rows[0].body, "{\"a\":1}");
}

static void a_body_of_another_format_is_what_its_row_sends(void **state)
{
    struct rig *rig = *state;
    struct alert alert = alert_of(1, 1);
    struct delivery delivery = delivery_of(1, "chat");
    delivery.format = S("slack");
    struct body body = {{1, 1}, S("slack"), S("{\"text\":\"x\"}")};
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = &alert, .n_alerts = 1, .deliveries = &delivery,
                                      .n_deliveries = 1, .bodies = &body, .n_bodies = 1});
    struct outbox_row *rows;
    assert_int_equal(outbox(rig, "chat", 0, &rows), 1);
    assert_str(rows[0].body, "{\"text\":\"x\"}");
}

static void held_rows_come_back_and_leave_with_their_digest(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    struct alert alert = alert_of(1, 1), digest = alert_of(50, 2);
    struct delivery delivery = delivery_of(1, "desk"), sent = delivery_of(50, "desk");
    delivery.state = DELIVERY_HELD;
    digest.kind = ALERT_DIGEST;
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = &alert, .n_alerts = 1, .deliveries = &delivery,
                                      .n_deliveries = 1});
    reopen(rig);
    struct loaded l;
    load(rig, &l);
    assert_int_equal(l.n_held, 1);
    struct store_side *side = store_side_open(rig->store, &err);
    struct alert *held;
    size_t n;
    assert_true(store_held(side, S("truce"), S("desk"), 0, &rig->arena, &held, &n, &err));
    assert_int_equal(n, 1);
    assert_str(held[0].title, "Title");
    struct delivery_step step = {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DIGESTED,
                                 .digest = {50, 50}};
    commit(rig, &(struct store_batch){.now = {3000}, .alerts = &digest, .n_alerts = 1, .deliveries = &sent,
                                      .n_deliveries = 1, .steps = &step, .n_steps = 1});
    assert_true(store_held(side, S("truce"), S("desk"), 0, &rig->arena, &held, &n, &err));
    assert_int_equal(n, 0);
    store_side_close(side);
    assert_int_equal(history(rig, 1).deliveries[0].digest.low, 50);
}

static void what_decide_keeps_comes_back(void **state)
{
    struct rig *rig = *state;
    struct story_row stories[] = {{.story = 3, .feed = 11, .item = 5, .seen = {50}, .title = S("old")},
                                  {.story = 4, .feed = 12, .item = 6, .seen = {150}, .title = S("new")}};
    stories[1].signature.minhash[63] = 77;
    struct silence silences[] = {{.id = 1, .matcher = S("rule=a"), .until = {5000}, .hidden = 2},
                                 {.id = 2, .matcher = S("rule=b"), .until = {6000}}};
    struct throttle_mark throttle = {S("truce"), S("desk"), 2500, {1500}};
    struct receiver_mark receiver = {S("desk"), true, {1600}, S("410 Gone")};
    uint64_t removed = 2;
    commit(rig, &(struct store_batch){.now = {2000}, .stories = stories, .n_stories = 2, .silences = silences,
                                      .n_silences = 2, .throttles = &throttle, .n_throttles = 1,
                                      .receivers = &receiver, .n_receivers = 1});
    throttle.tokens_milli = 1500;
    silences[0].hidden = 3;
    commit(rig, &(struct store_batch){.now = {2100}, .silences = silences, .n_silences = 1, .throttles = &throttle,
                                      .n_throttles = 1, .silences_removed = &removed, .n_silences_removed = 1});
    reopen(rig);
    struct loaded l;
    load(rig, &l);
    assert_int_equal(l.n_stories, 1); // the other one is older than asked for
    assert_str(l.story.title, "new");
    assert_int_equal(l.story.signature.minhash[63], 77);
    assert_int_equal(l.n_silences, 1);
    assert_int_equal(l.silence.hidden, 3);
    assert_int_equal(l.n_throttles, 1);
    assert_int_equal(l.throttle.tokens_milli, 1500);
    assert_int_equal(l.n_receivers, 1);
    assert_true(l.receiver.is_disabled);
    assert_str(l.receiver.reason, "410 Gone");
}

static void a_feed_is_overwritten_whole_and_removed(void **state)
{
    struct rig *rig = *state;
    struct store_feed feeds[] = {feed_of(11, "e1", "m1"), feed_of(12, "x", "y")};
    feeds[1].feed.origin = ORIGIN_ADDED;
    feeds[1].options_text = S("every 5m");
    commit(rig, &(struct store_batch){.now = {2000}, .feeds = feeds, .n_feeds = 2});
    feeds[0] = feed_of(11, "", "m2");
    uint64_t removed = 12;
    reopen(rig);
    struct loaded l;
    load(rig, &l);
    assert_int_equal(l.n_feeds, 2);
    commit(rig, &(struct store_batch){.now = {2000}, .feeds = feeds, .n_feeds = 1, .removed = &removed,
                                      .n_removed = 1});
    load(rig, &l);
    assert_int_equal(l.n_feeds, 1);
    assert_str(l.feeds[0].feed.marks, "m2");
    assert_str(l.feeds[0].feed.validators.etag, "");
}

static void due_times_of_the_checkpoint_count_when_they_are_later(void **state)
{
    struct rig *rig = *state;
    struct store_feed feed = feed_of(11, "e1", "m1"); // polled 500, due 900
    struct feed_due due = {11, {1700}, {1300}};
    struct store_dues dues = {0, &due, 1};
    commit(rig, &(struct store_batch){.now = {1000}, .feeds = &feed, .n_feeds = 1});
    commit(rig, &(struct store_batch){.now = {1400}, .dues = &dues, .n_dues = 1});
    reopen(rig);
    struct loaded l;
    load(rig, &l);
    assert_int_equal(l.feeds[0].feed.polled_at.ms, 1300);
    assert_int_equal(l.feeds[0].feed.due.ms, 1700);
}

// A clock ran two years ahead for a while: the pause of a feed is kept, what was is over, and the next sign of life
// counts from now again.
static void times_of_a_clock_that_was_ahead_end_at_the_opening(void **state)
{
    static const int64_t ahead = 730LL * DAY_MS;
    struct rig *rig = *state;
    struct store_feed feed = feed_of(11, "e1", "m1");
    feed.feed.polled_at = feed.feed.good_at = feed.feed.failing_since = (wall_t){ahead};
    feed.feed.due = (wall_t){ahead + 400};
    commit(rig, &(struct store_batch){.now = {ahead + 100}, .feeds = &feed, .n_feeds = 1});
    rig->now = (wall_t){5000};
    for (int i = 0; i < 2; i++) {
        struct loaded l;
        reopen(rig);
        struct store_facts facts = load(rig, &l);
        assert_int_equal(facts.heartbeat.ms, 5000);
        assert_int_equal(facts.closed.ms, 5000);
        assert_int_equal(l.feeds[0].feed.polled_at.ms, 5000);
        assert_int_equal(l.feeds[0].feed.good_at.ms, 5000);
        assert_int_equal(l.feeds[0].feed.failing_since.ms, 5000);
        assert_int_equal(l.feeds[0].feed.due.ms, 5400);
    }
    commit(rig, &(struct store_batch){.now = {6000}});
    rig->now = (wall_t){7000};
    reopen(rig);
    struct loaded l;
    assert_int_equal(load(rig, &l).heartbeat.ms, 6000);
}

// Rows are of the clock as it was, checkpoints of the clock as it is, and the later of both counts.
static void a_clock_that_is_set_back_moves_what_is_ahead(void **state)
{
    struct rig *rig = *state;
    struct store_feed feeds[] = {feed_of(11, "e1", "m1"), feed_of(12, "e1", "m1"), feed_of(13, "e1", "m1"),
                                 feed_of(14, "e1", "m1")};
    feeds[0].feed.polled_at = feeds[0].feed.good_at = (wall_t){5000};
    feeds[0].feed.due = (wall_t){5600};
    feeds[2].feed.polled_at = (wall_t){6000};
    feeds[2].feed.due = (wall_t){INT64_MAX};
    feeds[3].feed.polled_at = feeds[3].feed.good_at = (wall_t){0};
    feeds[3].feed.due = (wall_t){5000};
    commit(rig, &(struct store_batch){.now = {6100}, .feeds = feeds, .n_feeds = 4});
    commit(rig, &(struct store_batch){.now = {3000}, .is_clock_back = true});
    reopen(rig);
    struct loaded l;
    assert_int_equal(load(rig, &l).heartbeat.ms, 3000);
    static const int64_t expected[][2] = {{3000, 3600}, {500, 900}, {3000, INT64_MAX}, {0, 3000}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(l.feeds[i].feed.polled_at.ms, expected[i][0]);
        assert_int_equal(l.feeds[i].feed.due.ms, expected[i][1]);
    }
    assert_int_equal(l.feeds[0].feed.good_at.ms, 3000);
    struct feed_due due = {11, {3700}, {3100}};
    struct store_dues dues = {0, &due, 1};
    commit(rig, &(struct store_batch){.now = {3200}, .dues = &dues, .n_dues = 1});
    reopen(rig);
    assert_int_equal(load(rig, &l).heartbeat.ms, 3200);
    assert_int_equal(l.feeds[0].feed.due.ms, 3700);
}

static void a_price_is_kept_until_another_is_told(void **state)
{
    struct rig *rig = *state;
    static const struct {
        uint64_t told, kept;
    } steps[] = {{0, 0}, {204124145, 204124145}, {0, 204124145}, {64000000000, 64000000000}, {90000, 90000}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct loaded l;
        commit(rig, &(struct store_batch){.now = {2000}, .price_nano = steps[i].told});
        reopen(rig);
        assert_int_equal(load(rig, &l).price_nano, steps[i].kept);
    }
}

static void alerts_are_listed_by_what_is_asked(void **state)
{
    struct rig *rig = *state;
    struct alert alerts[4];
    for (uint64_t i = 0; i < 4; i++)
        alerts[i] = alert_of(i + 1, i + 1);
    alerts[1].rule = S("other");
    alerts[2].fate = FATE_SILENCED;
    alerts[3].story = 9;
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = alerts, .n_alerts = 4});
    static const struct {
        struct alert_query query;
        uint64_t first;
        size_t n;
        const char *why;
    } cases[] = {
        {{.fate = -1}, 4, 4, "all, newest first"},
        {{.fate = -1, .is_oldest_first = true}, 1, 4, "all, oldest first"},
        {{.fate = -1, .rule = STR("other")}, 2, 1, "of a rule"},
        {{.fate = FATE_SILENCED}, 3, 1, "of a fate"},
        {{.fate = FATE_SENT}, 4, 3, "fate 0 is a fate too"},
        {{.fate = -1, .story = 9}, 4, 1, "of a story"},
        {{.fate = -1, .feed = 12}, 0, 0, "of a feed that has none"},
        {{.fate = -1, .since = {1003}}, 4, 2, "since"},
        {{.fate = -1, .until = {1003}}, 2, 2, "until"},
        {{.fate = -1, .before_seq = 3}, 2, 2, "the next page"},
        {{.fate = -1, .after_seq = 3}, 4, 1, "what came since"},
        {{.fate = -1, .n = 1}, 4, 1, "at most"},
    };
    struct err err = {0};
    struct store_side *side = store_side_open(rig->store, &err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct alert *list;
        size_t n;
        assert_true(store_alerts(side, &cases[i].query, &rig->arena, &list, &n, &err));
        if (n != cases[i].n || (n && list[0].seq != cases[i].first))
            fail_msg("%s: found %zu, first %llu", cases[i].why, n, n ? (unsigned long long)list[0].seq : 0);
    }
    struct rule_count *counts;
    size_t n;
    assert_true(store_rule_counts(side, (wall_t){1002}, &rig->arena, &counts, &n, &err));
    assert_int_equal(n, 2);
    assert_str(counts[0].rule, "other");
    assert_int_equal(counts[1].alerts, 2);
    assert_int_equal(counts[1].last.ms, 1004);
    store_side_close(side);
}

static void an_alert_is_listed_with_the_states_of_its_rows(void **state)
{
    struct rig *rig = *state;
    struct alert alerts[] = {alert_of(1, 1), alert_of(2, 2), alert_of(3, 3)};
    struct delivery deliveries[] = {delivery_of(1, "desk"), delivery_of(1, "other"), delivery_of(1, "third"),
                                    delivery_of(2, "desk")};
    struct delivery_step steps[] = {
        {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DONE, .attempts = 1},
        {.alert = {1, 1}, .receiver = S("other"), .state = DELIVERY_DONE, .attempts = 1},
        {.alert = {2, 2}, .receiver = S("desk"), .state = DELIVERY_DEAD, .attempts = 11},
    };
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = alerts, .n_alerts = 3, .deliveries = deliveries,
                                      .n_deliveries = 4, .steps = steps, .n_steps = 3});
    struct err err = {0};
    struct store_side *side = store_side_open(rig->store, &err);
    for (int with_body = 0; with_body <= 1; with_body++) {
        struct alert_query query = {.fate = -1, .is_oldest_first = true, .with_body = with_body, .with_rows = true};
        struct alert *list;
        size_t n;
        assert_true(store_alerts(side, &query, &rig->arena, &list, &n, &err));
        assert_int_equal(n, 3);
        assert_int_equal(list[0].row_states, 1 << DELIVERY_DONE | 1 << DELIVERY_WAITING);
        assert_int_equal(list[1].row_states, 1 << DELIVERY_DEAD);
        assert_int_equal(list[2].row_states, 0);
        assert_str(list[2].body, with_body ? "{\"a\":1}" : "");
    }
    store_side_close(side);
    assert_int_equal(history(rig, 1).alert->row_states, 1 << DELIVERY_DONE | 1 << DELIVERY_WAITING);
}

static void the_outbox_is_counted_by_receiver_and_state(void **state)
{
    struct rig *rig = *state;
    commit_alert(rig, 1, 1, "desk");
    commit_alert(rig, 2, 2, "desk");
    commit_alert(rig, 3, 3, "archive");
    struct delivery_step step = {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DEAD, .attempts = 11};
    commit(rig, &(struct store_batch){.now = {3000}, .steps = &step, .n_steps = 1});
    struct err err = {0};
    struct store_side *side = store_side_open(rig->store, &err);
    struct outbox_count *counts;
    size_t n;
    assert_true(store_outbox_counts(side, &rig->arena, &counts, &n, &err));
    assert_int_equal(n, 2);
    assert_str(counts[0].receiver, "archive");
    assert_int_equal(counts[1].count[DELIVERY_WAITING], 1);
    assert_int_equal(counts[1].count[DELIVERY_DEAD], 1);
    struct delivery *dead;
    assert_true(store_deliveries(side, &(struct delivery_query){.state = DELIVERY_DEAD}, &rig->arena, &dead, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(dead[0].alert.low, 1);
    store_side_close(side);
}

static void stories_are_pruned_after_72_hours(void **state)
{
    struct rig *rig = *state;
    struct story_row story = {.story = 3, .feed = 11, .item = 5, .seen = {1000}, .title = S("old")};
    commit(rig, &(struct store_batch){.now = {2000}, .stories = &story, .n_stories = 1});
    struct err err = {0};
    size_t n = 9;
    assert_int_equal(store_prune(rig->store, (wall_t){1000 + STORY_LIFE_MS}, 400LL * DAY_MS, 10, &n, &err), STORE_OK);
    assert_int_equal(n, 0);
    assert_int_equal(store_prune(rig->store, (wall_t){1001 + STORY_LIFE_MS}, 400LL * DAY_MS, 10, &n, &err), STORE_OK);
    assert_int_equal(n, 1);
}

// Alerts 1 to 5 are queued at 1001 to 1005 ms.
static size_t prune(struct rig *rig, wall_t at, int64_t history_ms, size_t most)
{
    struct err err = {0};
    size_t n = 0;
    assert_int_equal(store_prune(rig->store, at, history_ms, most, &n, &err), STORE_OK);
    return n;
}

static void history_is_pruned_at_its_age_but_never_what_is_open(void **state)
{
    struct rig *rig = *state;
    for (uint64_t id = 1; id <= 5; id++)
        commit_alert(rig, id, id, "desk");
    struct delivery_step steps[] = {
        {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DONE, .attempts = 1},
        {.alert = {2, 2}, .receiver = S("desk"), .state = DELIVERY_DEAD, .attempts = 11},
        {.alert = {3, 3}, .receiver = S("desk"), .state = DELIVERY_DROPPED, .attempts = 1},
        {.alert = {5, 5}, .receiver = S("desk"), .state = DELIVERY_DONE, .attempts = 1},
    };
    struct attempt attempts[] = {{.alert = {1, 1}, .receiver = S("desk"), .number = 1, .at = {2000}},
                                 {.alert = {2, 2}, .receiver = S("desk"), .number = 1, .at = {2000}}};
    struct body body = {{1, 1}, S("slack"), S("text")};
    commit(rig, &(struct store_batch){.now = {2000}, .steps = steps, .n_steps = 4, .attempts = attempts,
                                      .n_attempts = 2, .bodies = &body, .n_bodies = 1});
    assert_int_equal(prune(rig, (wall_t){1001 + DAY_MS}, DAY_MS, 100), 0); // alert 1 is exactly a day old
    assert_int_equal(prune(rig, (wall_t){1002 + DAY_MS}, DAY_MS, 100), 1);
    struct alert_history h = history(rig, 1);
    assert_null(h.alert);
    assert_int_equal(h.n_deliveries + h.n_attempts, 0);
    assert_int_equal(prune(rig, (wall_t){1005 + DAY_MS}, DAY_MS, 100), 1); // 3; 2 lies dead, 4 waits, 5 is young
    reopen(rig);
    assert_null(history(rig, 3).alert);
    assert_int_equal(history(rig, 2).n_attempts, 1);
    assert_non_null(history(rig, 4).alert);
    assert_non_null(history(rig, 5).alert);
    struct outbox_row *rows;
    assert_int_equal(outbox(rig, "desk", 0, &rows), 1);
    assert_int_equal(prune(rig, (wall_t){1006 + DAY_MS}, 400LL * DAY_MS, 100), 0); // the age is what the caller says
}

static void history_is_pruned_oldest_first_in_pieces(void **state)
{
    struct rig *rig = *state;
    struct alert alerts[5];
    for (uint64_t id = 1; id <= 5; id++)
        alerts[id - 1] = alert_of(id, id);
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = alerts, .n_alerts = 5});
    wall_t later = {5000 + DAY_MS};
    assert_int_equal(prune(rig, later, DAY_MS, 2), 2);
    assert_null(history(rig, 2).alert);
    assert_non_null(history(rig, 3).alert);
    assert_int_equal(prune(rig, later, DAY_MS, 2), 2);
    assert_int_equal(prune(rig, later, DAY_MS, 2), 1);
    assert_int_equal(prune(rig, later, DAY_MS, 2), 0);
}

// A stop on a full disk: what the last checkpoint would have said is not known.
static void a_store_that_gave_something_up_was_not_closed(void **state)
{
    struct rig *rig = *state;
    struct store_feed feed = feed_of(11, "e1", "m1"); // polled 500, due 900
    struct loaded l;
    commit(rig, &(struct store_batch){.now = {1000}, .feeds = &feed, .n_feeds = 1});
    store_give_up(rig->store);
    reopen(rig);
    assert_int_equal(store_opening(rig->store), STORE_WAS_UNCLEAN);
    assert_int_equal(load(rig, &l).closed.ms, 0);
    assert_int_equal(l.feeds[0].feed.due.ms, 1400); // as if polled at the heartbeat
    reopen(rig);
    assert_int_equal(store_opening(rig->store), STORE_IS_CLEAN);
}

// Who reads the history by its numbers would take the next alerts for some that he has.
static void numbers_of_what_is_pruned_are_not_given_again(void **state)
{
    struct rig *rig = *state;
    struct loaded l;
    struct alert alerts[] = {alert_of(1, 7), alert_of(2, 8)};
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = alerts, .n_alerts = 2});
    assert_int_equal(prune(rig, (wall_t){1008 + DAY_MS}, DAY_MS, 10), 1);
    reopen(rig);
    assert_int_equal(load(rig, &l).next_seq, 9);
    assert_int_equal(prune(rig, (wall_t){5000 + DAY_MS}, DAY_MS, 10), 1);
    reopen(rig);
    assert_int_equal(load(rig, &l).next_seq, 9);
    commit_alert(rig, 3, 9, "desk"); // waits, and an alert after it goes
    struct alert last = alert_of(4, 10);
    commit(rig, &(struct store_batch){.now = {2000}, .alerts = &last, .n_alerts = 1});
    assert_int_equal(prune(rig, (wall_t){5000 + DAY_MS}, DAY_MS, 10), 1);
    reopen(rig);
    assert_int_equal(load(rig, &l).next_seq, 11);
}

static void what_is_pruned_is_known_no_more_and_can_come_again(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    commit_alert(rig, 1, 1, "desk");
    struct delivery_step step = {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DONE, .attempts = 1};
    commit(rig, &(struct store_batch){.now = {2000}, .steps = &step, .n_steps = 1});
    assert_int_equal(prune(rig, (wall_t){1002 + DAY_MS}, DAY_MS, 100), 1);
    struct store_known known = {.id = {1, 1}, .dedup_key = {7, 1}};
    assert_int_equal(store_known(rig->store, &known, 1, &err), STORE_OK);
    assert_false(known.is_known);
    assert_int_equal(known.revisions, 0);
    commit_alert(rig, 1, 2, "desk");
    struct outbox_row *rows;
    assert_int_equal(outbox(rig, "desk", 0, &rows), 1);
    assert_int_equal(store_known(rig->store, &known, 1, &err), STORE_OK);
    assert_int_equal(known.revisions, 1);
}

#define BOTH(test)                                                                                                     \
    {"sqlite: " #test, test, set_up_sqlite, tear_down, NULL}, {"memory: " #test, test, set_up_memory, tear_down, NULL}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_first_opening_is_new_and_a_second_one_clean),
        BOTH(i5_the_secret_of_ids_stays_that_of_the_first_opening),
        BOTH(i2_a_second_owner_is_refused),
        BOTH(i1_each_claim_raises_the_epoch),
        BOTH(i1_a_write_under_an_older_epoch_changes_nothing),
        BOTH(i3_a_poll_whose_commit_fails_leaves_nothing),
        BOTH(i3_marks_validators_and_outbox_commit_together),
        BOTH(i4_a_row_is_in_the_outbox_only_after_its_commit_and_until_it_is_done),
        BOTH(i4_a_row_waits_until_its_result_is_durable),
        BOTH(i5_a_second_row_of_one_id_is_refused_by_the_key),
        BOTH(i5_one_id_twice_in_a_batch_is_one_alert_with_its_delivery),
        BOTH(i6_rows_of_a_receiver_come_in_the_order_of_commits),
        BOTH(known_alerts_are_found_by_id_former_id_and_dedup_key),
        BOTH(every_attempt_is_kept_and_the_row_moves_on),
        BOTH(only_what_accepted_or_again_brings_a_dead_row_back),
        BOTH(again_puts_back_from_the_states_it_names),
        BOTH(a_step_of_an_attempt_moves_no_row_that_was_put_back_since),
        BOTH(an_alert_that_was_not_sent_can_be_sent_by_hand),
        BOTH(a_body_of_another_format_is_what_its_row_sends),
        BOTH(held_rows_come_back_and_leave_with_their_digest),
        BOTH(what_decide_keeps_comes_back),
        BOTH(a_feed_is_overwritten_whole_and_removed),
        BOTH(due_times_of_the_checkpoint_count_when_they_are_later),
        BOTH(times_of_a_clock_that_was_ahead_end_at_the_opening),
        BOTH(a_clock_that_is_set_back_moves_what_is_ahead),
        BOTH(a_price_is_kept_until_another_is_told),
        BOTH(alerts_are_listed_by_what_is_asked),
        BOTH(an_alert_is_listed_with_the_states_of_its_rows),
        BOTH(the_outbox_is_counted_by_receiver_and_state),
        BOTH(stories_are_pruned_after_72_hours),
        BOTH(history_is_pruned_at_its_age_but_never_what_is_open),
        BOTH(history_is_pruned_oldest_first_in_pieces),
        BOTH(numbers_of_what_is_pruned_are_not_given_again),
        BOTH(a_store_that_gave_something_up_was_not_closed),
        BOTH(what_is_pruned_is_known_no_more_and_can_come_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
