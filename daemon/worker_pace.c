// SPDX-License-Identifier: MIT
//
// How fast a worker takes polls up. Two hundred may be in flight, yet begun all at once they push each other out of the
// core's cache, curl walks a list of them for each that ends, and the name server or the gateway of a small site gets
// them in one millisecond. So a burst of them is begun, one more for each that ends, and another burst when nothing has
// ended for a moment: servers that answer at once are asked a few at a time, slow ones are two hundred soon.
#include "daemon/worker_parts.h"

enum { BURST_POLLS = 16, BURST_MS = 5 };

static void on_quiet(uv_timer_t *timer)
{
    struct worker *w = timer->data;
    if (w->is_quiet)
        return;
    uint64_t quiet_ms = uv_now(&w->loop.uv) - w->pace.ended_ms;
    if (quiet_ms < BURST_MS) {
        uv_timer_start(timer, on_quiet, BURST_MS - quiet_ms, 0);
        return;
    }
    w->pace.burst = 0;
    polls_start(w, clock_now(w->threads->clock));
    worker_set_alarm(w);
}

void pace_open(struct worker *w)
{
    uv_timer_init(&w->loop.uv, &w->pace.timer);
    w->pace.timer.data = w;
}

void pace_close(struct worker *w) { uv_close((uv_handle_t *)&w->pace.timer, NULL); }

bool pace_allows(const struct worker *w) { return w->pace.burst < BURST_POLLS; }

void pace_began(struct worker *w)
{
    w->pace.burst++;
    if (pace_allows(w) || uv_is_active((uv_handle_t *)&w->pace.timer))
        return;
    uv_update_time(&w->loop.uv); // this turn may have been long
    uv_timer_start(&w->pace.timer, on_quiet, BURST_MS, 0);
}

void pace_ended(struct worker *w)
{
    uv_update_time(&w->loop.uv); // reading a big feed takes a while
    w->pace.burst -= w->pace.burst > 0;
    w->pace.ended_ms = uv_now(&w->loop.uv);
}
