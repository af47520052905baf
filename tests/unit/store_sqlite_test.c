// SPDX-License-Identifier: MIT
//
// What only the sqlite engine has: crashes of a process, damage, backups, schema versions, a full disk, the log. And
// the planted faults of the memory engine, which stand for them in other tests.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rng.h"
#include "store/memory.h"
#include "store/side.h"
#include "store/sqlite.h"
#include "tests/tools/check.h"
#include "tests/tools/folder.h"

struct rig {
    char directory[64];
    struct store *store;
    struct arena arena;
};

static struct store *open_at(const char *directory, int64_t now_ms, struct err *err)
{
    struct store_options options = {.engine = STORE_SQLITE, .directory = str_of(directory), .now = {now_ms},
                                    .secret = "secret"};
    return store_open(&options, err);
}

static void reopen(struct rig *rig, int64_t now_ms)
{
    struct err err = {0};
    rig->store = open_at(rig->directory, now_ms, &err);
    if (!rig->store)
        fail_msg("%s", err.text);
}

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    snprintf(rig->directory, sizeof rig->directory, "/tmp/feedwatch-sqlite-XXXXXX");
    assert_non_null(mkdtemp(rig->directory));
    arena_init(&rig->arena, SIZE_MAX);
    *state = rig;
    reopen(rig, 1000);
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    store_close(rig->store);
    arena_done(&rig->arena);
    folder_remove(rig->directory);
    free(rig);
    return 0;
}

// Ends the store as a kill would: nothing is marked, the files stay as they are.
static void abandon(struct rig *rig)
{
    struct sqlite_store *store = (struct sqlite_store *)rig->store;
    sqlite_commit_done(store);
    sqlite3_close(store->db);
    close(store->lock);
    free(store);
    rig->store = NULL;
}

static const char *path_in(struct rig *rig, const char *name)
{
    return arena_fmt(&rig->arena, "%s/%s", rig->directory, name).p;
}

// Commits poll i: a feed whose marks say i, an alert i, a delivery of it.
static enum store_result commit_poll(struct store *store, uint64_t i, struct err *err)
{
    char marks[32], body[4096];
    snprintf(marks, sizeof marks, "%llu", (unsigned long long)i);
    memset(body, 'x', sizeof body);
    struct store_feed feed = {.feed = {.id = 11, .first_url = S("http://a/"), .url = S("http://a/"),
                                       .marks = str_of(marks), .polled_at = {500}, .due = {900}}};
    struct alert alert = {.id = {1, i}, .dedup_key = {2, i}, .seq = i, .rule = S("r"), .queued = {(int64_t)i},
                          .body = {body, sizeof body}};
    struct delivery delivery = {.alert = {1, i}, .receiver = S("desk"), .rule = S("r"), .format = S("standard")};
    struct store_batch batch = {.now = {1000 + (int64_t)i}, .feeds = &feed, .n_feeds = 1, .alerts = &alert,
                                .n_alerts = 1, .deliveries = &delivery, .n_deliveries = 1};
    return store_commit(store, &batch, err);
}

static void commit_polls(struct rig *rig, uint64_t from, uint64_t to)
{
    struct err err = {0};
    for (uint64_t i = from; i <= to; i++) {
        if (commit_poll(rig->store, i, &err) != STORE_OK)
            fail_msg("%s", err.text);
    }
}

struct seen {
    uint64_t marks;
    wall_t polled_at, due;
};

static void on_feed(void *context, const struct store_feed *row)
{
    struct seen *seen = context;
    str_to_u64(row->feed.marks, UINT64_MAX, &seen->marks);
    seen->polled_at = row->feed.polled_at;
    seen->due = row->feed.due;
}

static struct store_facts load(struct rig *rig, struct seen *seen)
{
    struct err err = {0};
    struct store_facts facts = {0};
    *seen = (struct seen){0};
    if (!store_load(rig->store, &(struct store_visitor){.context = seen, .feed = on_feed}, (wall_t){0}, &facts, &err))
        fail_msg("%s", err.text);
    return facts;
}

// ---- crashes ----------------------------------------------------------------------------------------------------------

// The child: commits polls from `from` on and tells each one that is durable, until it is killed.
static void child_commits(const char *directory, uint64_t from, int acks)
{
    struct err err = {0};
    struct store *store = open_at(directory, 1000, &err);
    for (uint64_t i = from; store && commit_poll(store, i, &err) == STORE_OK; i++) {
        if (write(acks, &i, sizeof i) != sizeof i)
            break;
    }
    _exit(1);
}

// Starts a child, kills it after some acknowledgements, and returns the last one it gave.
static uint64_t kill_after(struct rig *rig, uint64_t from, uint64_t acks)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        child_commits(rig->directory, from, ends[1]);
    close(ends[1]);
    uint64_t last = 0, ack;
    for (uint64_t n = 0; n < acks && read(ends[0], &ack, sizeof ack) == sizeof ack; n++)
        last = ack;
    kill(child, SIGKILL);
    while (read(ends[0], &ack, sizeof ack) == sizeof ack)
        last = ack; // told before the kill reached it
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return last;
}

static void a_killed_writer_loses_nothing_it_acknowledged(void **state)
{
    struct rig *rig = *state;
    struct rng rng;
    rng_init(&rng, 20261124);
    store_close(rig->store);
    uint64_t last = 0;
    for (int round = 0; round < 20; round++) {
        uint64_t acknowledged = kill_after(rig, last + 1, 1 + rng_below(&rng, 40));
        reopen(rig, 1000);
        assert_int_equal(store_opening(rig->store), STORE_WAS_UNCLEAN);
        struct seen seen;
        struct store_facts facts = load(rig, &seen);
        // Marks, alerts and outbox are at the same poll; it is the last acknowledged one, or the one in flight.
        assert_int_equal(facts.next_seq - 1, seen.marks);
        assert_int_equal(facts.waiting, seen.marks);
        assert_true(seen.marks == acknowledged || seen.marks == acknowledged + 1);
        last = seen.marks;
        store_close(rig->store);
    }
    reopen(rig, 1000);
    assert_int_equal(store_opening(rig->store), STORE_IS_CLEAN);
}

static void after_a_crash_a_feed_that_fell_due_counts_as_polled(void **state)
{
    struct rig *rig = *state;
    struct seen seen;
    commit_polls(rig, 1, 1); // polled 500, due 900; the heartbeat is 1001
    abandon(rig);
    reopen(rig, 2000);
    load(rig, &seen);
    assert_int_equal(seen.polled_at.ms, 1001);
    assert_int_equal(seen.due.ms, 1401);
    store_close(rig->store);
    reopen(rig, 2000);
    load(rig, &seen); // after a clean stop the row is as it was
    assert_int_equal(seen.polled_at.ms, 500);
}

static void a_second_daemon_is_told_the_pid_of_the_first(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    char expected[64];
    assert_null(open_at(rig->directory, 1000, &err));
    snprintf(expected, sizeof expected, "another feedwatchd (pid %ld)", (long)getpid());
    assert_non_null(strstr(err.text, expected));
}

static void an_older_claim_can_write_nothing(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    sqlite3 *other;
    assert_int_equal(sqlite3_open(path_in(rig, "state.db"), &other), SQLITE_OK);
    sqlite3_exec(other, "UPDATE meta SET value = value + 1 WHERE name = 'epoch'", NULL, NULL, NULL);
    sqlite3_close(other);
    assert_int_equal(commit_poll(rig->store, 1, &err), STORE_FENCED);
    struct seen seen;
    assert_int_equal(load(rig, &seen).next_seq, 1);
}

static void a_full_disk_changes_nothing_and_the_same_batch_goes_later(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    struct seen seen;
    struct rlimit before, small;
    commit_polls(rig, 1, 3);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 4096; // the log is longer already
    setrlimit(RLIMIT_FSIZE, &small);
    enum store_result full = commit_poll(rig->store, 4, &err), again = commit_poll(rig->store, 4, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(full, STORE_LATER);
    assert_int_equal(again, STORE_LATER);
    assert_int_equal(load(rig, &seen).next_seq, 4);
    assert_int_equal(seen.marks, 3);
    commit_polls(rig, 4, 4);
    assert_int_equal(load(rig, &seen).waiting, 4);
}

// ---- damage and backups -----------------------------------------------------------------------------------------------

static void back_up(struct rig *rig, int64_t now_ms, unsigned keep)
{
    struct err err = {0};
    struct str path = {0};
    struct store_side *side = store_side_open(rig->store, &err);
    if (!side || !store_backup(side, (wall_t){now_ms}, keep, &rig->arena, &path, &err))
        fail_msg("%s", err.text);
    store_side_close(side);
    assert_int_equal(access(path.p, R_OK), 0);
}

static void damage(const char *path)
{
    int fd = open(path, O_WRONLY);
    char junk[4096];
    memset(junk, 0xa5, sizeof junk);
    assert_true(fd >= 0);
    for (off_t at = 2048; at < 65536; at += 4096)
        assert_int_equal(pwrite(fd, junk, 1024, at), 1024);
    close(fd);
}

// Leaves a store that was not closed and whose file, log included, is damaged.
static void damage_state(struct rig *rig)
{
    struct err err = {0};
    uint32_t pages;
    struct store_side *side = store_side_open(rig->store, &err);
    assert_true(store_checkpoint(side, &pages, &err));
    store_side_close(side);
    abandon(rig);
    remove(path_in(rig, "state.db-wal"));
    remove(path_in(rig, "state.db-shm"));
    damage(path_in(rig, "state.db"));
}

static int count_files(struct rig *rig, const char *folder, const char *prefix)
{
    int n = 0;
    DIR *directory = opendir(path_in(rig, folder));
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        n += str_starts(str_of(entry->d_name), str_of(prefix));
    if (directory)
        closedir(directory);
    return n;
}

static void a_damaged_store_is_moved_aside_and_the_newest_whole_backup_serves(void **state)
{
    struct rig *rig = *state;
    struct hash_key secret = *store_secret(rig->store);
    struct seen seen;
    commit_polls(rig, 1, 10);
    back_up(rig, 10000, 9);
    commit_polls(rig, 11, 12);
    back_up(rig, 20000, 9);
    commit_polls(rig, 13, 14);
    back_up(rig, 30000, 9);
    damage(path_in(rig, "backup/state-19700101T000030Z.db"));
    damage_state(rig);
    reopen(rig, 40000);
    assert_int_equal(store_opening(rig->store), STORE_WAS_RESTORED);
    assert_non_null(strstr(store_opening_text(rig->store), "state.db.damaged-19700101T000040Z"));
    assert_non_null(strstr(store_opening_text(rig->store), "state-19700101T000020Z.db"));
    load(rig, &seen);
    assert_int_equal(seen.marks, 12);
    assert_memory_equal(secret.bytes, store_secret(rig->store)->bytes, sizeof secret.bytes); // the same ids
    assert_int_equal(count_files(rig, ".", "state.db.damaged-"), 1);
    commit_polls(rig, 13, 13);
}

static void a_damaged_store_without_a_backup_begins_anew_and_says_so(void **state)
{
    struct rig *rig = *state;
    struct seen seen;
    commit_polls(rig, 1, 10);
    damage_state(rig);
    reopen(rig, 40000);
    assert_int_equal(store_opening(rig->store), STORE_WAS_LOST);
    assert_non_null(strstr(store_opening_text(rig->store), "every feed learns its items anew"));
    assert_int_equal(load(rig, &seen).feeds, 0);
    commit_polls(rig, 1, 1);
}

// The process ended when the damaged file was aside and the backup not yet in its place.
static void a_restore_that_was_broken_off_is_gone_on_with(void **state)
{
    struct rig *rig = *state;
    struct hash_key secret = *store_secret(rig->store);
    struct seen seen;
    commit_polls(rig, 1, 10);
    back_up(rig, 10000, 9);
    commit_polls(rig, 11, 12);
    store_close(rig->store);
    char aside[PATH_MAX], taken[PATH_MAX];
    snprintf(aside, sizeof aside, "%s", path_in(rig, "state.db.damaged-19700101T000040Z"));
    snprintf(taken, sizeof taken, "%s", path_in(rig, "state.db.restoring"));
    assert_int_equal(rename(path_in(rig, "state.db"), aside), 0);
    assert_int_equal(rename(path_in(rig, "backup/state-19700101T000010Z.db"), taken), 0);
    reopen(rig, 40000);
    assert_int_equal(store_opening(rig->store), STORE_WAS_RESTORED);
    assert_non_null(strstr(store_opening_text(rig->store), "broken off"));
    load(rig, &seen);
    assert_int_equal(seen.marks, 10);
    assert_memory_equal(secret.bytes, store_secret(rig->store)->bytes, sizeof secret.bytes);
    store_close(rig->store);
    assert_int_equal(rename(path_in(rig, "state.db"), taken), 0);
    damage(taken); // it was still being copied
    reopen(rig, 50000);
    assert_int_equal(store_opening(rig->store), STORE_WAS_LOST); // not new: no feed may take all it has for news
    assert_int_equal(load(rig, &seen).feeds, 0);
}

static void a_file_that_is_no_database_is_moved_aside(void **state)
{
    struct rig *rig = *state;
    store_close(rig->store);
    assert_true(file_write(path_in(rig, "state.db"), S("This is no database, but a letter to the reader of it.\n"
                                                       "It is longer than the head of a database file is, too.\n")));
    reopen(rig, 40000);
    assert_int_equal(store_opening(rig->store), STORE_WAS_LOST);
}

static void backups_are_rotated(void **state)
{
    struct rig *rig = *state;
    commit_polls(rig, 1, 1);
    for (int64_t i = 1; i <= 5; i++)
        back_up(rig, i * 1000, 2);
    assert_int_equal(count_files(rig, "backup", "state-"), 2);
    assert_int_equal(access(path_in(rig, "backup/state-19700101T000005Z.db"), R_OK), 0);
    assert_int_equal(count_files(rig, "backup", "unfinished"), 0);
}

static void a_backup_is_for_its_owner_alone(void **state)
{
    struct rig *rig = *state;
    struct stat st;
    commit_polls(rig, 1, 1);
    mode_t before = umask(022);
    back_up(rig, 1000, 2);
    umask(before);
    assert_int_equal(stat(path_in(rig, "backup/state-19700101T000001Z.db"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(path_in(rig, "backup"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
}

// ---- versions ---------------------------------------------------------------------------------------------------------

static void a_newer_schema_is_refused_and_left_alone(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    commit_polls(rig, 1, 1);
    store_close(rig->store);
    rig->store = NULL;
    sqlite3 *db;
    sqlite3_open(path_in(rig, "state.db"), &db);
    sqlite3_exec(db, "PRAGMA user_version = 7", NULL, NULL, NULL);
    sqlite3_close(db);
    assert_null(open_at(rig->directory, 1000, &err));
    assert_non_null(strstr(err.text, "has schema 7, this feedwatchd knows up to"));
    sqlite3_open(path_in(rig, "state.db"), &db);
    sqlite3_exec(db, "PRAGMA user_version = 1", NULL, NULL, NULL);
    sqlite3_close(db);
    reopen(rig, 1000);
    struct seen seen;
    load(rig, &seen);
    assert_int_equal(seen.marks, 1);
}

static void each_schema_step_is_whole_and_leaves_a_copy(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    const char *path = path_in(rig, "steps.db");
    static const struct schema_step good[] = {{"CREATE TABLE a (x)"}, {"ALTER TABLE a ADD COLUMN y"}};
    static const struct schema_step bad[] = {{""}, {""}, {"CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)"}};
    sqlite3 *db;
    int64_t n = 0;
    sqlite3_open(path, &db);
    assert_true(schema_migrate(db, path, good, 1, &err));
    assert_int_equal(access(path_in(rig, "steps.db.version-0"), F_OK), -1); // an empty file needs no copy
    assert_true(schema_migrate(db, path, good, 2, &err));
    assert_int_equal(access(path_in(rig, "steps.db.version-1"), F_OK), 0);
    assert_false(schema_migrate(db, path, bad, 3, &err));
    sql_number(db, "PRAGMA user_version", 0, &n);
    assert_int_equal(n, 2);
    sql_number(db, "SELECT count(*) FROM sqlite_master WHERE name = 'b'", 9, &n);
    assert_int_equal(n, 0);
    sqlite3_close(db);
    path = path_in(rig, "new.db");
    sqlite3_open(path, &db);
    assert_true(schema_migrate(db, path, good, 2, &err));
    assert_int_equal(access(path_in(rig, "new.db.version-1"), F_OK), -1); // nor does a new one of several steps
    sqlite3_close(db);
}

// ---- upkeep -----------------------------------------------------------------------------------------------------------

static void a_checkpoint_empties_the_log_while_the_writer_is_open(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    uint32_t pages = 99;
    commit_polls(rig, 1, 50);
    struct store_side *side = store_side_open(rig->store, &err);
    assert_true(store_checkpoint(side, &pages, &err));
    assert_int_equal(pages, 0);
    commit_polls(rig, 51, 52);
    store_side_close(side);
}

// ---- the memory engine's faults ---------------------------------------------------------------------------------------

static struct store *open_memory(struct memory_disk *disk)
{
    struct err err = {0};
    struct store_options options = {.engine = STORE_MEMORY, .disk = disk};
    struct store *store = store_open(&options, &err);
    assert_non_null(store);
    return store;
}

static uint64_t next_seq(struct store *store)
{
    struct err err = {0};
    struct store_facts facts = {0};
    assert_true(store_load(store, &(struct store_visitor){0}, (wall_t){0}, &facts, &err));
    return facts.next_seq;
}

static void planted_faults_fall_where_they_were_put(void **state)
{
    (void)state;
    struct err err = {0};
    struct memory_disk *disk = memory_disk_open();
    struct store *store = open_memory(disk);
    memory_disk_fault(disk, MEMORY_FAIL, 2, 2);
    assert_int_equal(commit_poll(store, 1, &err), STORE_OK);
    assert_int_equal(commit_poll(store, 2, &err), STORE_LATER);
    assert_int_equal(commit_poll(store, 2, &err), STORE_LATER);
    assert_int_equal(next_seq(store), 2);
    assert_int_equal(commit_poll(store, 2, &err), STORE_OK);

    memory_disk_fault(disk, MEMORY_CRASH_BEFORE, 1, 1);
    assert_int_equal(commit_poll(store, 3, &err), STORE_BROKEN);
    assert_int_equal(commit_poll(store, 3, &err), STORE_BROKEN); // dead until it is opened again
    store_close(store);
    store = open_memory(disk);
    assert_int_equal(store_opening(store), STORE_WAS_UNCLEAN);
    assert_int_equal(next_seq(store), 3);

    memory_disk_fault(disk, MEMORY_CRASH_AFTER, 1, 1);
    assert_int_equal(commit_poll(store, 3, &err), STORE_BROKEN);
    store_close(store);
    store = open_memory(disk);
    assert_int_equal(next_seq(store), 4); // it was durable all the same
    assert_int_equal(memory_disk_commits(disk), 3);
    store_close(store);
    memory_disk_close(disk);
}

// SQLite finds a page that is damaged, and no value that nobody wrote.
static void a_value_that_nobody_wrote_is_read_as_one_that_is_known(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    sqlite3 *other;
    commit_polls(rig, 1, 1);
    assert_int_equal(sqlite3_open(path_in(rig, "state.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "UPDATE alert SET kind = 77, fate = -1, severity = 1000000", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "UPDATE delivery SET state = 77, attempts = 4294967295", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(other);
    struct store_side *side = store_side_open(rig->store, &err);
    struct alert_history h;
    struct outbox_count *counts;
    size_t n;
    assert_true(store_alert(side, (struct hash128){1, 1}, &rig->arena, &h, &err));
    assert_int_equal(h.alert->kind, 0);
    assert_int_equal(h.alert->fate, 0);
    assert_int_equal(h.alert->severity, SEVERITY_DEBUG);
    assert_int_equal(h.n_deliveries, 1);
    assert_int_equal(h.deliveries[0].state, DELIVERY_WAITING);
    assert_int_equal(h.deliveries[0].attempts, 0);
    assert_true(store_outbox_counts(side, &rig->arena, &counts, &n, &err));
    store_side_close(side);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_killed_writer_loses_nothing_it_acknowledged),
        T(after_a_crash_a_feed_that_fell_due_counts_as_polled),
        T(a_second_daemon_is_told_the_pid_of_the_first),
        T(an_older_claim_can_write_nothing),
        T(a_full_disk_changes_nothing_and_the_same_batch_goes_later),
        T(a_damaged_store_is_moved_aside_and_the_newest_whole_backup_serves),
        T(a_damaged_store_without_a_backup_begins_anew_and_says_so),
        T(a_restore_that_was_broken_off_is_gone_on_with),
        T(a_file_that_is_no_database_is_moved_aside),
        T(backups_are_rotated),
        T(a_backup_is_for_its_owner_alone),
        T(a_newer_schema_is_refused_and_left_alone),
        T(each_schema_step_is_whole_and_leaves_a_copy),
        T(a_checkpoint_empties_the_log_while_the_writer_is_open),
        T(a_value_that_nobody_wrote_is_read_as_one_that_is_known),
        cmocka_unit_test(planted_faults_fall_where_they_were_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
