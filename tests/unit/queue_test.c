// SPDX-License-Identifier: MIT
#include "daemon/queue.h"
#include "tests/tools/check.h"

enum { ROOM = 100 };

struct stage {
    struct clock clock;
    struct queue queue;
};

static int stage_open(void **state)
{
    static struct stage s;
    s.clock = (struct clock){.is_stepped = true};
    queue_init(&s.queue, &s.clock, ROOM, NULL, NULL);
    *state = &s;
    return 0;
}

static int stage_close(void **state)
{
    struct stage *s = *state;
    queue_done(&s->queue);
    return 0;
}

static void what_comes_is_taken_in_order_and_weighs_until_handled(void **state)
{
    struct stage *s = *state;
    struct message a = {.bytes = ROOM - 1}, b = {.bytes = 1};
    queue_push(&s->queue, &a);
    assert_true(queue_has_room(&s->queue));
    queue_push(&s->queue, &b);
    assert_false(queue_has_room(&s->queue));
    assert_ptr_equal(queue_take_all(&s->queue, -1), &a);
    assert_ptr_equal(a.next, &b);
    assert_null(b.next);
    assert_null(queue_take_all(&s->queue, 0));
    assert_false(queue_has_room(&s->queue));
    assert_false(clock_is_idle(&s->clock));
    queue_handled(&s->queue, a.bytes);
    queue_handled(&s->queue, b.bytes);
    size_t n, bytes;
    queue_load(&s->queue, &n, &bytes);
    assert_int_equal(n + bytes, 0);
    assert_true(clock_is_idle(&s->clock));
}

// A reader whose wait ended with nothing may see the close that came after one more message: it is not over then.
static void a_closed_queue_is_over_when_it_is_empty(void **state)
{
    struct stage *s = *state;
    struct message last = {.bytes = 1};
    assert_null(queue_take_all(&s->queue, 0));
    queue_push(&s->queue, &last);
    queue_close(&s->queue);
    assert_true(queue_is_closed(&s->queue));
    assert_false(queue_is_over(&s->queue));
    assert_ptr_equal(queue_take_all(&s->queue, -1), &last);
    assert_true(queue_is_over(&s->queue));
    assert_null(queue_take_all(&s->queue, -1)); // does not wait
    queue_handled(&s->queue, last.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_comes_is_taken_in_order_and_weighs_until_handled, stage_open, stage_close),
        cmocka_unit_test_setup_teardown(a_closed_queue_is_over_when_it_is_empty, stage_open, stage_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
