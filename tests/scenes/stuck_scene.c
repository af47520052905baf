// SPDX-License-Identifier: MIT
//
// Calls of the operating system that do not come back, as on a stuck mount or a slow disk: what waits for them, and
// what must not.
#include "tests/tools/check.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/tools/faults.h"
#include "tests/tools/paper.h"

enum { TICK_MS = 10, EXIT_AGAIN = 75 };

struct stuck {
    struct scene s;
    struct paper p;
    struct fault_page *page;
    uv_timer_t tick; // the page is looked at again
    uv_poll_t manager;
    int manager_fd;
    uint64_t signs; // of life, that the service manager had
};

static void on_tick(uv_timer_t *timer) { (void)timer; }

static void stuck_open(struct stuck *k, const char *name)
{
    scene_open(&k->s, name);
    k->page = faults_load(&k->s);
    paper_open(&k->p, &k->s, "127.0.0.2", PRESS_RSS);
    scene_config(&k->s, paper_config(&k->p, ""));
    scene_write(&k->s, "rules.d/truce.rules", "rule truce {\n when truce\n group none\n notify desk\n}\n");
    uv_timer_init(&k->s.loop, &k->tick);
    uv_timer_start(&k->tick, on_tick, TICK_MS, TICK_MS);
}

static void stuck_done(struct stuck *k)
{
    uv_close((uv_handle_t *)&k->tick, NULL);
    faults_done(k->page);
    scene_done(&k->s);
}

// From now on these calls on what lies in the scene's `name` are held.
static void hang(struct stuck *k, enum fault_hang call, const char *name)
{
    snprintf(k->page->prefix, sizeof k->page->prefix, "%s/%s", k->s.folder, name);
    __atomic_store_n(&k->page->hung, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&k->page->hang, (int32_t)call, __ATOMIC_RELEASE);
}

static void let_go(struct stuck *k) { __atomic_store_n(&k->page->hang, FAULT_HANG_NONE, __ATOMIC_RELEASE); }

static bool is_held(struct scene *s, const void *page)
{
    (void)s;
    return __atomic_load_n(&((const struct fault_page *)page)->hung, __ATOMIC_ACQUIRE) > 0;
}

// ---- the service manager ----

static void on_manager(uv_poll_t *poll, int status, int events)
{
    struct stuck *k = poll->data;
    char text[256];
    ssize_t n;
    (void)status, (void)events;
    while ((n = recv(k->manager_fd, text, sizeof text, MSG_DONTWAIT)) > 0)
        k->signs += str_eq(str_make(text, (size_t)n), S("WATCHDOG=1"));
}

static void manager_open(struct stuck *k)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = scene_path(&k->s, "manager");
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    k->manager_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(k->manager_fd, (struct sockaddr *)&address, sizeof address), 0);
    uv_poll_init(&k->s.loop, &k->manager, k->manager_fd);
    k->manager.data = k;
    uv_poll_start(&k->manager, UV_READABLE, on_manager);
    k->s.env[k->s.n_env++] = arena_fmt(&k->s.arena, "NOTIFY_SOCKET=%s", path).p;
    k->s.env[k->s.n_env++] = "WATCHDOG_USEC=300000"; // a sign each 100 ms
}

static void manager_done(struct stuck *k)
{
    uv_close((uv_handle_t *)&k->manager, NULL);
    uv_run(&k->s.loop, UV_RUN_NOWAIT);
    close(k->manager_fd);
}

static bool are_three_signs_on(struct scene *s, const void *signs)
{
    const struct stuck *k = (const struct stuck *)(void *)s;
    return k->signs >= *(const uint64_t *)signs + 3;
}

// ---- feedwatchctl that has to wait ----

struct asker {
    struct child ctl;
    struct buf out;
};

static void ask(struct stuck *k, struct asker *a, const char *command)
{
    const char *argv[] = {scene_built(&k->s, "feedwatchctl"), command, NULL};
    const char *env[] = {arena_fmt(&k->s.arena, "FEEDWATCH_SOCKET=%s/control.sock", k->s.folder).p, NULL};
    struct err err;
    buf_init(&a->out, 1 << 16);
    struct child_spec spec = {.argv = argv, .env = env, .out = &a->out, .errors = &a->out};
    assert_true(child_start(&a->ctl, &k->s.loop, &spec, &err));
}

static bool has_its_answer(struct scene *s, const void *asker)
{
    (void)s;
    return !((const struct asker *)asker)->ctl.is_running;
}

static void asker_done(struct asker *a)
{
    child_done(&a->ctl);
    buf_done(&a->out);
}

// As long as it takes, which is minutes where the store is large: the watchdog of the unit has 60 s.
static void a_backup_that_takes_long_holds_nothing_up(void **state)
{
    (void)state;
    static struct stuck k;
    static struct asker a;
    int status;
    stuck_open(&k, "backup");
    manager_open(&k);
    scene_start(&k.s);
    hang(&k, FAULT_HANG_SYNC, "state/backup");
    ask(&k, &a, "backup");
    scene_until(&k.s, "the backup's sync", is_held, k.page);
    uint64_t before = k.signs;
    scene_until(&k.s, "three signs of life", are_three_signs_on, &before);
    scene_ctl(&k.s, &status, "alerts", "list", NULL);
    assert_int_equal(status, 0);
    struct str second = scene_ctl(&k.s, &status, "backup", NULL);
    assert_int_equal(status, EXIT_AGAIN);
    assert_true(str_find(second, S("a backup is being written")) < second.n);
    assert_true(a.ctl.is_running);
    let_go(&k);
    scene_until(&k.s, "the backup", has_its_answer, &a);
    assert_int_equal(a.ctl.status, 0);
    scene_ctl(&k.s, &status, "backup", NULL);
    assert_int_equal(status, 0);
    asker_done(&a);
    scene_stop(&k.s);
    manager_done(&k);
    stuck_done(&k);
}

static bool are_two_held(struct scene *s, const void *page)
{
    (void)s;
    return __atomic_load_n(&((const struct fault_page *)page)->hung, __ATOMIC_ACQUIRE) >= 2;
}

static bool is_ready(struct scene *s, const void *context)
{
    (void)context;
    return scene_says(s, "ready: ");
}

static void open_with_list(struct stuck *k, const char *name)
{
    stuck_open(k, name);
    scene_write(&k->s, "rules.d/words.txt", "grain\n");
    scene_write(&k->s, "rules.d/words.rules", "list words file words.txt\nrule words {\n when @words\n notify desk\n}\n");
    k->s.env[k->s.n_env++] = "MALLOC_PERTURB_=85"; // what is used after it was freed is seen
    scene_start(&k->s);
}

// One look a second at the file of a list; the mount that it lies on does not answer.
static void a_stop_waits_for_no_look_that_hangs(void **state)
{
    (void)state;
    static struct stuck k;
    open_with_list(&k, "stop-look");
    hang(&k, FAULT_HANG_STAT, "rules.d/words.txt");
    scene_until(&k.s, "a look that is held", is_held, k.page);
    scene_stop(&k.s);
    scene_expect(&k.s, "stopped");
    let_go(&k);
    scene_mark(&k.s);
    scene_launch(&k.s);
    scene_until(&k.s, "the next start", is_ready, NULL);
    assert_false(scene_says(&k.s, "was not closed properly"));
    scene_stop(&k.s);
    stuck_done(&k);
}

static void a_stop_waits_for_no_reload_that_hangs(void **state)
{
    (void)state;
    static struct stuck k;
    static struct asker first, second;
    open_with_list(&k, "stop-reload");
    hang(&k, FAULT_HANG_STAT, "rules.d/words.txt");
    scene_until(&k.s, "a look that is held", is_held, k.page);
    ask(&k, &first, "reload");
    scene_until(&k.s, "a reload that is held", are_two_held, k.page);
    ask(&k, &second, "reload");
    scene_stop(&k.s);
    scene_until(&k.s, "an answer to who waits", has_its_answer, &first);
    scene_until(&k.s, "an answer to who waits for the next", has_its_answer, &second);
    assert_int_not_equal(first.ctl.status, 0);
    assert_int_not_equal(second.ctl.status, 0);
    asker_done(&first);
    asker_done(&second);
    stuck_done(&k);
}

// The mount answers again when the log has ended already: what was read is taken by nobody, and no reload follows.
static void a_reload_that_comes_back_during_the_stop_is_dropped(void **state)
{
    (void)state;
    static struct stuck k;
    open_with_list(&k, "late-reload");
    hang(&k, FAULT_HANG_STAT, "rules.d/words.txt");
    scene_until(&k.s, "a look that is held", is_held, k.page);
    scene_signal(&k.s, SIGHUP);
    scene_until(&k.s, "a reload that is held", are_two_held, k.page);
    scene_signal(&k.s, SIGHUP);
    scene_mark(&k.s);
    scene_signal(&k.s, SIGTERM);
    scene_expect(&k.s, "stopped");
    let_go(&k);
    assert_int_equal(scene_wait_end(&k.s, SCENE_STOP_MS), 0);
    assert_false(scene_says(&k.s, "reload"));
    stuck_done(&k);
}

static void a_stop_waits_for_no_backup_that_hangs(void **state)
{
    (void)state;
    static struct stuck k;
    static struct asker a;
    int status;
    stuck_open(&k, "stop-backup");
    scene_start(&k.s);
    hang(&k, FAULT_HANG_SYNC, "state/backup");
    ask(&k, &a, "backup");
    scene_until(&k.s, "the backup's sync", is_held, k.page);
    scene_stop(&k.s);
    scene_until(&k.s, "an answer to who waits", has_its_answer, &a);
    assert_int_not_equal(a.ctl.status, 0);
    let_go(&k);
    scene_start(&k.s);
    scene_ctl(&k.s, &status, "backup", NULL); // what the first one left is in nobody's way
    assert_int_equal(status, 0);
    scene_stop(&k.s);
    asker_done(&a);
    stuck_done(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backup_that_takes_long_holds_nothing_up),
        cmocka_unit_test(a_stop_waits_for_no_look_that_hangs),
        cmocka_unit_test(a_stop_waits_for_no_reload_that_hangs),
        cmocka_unit_test(a_reload_that_comes_back_during_the_stop_is_dropped),
        cmocka_unit_test(a_stop_waits_for_no_backup_that_hangs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
