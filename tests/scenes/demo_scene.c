// SPDX-License-Identifier: MIT
//
// make demo, without its pauses: it ends with 0 only where it saw all that it promises to show.
#include "tests/tools/check.h"

#include "tests/tools/scene.h"

static bool has_ended(struct scene *s, const void *context)
{
    (void)s;
    const struct child *c = context;
    return !c->is_running && uv_is_closing((const uv_handle_t *)&c->out);
}

static void demo_sees_all_that_it_promises(void **state)
{
    (void)state;
    static struct scene s;
    static struct child demo;
    static struct buf text;
    scene_open(&s, "demo-run");
    buf_init(&text, 1 << 20);
    const char *argv[] = {scene_built(&s, "demo"), "--fast", NULL};
    struct child_spec spec = {.argv = argv, .out = &text, .errors = &text};
    struct err err;
    if (!child_start(&demo, &s.loop, &spec, &err))
        fail_msg("%s", err.text);
    scene_until(&s, "the demo's end", has_ended, &demo);
    if (demo.status != 0)
        fail_msg("status %d; it said:\n%s", demo.status, buf_z(&text));
    assert_true(str_find(buf_str(&text), S("All of it was seen.")) < text.n);
    assert_true(str_find(buf_str(&text), S("\033")) == text.n); // no colour off a terminal
    child_done(&demo);
    buf_done(&text);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(demo_sees_all_that_it_promises)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
