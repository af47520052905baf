// SPDX-License-Identifier: MIT
//
// The delivery loop alone: its windows of the outbox against what is committed, put back and dropped meanwhile. The
// test is the writer and decides when the history thread reads and when its answers arrive; the receiver is a file.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "alerts/retry.h"
#include "base/mem.h"
#include "daemon/delivery_loop.h"
#include "daemon/history.h"
#include "daemon/writer.h"
#include "store/memory.h"
#include "tests/tools/check.h"
#include "tests/tools/folder.h"

enum { WAIT_MS = 60000 }; // a bound; nothing takes so long

struct stage {
    struct clock clock;
    struct metrics metrics;
    struct memory_disk *disk;
    struct store *store;
    struct history_thread *history;
    struct queue asked;   // questions for the history thread, not yet given to it
    struct queue read;    // its answers, not yet given to the loop
    struct queue notes;   // for the writer
    struct message *page; // an answer that is kept back
    struct threads threads;
    struct config config;
    struct config_receiver receiver;
    struct delivery_loop *loop;
    char folder[64], path[96];
    uint64_t n; // alerts so far
};

static struct now now_of(struct stage *s) { return clock_now(&s->clock); }

static int set_up(void **state)
{
    struct stage *s = mem_alloc(sizeof *s);
    struct store_options options = {.engine = STORE_MEMORY, .disk = memory_disk_open()};
    struct err err;
    s->clock = (struct clock){.is_stepped = true, .wall_ms = 1795480000000, .mono_ms = HOUR_MS};
    s->disk = options.disk;
    s->store = store_open(&options, &err);
    snprintf(s->folder, sizeof s->folder, "/tmp/feedwatch-delivery.%ld", (long)getpid());
    folder_remove(s->folder);
    folder_make(s->folder);
    snprintf(s->path, sizeof s->path, "%s/out", s->folder);
    queue_init(&s->asked, &s->clock, SIZE_MAX, NULL, NULL);
    queue_init(&s->read, &s->clock, SIZE_MAX, NULL, NULL);
    queue_init(&s->notes, &s->clock, SIZE_MAX, NULL, NULL);
    s->threads = (struct threads){.clock = &s->clock, .metrics = &s->metrics, .writer = &s->notes,
                                  .history = &s->asked, .delivery = &s->read};
    s->threads.log = log_start(LOG_TO_STDERR, &s->clock, &s->metrics);
    log_set_level(s->threads.log, LOG_LEVEL_ERROR);
    s->history = history_start(&s->threads, store_side_open(s->store, &err));
    s->receiver = (struct config_receiver){.name = S("desk"), .kind = RECEIVER_FILE, .format = S("standard"),
                                           .path = s->path, .concurrency = 4};
    s->config = (struct config){.receivers = &s->receiver, .n_receivers = 1, .refs = 1 << 30};
    s->loop = delivery_open(&s->threads, &s->config, 1, &err);
    *state = s;
    return s->loop ? 0 : -1;
}

static void drop_all(struct queue *q)
{
    for (struct message *m = queue_take_all(q, 0), *next; m; m = next) {
        next = m->next;
        if (m->kind == WRITER_NOTE)
            arena_done(&((struct writer_note *)m)->arena);
        queue_handled(q, m->bytes);
        mem_free(m);
    }
    queue_done(q);
}

static int tear_down(void **state)
{
    struct stage *s = *state;
    delivery_end(s->loop);
    uv_run(&delivery_uv(s->loop)->uv, UV_RUN_DEFAULT);
    history_stop(s->history);
    delivery_close(s->loop);
    drop_all(&s->asked);
    drop_all(&s->read);
    drop_all(&s->notes);
    store_close(s->store);
    memory_disk_close(s->disk);
    log_stop(s->threads.log, WAIT_MS, false);
    folder_remove(s->folder);
    mem_free(s);
    return 0;
}

// ---- the loop's surroundings ----

static void turn(struct stage *s)
{
    loop_poke(delivery_uv(s->loop));
    uv_run(&delivery_uv(s->loop)->uv, UV_RUN_NOWAIT);
}

// Lets the history thread read what the loop has asked for, and keeps the answer back. False: nothing was asked.
static bool read_page(struct stage *s)
{
    struct message *ask = queue_take_all(&s->asked, 0);
    if (!ask)
        return false;
    assert_null(ask->next); // one question at a time
    queue_handled(&s->asked, ask->bytes);
    queue_push(history_queue(s->history), ask);
    s->page = queue_take_all(&s->read, WAIT_MS);
    assert_non_null(s->page);
    queue_handled(&s->read, s->page->bytes);
    return true;
}

static void bring_page(struct stage *s)
{
    queue_push(&delivery_uv(s->loop)->inbox, s->page);
    s->page = NULL;
    turn(s);
}

// Makes the results of all attempts durable and tells the loop. Returns how many there were.
static size_t commit_notes(struct stage *s)
{
    size_t n = 0;
    for (struct message *m = queue_take_all(&s->notes, 0), *next; m; m = next, n++) {
        struct writer_note *note = (struct writer_note *)m;
        const struct store_batch batch = {.now = now_of(s).wall, .steps = &note->step, .n_steps = 1,
                                          .attempts = &note->attempt, .n_attempts = 1};
        struct err err;
        next = m->next;
        assert_int_equal(store_commit(s->store, &batch, &err), STORE_OK);
        queue_handled(&s->notes, m->bytes);
        m->kind = DELIVERY_NOTED;
        queue_push(&delivery_uv(s->loop)->inbox, m);
    }
    turn(s);
    return n;
}

// Goes on until nothing is asked and nothing tried.
static void settle(struct stage *s)
{
    turn(s);
    for (bool is_busy = true; is_busy;) {
        is_busy = read_page(s);
        if (is_busy)
            bring_page(s);
        is_busy |= commit_notes(s) > 0;
    }
}

// ---- the outbox ----

static struct hash128 id_of(uint64_t n) { return (struct hash128){n, n}; }

static void commit(struct stage *s, const struct store_batch *batch)
{
    struct err err;
    assert_int_equal(store_commit(s->store, batch, &err), STORE_OK);
}

static struct delivery row_of(struct stage *s, uint64_t n, int64_t due_in_ms)
{
    return (struct delivery){.alert = id_of(n), .receiver = S("desk"), .rule = S("truce"), .format = S("standard"),
                             .queued = now_of(s).wall, .due = wall_add(now_of(s).wall, due_in_ms)};
}

// Queues n alerts that are due in so long. Their bodies are their numbers.
static void queue_rows(struct stage *s, size_t n, int64_t due_in_ms)
{
    for (size_t i = 0; i < n; i++) {
        char body[32];
        struct alert alert = {.id = id_of(++s->n), .seq = s->n, .rule = S("truce"), .dedup_key = id_of(s->n)};
        alert.body = str_make(body, (size_t)snprintf(body, sizeof body, "<%llu>", (unsigned long long)s->n));
        struct delivery row = row_of(s, s->n, due_in_ms);
        commit(s, &(struct store_batch){.now = now_of(s).wall, .alerts = &alert, .n_alerts = 1, .deliveries = &row,
                                        .n_deliveries = 1});
    }
    struct message *news = mem_alloc(sizeof *news);
    news->kind = DELIVERY_NEWS;
    queue_push(&delivery_uv(s->loop)->inbox, news);
}

// How many of those alerts the file got, each once at most.
static size_t sent_of(struct stage *s, uint64_t from, uint64_t to)
{
    bool *is_there = mem_alloc_array(to + 1, sizeof *is_there);
    char line[64];
    size_t n = 0;
    FILE *file = fopen(s->path, "r");
    while (file && fgets(line, sizeof line, file)) {
        uint64_t number = strtoull(line + 1, NULL, 10);
        if (number < from || number > to)
            continue;
        if (is_there[number])
            fail_msg("alert %llu was sent twice", (unsigned long long)number);
        is_there[number] = true;
        n++;
    }
    if (file)
        fclose(file);
    mem_free(is_there);
    return n;
}

static size_t sent(struct stage *s, uint64_t n) { return sent_of(s, n, n); }

static void pass(struct stage *s, int64_t ms) { clock_step(&s->clock, ms, ms); }

// ---- tests ----

static void rows_are_sent_once_when_they_are_due(void **state)
{
    struct stage *s = *state;
    queue_rows(s, 100, 0);
    queue_rows(s, 100, HOUR_MS);
    settle(s);
    assert_int_equal(sent_of(s, 1, 200), 100);
    pass(s, HOUR_MS);
    settle(s);
    assert_int_equal(sent_of(s, 1, 200), 200);
}

static void rows_not_due_hide_none_that_is_however_many_they_are(void **state)
{
    static const size_t counts[] = {DELIVERY_WINDOW / 2 - 1, DELIVERY_WINDOW / 2, DELIVERY_WINDOW / 2 + 1,
                                    DELIVERY_WINDOW - 1, DELIVERY_WINDOW, DELIVERY_WINDOW + 1, 3 * DELIVERY_WINDOW};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        set_up(state);
        struct stage *s = *state;
        queue_rows(s, counts[i], 10 * HOUR_MS);
        settle(s);
        queue_rows(s, 1, 0);
        settle(s);
        if (sent(s, counts[i] + 1) != 1)
            fail_msg("behind %zu rows that are not due", counts[i]);
        if (counts[i] == DELIVERY_WINDOW + 1) { // each is a line made durable: once is enough
            pass(s, 10 * HOUR_MS);
            settle(s);
            assert_int_equal(sent_of(s, 1, counts[i] + 1), counts[i] + 1);
        }
        tear_down(state);
    }
}

static void rows_passed_over_come_back_though_a_page_is_under_way(void **state)
{
    struct stage *s = *state;
    queue_rows(s, DELIVERY_WINDOW, HOUR_MS); // some of them are left to a later reading
    settle(s);
    queue_rows(s, 1, 2 * HOUR_MS);
    turn(s);
    assert_true(read_page(s));
    pass(s, HOUR_MS); // now they are due, and the page that was read before is still to come
    turn(s);
    bring_page(s);
    settle(s);
    assert_int_equal(sent_of(s, 1, DELIVERY_WINDOW), DELIVERY_WINDOW);
}

static void a_row_that_is_done_while_a_page_with_it_is_under_way_is_not_sent_again(void **state)
{
    struct stage *s = *state;
    queue_rows(s, DELIVERY_WINDOW, HOUR_MS);
    settle(s);
    pass(s, HOUR_MS);
    turn(s); // some are tried, and the outbox is read from its start for those that were left to later
    assert_true(read_page(s));
    assert_in_range(commit_notes(s), 1, DELIVERY_UNRECORDED_MAX);
    bring_page(s); // they wait in it still
    settle(s);
    assert_int_equal(sent_of(s, 1, DELIVERY_WINDOW), DELIVERY_WINDOW);
}

static void a_row_dropped_by_hand_is_not_sent(void **state)
{
    struct stage *s = *state;
    queue_rows(s, 2, HOUR_MS);
    settle(s);
    const struct delivery_step step = {.alert = id_of(1), .receiver = S("desk"), .state = DELIVERY_DROPPED};
    commit(s, &(struct store_batch){.now = now_of(s).wall, .steps = &step, .n_steps = 1});
    delivery_look(s->loop);
    pass(s, HOUR_MS);
    settle(s);
    assert_int_equal(sent(s, 1), 0);
    assert_int_equal(sent(s, 2), 1);
}

static void a_waiting_row_sent_by_hand_is_sent_once(void **state)
{
    struct stage *s = *state;
    queue_rows(s, 2, HOUR_MS);
    settle(s);
    const struct delivery again = row_of(s, 1, 0);
    commit(s, &(struct store_batch){.now = now_of(s).wall, .again = &again, .n_again = 1});
    delivery_look(s->loop);
    settle(s);
    assert_int_equal(sent(s, 1), 1);
    pass(s, 2 * HOUR_MS);
    settle(s);
    assert_int_equal(sent(s, 1), 1);
    assert_int_equal(sent(s, 2), 1);
}

static void a_row_sent_by_hand_while_it_is_tried_waits_no_second_time(void **state)
{
    struct stage *s = *state;
    folder_make(s->path); // its file cannot be opened: the attempt fails
    queue_rows(s, 1, 0);
    turn(s);
    assert_true(read_page(s));
    bring_page(s); // tried, and the result not durable yet
    const struct delivery again = row_of(s, 1, 0);
    commit(s, &(struct store_batch){.now = now_of(s).wall, .again = &again, .n_again = 1});
    delivery_look(s->loop);
    folder_remove(s->path);
    settle(s);
    pass(s, 2 * HOUR_MS);
    settle(s);
    assert_int_equal(sent(s, 1), 1);
}

static void a_row_sent_by_hand_while_it_is_accepted_is_sent_once(void **state)
{
    struct stage *s = *state;
    queue_rows(s, 1, 0);
    turn(s);
    assert_true(read_page(s));
    bring_page(s); // accepted, and the result not durable yet
    const struct delivery again = row_of(s, 1, 0);
    commit(s, &(struct store_batch){.now = now_of(s).wall, .again = &again, .n_again = 1,
                                    .again_from = DELIVERY_OPEN});
    delivery_look(s->loop);
    settle(s);
    pass(s, 2 * HOUR_MS);
    settle(s);
    assert_int_equal(sent(s, 1), 1);
}

// What the attempt before makes of it - its last one, a pause of a day - is not for the row that a person put back.
static void a_row_sent_by_hand_while_its_last_attempt_fails_is_due_at_once(void **state)
{
    static const uint32_t attempts[] = {0, RETRY_ATTEMPTS - 2, RETRY_ATTEMPTS - 1};
    struct stage *s = *state;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        queue_rows(s, 1, 0);
        const struct delivery_step step = {.alert = id_of(s->n), .receiver = S("desk"), .state = DELIVERY_WAITING,
                                           .attempts = attempts[i], .due = now_of(s).wall};
        commit(s, &(struct store_batch){.now = now_of(s).wall, .steps = &step, .n_steps = 1});
        folder_remove(s->path);
        folder_make(s->path); // its file cannot be opened: the attempt fails
        delivery_reopen_files(s->loop);
        turn(s);
        assert_true(read_page(s));
        bring_page(s);
        const struct delivery again = row_of(s, s->n, 0);
        commit(s, &(struct store_batch){.now = now_of(s).wall, .again = &again, .n_again = 1});
        delivery_look(s->loop);
        folder_remove(s->path);
        settle(s);
        if (sent(s, s->n) != 1)
            fail_msg("after %u attempts", attempts[i]);
    }
}

static void a_page_that_cannot_be_read_is_asked_for_again_a_second_later(void **state)
{
    struct stage *s = *state;
    queue_rows(s, 1, 0);
    turn(s);
    assert_true(read_page(s));
    struct delivery_rows *page = (struct delivery_rows *)s->page;
    page->failed = true;
    page->n = 0;
    bring_page(s);
    assert_false(read_page(s)); // not at once: a disk that fails is not asked a million times
    pass(s, SECOND_MS);
    settle(s);
    assert_int_equal(sent(s, 1), 1);
}

static void a_receiver_that_said_410_stays_off_though_it_is_named_only_later(void **state)
{
    struct stage *s = *state;
    struct config_receiver later = s->receiver;
    later.name = S("later");
    struct config with_it = {.receivers = &later, .n_receivers = 1, .refs = 1 << 30};
    settle(s);
    delivery_disable(s->loop, S("later"));
    delivery_take_config(s->loop, &with_it);
    struct delivery row = row_of(s, 1, 0);
    const struct alert alert = {.id = id_of(1), .seq = 1, .dedup_key = id_of(1), .body = S("<1>")};
    row.receiver = S("later");
    commit(s, &(struct store_batch){.now = now_of(s).wall, .alerts = &alert, .n_alerts = 1, .deliveries = &row,
                                    .n_deliveries = 1});
    settle(s);
    assert_int_equal(sent(s, 1), 0);
    delivery_enable(s->loop, S("later"));
    settle(s);
    assert_int_equal(sent(s, 1), 1);
    delivery_take_config(s->loop, &s->config);
}

// ---- a clock that is set back ----

static void a_row_from_before_a_clock_was_set_back_waits_as_long_as_it_would_have(void **state)
{
    static const struct {
        int64_t due_ms, back_ms, wait_ms; // after its commit; its clock; what is left to wait
    } cases[] = {
        {0, SECOND_MS, 0}, {0, 10 * HOUR_MS, 0}, {0, 30 * HOUR_MS, 0}, {5 * MINUTE_MS, 10 * HOUR_MS, 5 * MINUTE_MS},
        {12 * HOUR_MS, HOUR_MS, 12 * HOUR_MS}, {12 * HOUR_MS, -HOUR_MS, 11 * HOUR_MS}, {HOUR_MS, -HOUR_MS, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_up(state);
        struct stage *s = *state;
        queue_rows(s, 1, cases[i].due_ms);
        clock_step(&s->clock, -cases[i].back_ms, 0);
        settle(s);
        size_t early = 0;
        if (cases[i].wait_ms > 0) {
            pass(s, cases[i].wait_ms - 1);
            settle(s);
            early = sent(s, 1);
            pass(s, 1);
            settle(s);
        }
        if (early != 0 || sent(s, 1) != 1)
            fail_msg("row %zu: %s", i, early ? "sent too early" : "not sent");
        tear_down(state);
    }
}

static void a_retry_from_before_a_clock_was_set_back_comes_all_the_same(void **state)
{
    struct stage *s = *state;
    folder_make(s->path); // its file cannot be opened: the attempt fails
    queue_rows(s, 1, 0);
    settle(s);
    folder_remove(s->path);
    clock_step(&s->clock, -10 * HOUR_MS, 0);
    delivery_look(s->loop); // it is read from the store
    settle(s);
    assert_int_equal(sent(s, 1), 0);
    pass(s, 6 * SECOND_MS);
    settle(s);
    assert_int_equal(sent(s, 1), 1);
}

// ---- the file ----

// Has files grow no larger than so many bytes for the next turn: a disk that is full there.
static void turn_with_room(struct stage *s, rlim_t bytes)
{
    struct rlimit was, now;
    getrlimit(RLIMIT_FSIZE, &was);
    now = (struct rlimit){bytes, was.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &now);
    turn(s);
    setrlimit(RLIMIT_FSIZE, &was);
    signal(SIGXFSZ, SIG_DFL);
}

static void check_file(const char *path, const char *expected)
{
    struct buf text;
    buf_init(&text, 4096);
    assert_true(file_read(path, &text));
    assert_string_equal(buf_z(&text), expected);
    buf_done(&text);
}

static void a_line_that_a_full_disk_cut_has_none_glued_to_it(void **state)
{
    // Bytes there is room for: half a line, all but its end, nothing of the next one, the end of the cut line alone.
    static const struct {
        rlim_t first, second;
        const char *file;
    } cases[] = {
        {2, 2, "<1\n<1>\n"}, {3, 3, "<1>\n<1>\n"}, {0, 0, "<1>\n"}, {2, 3, "<1\n<1>\n"}, {1, 3, "<\n<\n<1>\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_up(state);
        struct stage *s = *state;
        const rlim_t room[] = {cases[i].first, cases[i].second};
        queue_rows(s, 1, 0);
        turn(s);
        assert_true(read_page(s));
        queue_push(&delivery_uv(s->loop)->inbox, s->page);
        for (size_t k = 0; k < 2; k++) {
            turn_with_room(s, room[k]);
            assert_int_equal(commit_notes(s), 1);
            pass(s, 2 * MINUTE_MS); // the pause before the next attempt
        }
        settle(s);
        check_file(s->path, cases[i].file);
        tear_down(state);
    }
}

static void a_file_that_a_crash_left_without_its_last_end_gets_one(void **state)
{
    static const struct {
        const char *left, *file;
    } cases[] = {{"<0", "<0\n<1>\n"}, {"<0>\n", "<0>\n<1>\n"}, {"", "<1>\n"}, {"\n", "\n<1>\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_up(state);
        struct stage *s = *state;
        assert_true(file_write(s->path, str_of(cases[i].left)));
        queue_rows(s, 1, 0);
        settle(s);
        check_file(s->path, cases[i].file);
        tear_down(state);
    }
}

static void a_reload_moves_to_another_file_and_only_then(void **state)
{
    struct stage *s = *state;
    char moved[112], other[112];
    snprintf(moved, sizeof moved, "%s.1", s->path);
    snprintf(other, sizeof other, "%s.other", s->path);
    struct config_receiver elsewhere = s->receiver, webhook = s->receiver;
    elsewhere.path = other;
    webhook.kind = RECEIVER_WEBHOOK;
    webhook.path = NULL;
    struct config same = s->config, to_other = s->config, to_webhook = s->config;
    to_other.receivers = &elsewhere;
    to_webhook.receivers = &webhook;
    queue_rows(s, 1, 0);
    settle(s);
    assert_int_equal(rename(s->path, moved), 0);
    delivery_take_config(s->loop, &same); // names the same file: SIGUSR1 reopens it, a reload does not
    queue_rows(s, 1, 0);
    settle(s);
    assert_int_not_equal(access(s->path, F_OK), 0);
    delivery_take_config(s->loop, &to_other);
    queue_rows(s, 1, 0);
    settle(s);
    delivery_take_config(s->loop, &to_webhook);
    assert_int_equal(rename(other, s->path), 0);
    delivery_take_config(s->loop, &to_other); // a new one, though the path is that of the file it had
    queue_rows(s, 1, 0);
    settle(s);
    check_file(moved, "<1>\n<2>\n");
    check_file(s->path, "<3>\n");
    check_file(other, "<4>\n");
    delivery_take_config(s->loop, &s->config);
}

// ---- expire ----

// What the store has of alert n.
static struct alert_history history_of(struct stage *s, struct arena *a, uint64_t n)
{
    struct err err;
    struct alert_history h;
    struct store_side *side = store_side_open(s->store, &err);
    assert_true(store_alert(side, id_of(n), a, &h, &err));
    store_side_close(side);
    assert_int_equal(h.n_deliveries, 1);
    return h;
}

static void a_row_that_expired_before_its_turn_is_dead_and_told_not_sent(void **state)
{
    static const struct {
        int64_t expire_ms, age_ms;
        bool is_sent;
    } cases[] = {
        {HOUR_MS, HOUR_MS - 1, true}, {HOUR_MS, HOUR_MS, false}, {HOUR_MS, 30LL * DAY_MS, false},
        {0, 30LL * DAY_MS, true}, // nobody asked for that
    };
    struct stage *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena a;
        arena_init(&a, 1 << 20);
        s->receiver.expire_ms = cases[i].expire_ms;
        queue_rows(s, 1, 0);
        pass(s, cases[i].age_ms); // nobody looked at it all the time
        settle(s);
        struct alert_history h = history_of(s, &a, s->n);
        bool is_told = h.n_attempts == 1 && str_starts(h.attempts[0].reason, S("expired: waited "));
        if (sent(s, s->n) != cases[i].is_sent || is_told == cases[i].is_sent ||
            h.deliveries[0].state != (cases[i].is_sent ? DELIVERY_DONE : DELIVERY_DEAD) ||
            h.deliveries[0].attempts != cases[i].is_sent)
            fail_msg("%lld ms old: sent %zu, %s after %u attempts", (long long)cases[i].age_ms, sent(s, s->n),
                     delivery_state_name(h.deliveries[0].state), h.deliveries[0].attempts);
        arena_done(&a);
    }
}

static void an_expired_row_sent_by_hand_has_its_whole_life_before_it(void **state)
{
    struct stage *s = *state;
    s->receiver.expire_ms = HOUR_MS;
    queue_rows(s, 1, 0);
    pass(s, HOUR_MS);
    settle(s);
    assert_int_equal(sent(s, 1), 0);
    const struct delivery again = row_of(s, 1, 0);
    commit(s, &(struct store_batch){.now = now_of(s).wall, .again = &again, .n_again = 1});
    delivery_look(s->loop);
    pass(s, HOUR_MS - 1);
    settle(s);
    assert_int_equal(sent(s, 1), 1);
}

// More of them than a window holds and than may be unrecorded, before a receiver that takes them in order.
static void expired_rows_delay_none_behind_them(void **state)
{
    struct stage *s = *state;
    s->receiver.expire_ms = HOUR_MS;
    s->receiver.is_strict = true;
    queue_rows(s, DELIVERY_WINDOW + 1, 0);
    pass(s, HOUR_MS);
    queue_rows(s, 2, 0);
    settle(s);
    assert_int_equal(sent_of(s, 1, DELIVERY_WINDOW + 1), 0);
    assert_int_equal(sent_of(s, DELIVERY_WINDOW + 2, DELIVERY_WINDOW + 3), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_are_sent_once_when_they_are_due, set_up, tear_down),
        cmocka_unit_test(rows_not_due_hide_none_that_is_however_many_they_are),
        cmocka_unit_test_setup_teardown(rows_passed_over_come_back_though_a_page_is_under_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_that_is_done_while_a_page_with_it_is_under_way_is_not_sent_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_page_that_cannot_be_read_is_asked_for_again_a_second_later, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_receiver_that_said_410_stays_off_though_it_is_named_only_later, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_row_dropped_by_hand_is_not_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_waiting_row_sent_by_hand_is_sent_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_sent_by_hand_while_it_is_tried_waits_no_second_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_sent_by_hand_while_it_is_accepted_is_sent_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_sent_by_hand_while_its_last_attempt_fails_is_due_at_once, set_up,
                                        tear_down),
        cmocka_unit_test(a_row_from_before_a_clock_was_set_back_waits_as_long_as_it_would_have),
        cmocka_unit_test_setup_teardown(a_retry_from_before_a_clock_was_set_back_comes_all_the_same, set_up, tear_down),
        cmocka_unit_test(a_line_that_a_full_disk_cut_has_none_glued_to_it),
        cmocka_unit_test(a_file_that_a_crash_left_without_its_last_end_gets_one),
        cmocka_unit_test_setup_teardown(a_reload_moves_to_another_file_and_only_then, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_that_expired_before_its_turn_is_dead_and_told_not_sent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_expired_row_sent_by_hand_has_its_whole_life_before_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(expired_rows_delay_none_behind_them, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
