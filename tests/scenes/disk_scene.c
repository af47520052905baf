// SPDX-License-Identifier: MIT
//
// The disk is full, or broken, for a while: nothing is dropped, it is said clearly, and it mends without a hand. The
// faults come from tests/faults: writes under the state folder fail while a page of shared memory says so.
#define _GNU_SOURCE // prlimit
#include "tests/tools/check.h"

#include <errno.h>
#include <sys/resource.h>

#include "daemon/delivery_loop.h"
#include "daemon/shard.h"
#include "tests/tools/faults.h"
#include "tests/tools/paper.h"

struct disk {
    struct scene s;
    struct paper p;
    struct fault_page *page;
};

static void disk_open(struct disk *d, const char *name)
{
    scene_open(&d->s, name);
    d->page = faults_load(&d->s);
    snprintf(d->page->prefix, sizeof d->page->prefix, "%s/state", d->s.folder);
    paper_open(&d->p, &d->s, "127.0.0.2", PRESS_RSS);
    scene_config(&d->s, paper_config(&d->p, ""));
    scene_write(&d->s, "rules.d/truce.rules",
                "rule truce {\n when truce\n group none\n throttle 1000/1h\n notify desk\n}\n");
    scene_start(&d->s);
}

static void disk_fail(struct disk *d, int write_error, int sync_error)
{
    __atomic_store_n(&d->page->write_error, write_error, __ATOMIC_RELEASE);
    __atomic_store_n(&d->page->sync_error, sync_error, __ATOMIC_RELEASE);
}

static bool has_failed(struct scene *s, const void *page)
{
    (void)s;
    const struct fault_page *p = page;
    return __atomic_load_n(&p->failed, __ATOMIC_ACQUIRE) > 0;
}

// Prints while the disk fails, mends the disk, and asks for what was printed.
static void disk_walk(struct disk *d, const char *says)
{
    paper_print(&d->p, "g1", "A truce while the disk fails", NULL);
    receiver_expect(&d->s.receiver, "truce g1");
    scene_mark(&d->s);
    scene_run_begin(&d->s, 11 * MINUTE_MS);
    scene_until(&d->s, "a write that fails", has_failed, d->page);
    scene_expect(&d->s, says);
    assert_int_equal(receiver_report(&d->s.receiver).requests, 0);

    disk_fail(d, 0, 0);
    scene_until_acked(&d->s, "truce g1", 1);
    scene_run_end(&d->s);
    paper_print(&d->p, "g2", "A truce after it", NULL);
    receiver_expect(&d->s.receiver, "truce g2");
    scene_run(&d->s, 11 * MINUTE_MS);
    scene_run(&d->s, 11 * MINUTE_MS);
    struct receiver_report r = receiver_report(&d->s.receiver);
    assert_int_equal(r.lost, 0);
    assert_int_equal(r.two_ids + r.changed_body + r.doubled, 0);
}

static void disk_done(struct disk *d)
{
    scene_stop(&d->s);
    faults_done(d->page);
    scene_done(&d->s);
}

static void full_disk_is_told_and_mends_unaided(void **state)
{
    (void)state;
    static struct disk d;
    disk_open(&d, "full");
    disk_fail(&d, ENOSPC, 0);
    disk_walk(&d, "full");
    disk_done(&d);
}

static void daemon_killed_on_a_full_disk_loses_nothing(void **state)
{
    (void)state;
    static struct disk d;
    disk_open(&d, "full-kill");
    disk_fail(&d, ENOSPC, 0);
    paper_print(&d.p, "g1", "A truce while the disk fails", NULL);
    receiver_expect(&d.s.receiver, "truce g1");
    scene_run_begin(&d.s, 11 * MINUTE_MS);
    scene_until(&d.s, "a write that fails", has_failed, d.page);
    scene_kill(&d.s);
    disk_fail(&d, 0, 0);
    d.s.now = wall_add(d.s.now, 30 * MINUTE_MS);
    scene_start(&d.s);
    scene_run(&d.s, 2 * SHARD_HOST_GAP_MS); // hosts rest first
    scene_until_acked(&d.s, "truce g1", 1);
    assert_int_equal(receiver_report(&d.s.receiver).two_ids, 0);
    disk_done(&d);
}

static void stop_on_a_full_disk_is_still_quick(void **state)
{
    (void)state;
    static struct disk d;
    disk_open(&d, "full-stop");
    disk_fail(&d, ENOSPC, 0);
    paper_print(&d.p, "g1", "A truce while the disk fails", NULL);
    scene_run_begin(&d.s, 11 * MINUTE_MS);
    scene_until(&d.s, "a write that fails", has_failed, d.page);
    scene_signal(&d.s, 15);
    scene_wait_end(&d.s, SCENE_STOP_MS); // its status may say that it could not write
    disk_fail(&d, 0, 0);
    d.s.now = wall_add(d.s.now, 30 * MINUTE_MS);
    scene_start(&d.s);
    scene_run(&d.s, 2 * SHARD_HOST_GAP_MS); // hosts rest first
    scene_until_acked(&d.s, "truce g1", 1);
    disk_done(&d);
}

static void fail_from_now(void *context, const struct receiver_alert *alert, const char *answer)
{
    (void)alert;
    (void)answer;
    disk_fail(context, ENOSPC, 0);
}

// More alerts wait than a crash may double; the disk fails with the first that is accepted, so no answer is recorded.
static void answers_that_cannot_be_recorded_are_bounded(void **state)
{
    (void)state;
    static struct disk d;
    static struct paper others[2];
    disk_open(&d, "full-bound");
    scene_stop(&d.s);
    struct str config = arena_fmt(&d.s.arena, "%s", paper_config(&d.p, ""));
    for (int i = 0; i < 2; i++) {
        paper_open(&others[i], &d.s, i ? "127.0.0.4" : "127.0.0.3", PRESS_ATOM);
        config = arena_fmt(&d.s.arena, "%.*s%s", STR_ARG(config), paper_config(&others[i], ""));
    }
    scene_config(&d.s, config.p);
    scene_start(&d.s);
    scene_run(&d.s, 6 * MINUTE_MS);
    receiver_plan(&d.s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503});
    paper_print_many(&d.p, "a", "truce", PAPER_SHOWN);
    paper_print_many(&others[0], "b", "truce", PAPER_SHOWN);
    paper_print_many(&others[1], "c", "truce", PAPER_SHOWN);
    scene_run(&d.s, 12 * MINUTE_MS);

    receiver_be_well(&d.s.receiver);
    d.s.receiver.context = &d;
    d.s.receiver.on_alert = fail_from_now;
    scene_run_begin(&d.s, HOUR_MS);
    scene_until_acked(&d.s, NULL, DELIVERY_UNRECORDED_MAX);
    scene_live(&d.s, 100); // more would come now
    assert_int_equal(receiver_acked(&d.s.receiver, NULL), DELIVERY_UNRECORDED_MAX);
    scene_kill(&d.s);
    d.s.receiver.on_alert = NULL;
    disk_fail(&d, 0, 0);
    d.s.now = wall_add(d.s.now, 2 * HOUR_MS);
    scene_start(&d.s);
    scene_until_acked(&d.s, NULL, 3 * PAPER_SHOWN);
    struct receiver_report r = receiver_report(&d.s.receiver);
    assert_int_equal(r.doubled, DELIVERY_UNRECORDED_MAX);
    assert_int_equal(r.two_ids + r.changed_body, 0);
    disk_done(&d);
}

static bool ctl_has_ended(struct scene *s, const void *ctl)
{
    (void)s;
    return !((const struct child *)ctl)->is_running;
}

// The receiver accepts, and the disk fails before that is recorded: who looks at the row then still sees it wait. His
// retry comes to the writer behind the record, and must send nothing again.
static void a_retry_of_what_was_accepted_meanwhile_sends_nothing(void **state)
{
    (void)state;
    static struct disk d;
    disk_open(&d, "full-retry");
    paper_print(&d.p, "g1", "A truce", NULL);
    receiver_expect(&d.s.receiver, "truce g1");
    d.s.receiver.context = &d;
    d.s.receiver.on_alert = fail_from_now;
    scene_run_begin(&d.s, 11 * MINUTE_MS);
    scene_until_acked(&d.s, "truce g1", 1);
    scene_until(&d.s, "a write that fails", has_failed, d.page);

    const char *argv[] = {scene_built(&d.s, "feedwatchctl"), "deliveries", "retry", "--all", NULL};
    const char *env[] = {arena_fmt(&d.s.arena, "FEEDWATCH_SOCKET=%s/control.sock", d.s.folder).p, NULL};
    static struct child ctl;
    struct buf out;
    struct err err;
    buf_init(&out, 1 << 16);
    assert_true(child_start(&ctl, &d.s.loop, &(struct child_spec){.argv = argv, .env = env, .out = &out}, &err));
    scene_live(&d.s, 300); // time to ask; the next question is answered behind its search
    int status;
    struct str list = scene_ctl(&d.s, &status, "alerts", "list", NULL);
    assert_true(str_find(list, S("waiting")) < list.n && ctl.is_running);
    d.s.receiver.on_alert = NULL;
    disk_fail(&d, 0, 0);
    scene_until(&d.s, "the end of retry", ctl_has_ended, &ctl);
    scene_run_end(&d.s);
    scene_run(&d.s, HOUR_MS);
    if (!str_eq(buf_str(&out), S("0 deliveries are due now\n")))
        fail_msg("retry: %s", buf_z(&out));
    assert_int_equal(receiver_report(&d.s.receiver).requests, 1);
    child_done(&ctl);
    buf_done(&out);
    disk_done(&d);
}

static void limit_files(struct disk *d, rlim_t soft)
{
    struct rlimit limit;
    assert_int_equal(prlimit(scene_pid(&d->s), RLIMIT_FSIZE, NULL, &limit), 0);
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    assert_int_equal(prlimit(scene_pid(&d->s), RLIMIT_FSIZE, &limit, NULL), 0);
}

// SIGXFSZ would end the process at the first write.
static void a_limit_on_the_size_of_files_is_as_a_full_disk(void **state)
{
    (void)state;
    static struct disk d;
    disk_open(&d, "limit");
    limit_files(&d, 1);
    paper_print(&d.p, "g1", "A truce while nothing may grow", NULL);
    receiver_expect(&d.s.receiver, "truce g1");
    scene_run_begin(&d.s, 11 * MINUTE_MS);
    scene_expect(&d.s, "the store cannot be written");
    assert_int_equal(receiver_report(&d.s.receiver).requests, 0);
    limit_files(&d, RLIM_INFINITY);
    scene_until_acked(&d.s, "truce g1", 1);
    scene_run_end(&d.s);
    assert_int_equal(receiver_report(&d.s.receiver).lost, 0);
    disk_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_disk_is_told_and_mends_unaided),
        cmocka_unit_test(daemon_killed_on_a_full_disk_loses_nothing),
        cmocka_unit_test(stop_on_a_full_disk_is_still_quick),
        cmocka_unit_test(a_limit_on_the_size_of_files_is_as_a_full_disk),
        cmocka_unit_test(answers_that_cannot_be_recorded_are_bounded),
        cmocka_unit_test(a_retry_of_what_was_accepted_meanwhile_sends_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
