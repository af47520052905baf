// SPDX-License-Identifier: MIT
//
// What follows an attempt, and the breaker. See retry.h.
#include "alerts/retry.h"

#include <assert.h>

// Pause before the attempt of that index (0 is the first one).
static const int64_t schedule_ms[RETRY_ATTEMPTS] = {
    0,           5 * SECOND_MS, MINUTE_MS,    5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS,
    5 * HOUR_MS, 10 * HOUR_MS,  14 * HOUR_MS, 20 * HOUR_MS,  24 * HOUR_MS,
};

enum answer { ANSWER_ACCEPTED, ANSWER_GONE, ANSWER_REFUSED, ANSWER_BUSY };

static enum answer answer_of(uint16_t status)
{
    if (status >= 200 && status < 300)
        return ANSWER_ACCEPTED;
    if (status == 410)
        return ANSWER_GONE;
    switch (status) {
    case 408: // Request Timeout
    case 409: // Conflict
    case 421: // Misdirected Request
    case 423: // Locked
    case 425: // Too Early
    case 429: // Too Many Requests
        return ANSWER_BUSY;
    }
    return status >= 400 && status < 500 ? ANSWER_REFUSED : ANSWER_BUSY;
}

static int64_t jittered(int64_t ms, struct rng *rng)
{
    return (int64_t)((double)ms * (0.8 + 0.4 * rng_unit(rng)));
}

bool retry_is_expired(wall_t queued, int64_t life_ms, wall_t now)
{
    return wall_diff(now, queued) >= (life_ms > 0 ? life_ms : RETRY_LIFE_MS);
}

struct retry_decision retry_decide(const struct retry_try *try, struct rng *rng)
{
    assert(try->attempt >= 1);
    enum answer answer = answer_of(try->status);
    if (answer == ANSWER_ACCEPTED)
        return (struct retry_decision){RETRY_DONE, {0}, "accepted"};
    if (answer == ANSWER_GONE)
        return (struct retry_decision){RETRY_DISABLE, {0}, "the receiver says 410 Gone: switched off"};
    if (answer == ANSWER_REFUSED && wall_diff(try->now, try->first_try) >= RETRY_REFUSED_MS)
        return (struct retry_decision){RETRY_DEAD, {0}, "refused for an hour"};
    if (try->attempt >= RETRY_ATTEMPTS)
        return (struct retry_decision){RETRY_DEAD, {0}, "the last attempt failed"};
    int64_t pause_ms = jittered(schedule_ms[try->attempt], rng);
    int64_t asked_ms = try->retry_after_ms > RETRY_AFTER_MS_MAX ? RETRY_AFTER_MS_MAX : try->retry_after_ms;
    if (asked_ms > pause_ms)
        pause_ms = asked_ms;
    // A refusal is looked at once more when its hour ends, not half an hour after.
    int64_t hour_left_ms = RETRY_REFUSED_MS - wall_diff(try->now, try->first_try);
    if (answer == ANSWER_REFUSED && asked_ms < hour_left_ms && pause_ms > hour_left_ms)
        pause_ms = hour_left_ms;
    // So is a row with an `expire` before its time is over, where there is time: not hours before it.
    int64_t life_left_ms = try->life_ms - RETRY_LAST_MS - wall_diff(try->now, try->queued);
    if (try->life_ms > 0 && life_left_ms >= RETRY_LAST_MS && asked_ms <= life_left_ms && pause_ms > life_left_ms)
        pause_ms = life_left_ms;
    wall_t due = wall_add(try->now, pause_ms);
    if (retry_is_expired(try->queued, try->life_ms, due))
        return (struct retry_decision){RETRY_DEAD, {0}, "its time is over before the next attempt"};
    return (struct retry_decision){RETRY_LATER, due, answer == ANSWER_REFUSED ? "refused" : "failed"};
}

enum breaker_leave breaker_ask(struct breaker *breaker, mono_t now)
{
    switch (breaker->state) {
    case BREAKER_CLOSED:
        return BREAKER_ALL;
    case BREAKER_OPEN:
        if (mono_diff(now, breaker->until) < 0)
            return BREAKER_NONE;
        breaker->state = BREAKER_PROBING;
        return BREAKER_ONE;
    case BREAKER_PROBING:
        return BREAKER_NONE;
    }
    return BREAKER_NONE;
}

bool breaker_note(struct breaker *breaker, bool is_up, mono_t now, struct rng *rng)
{
    if (is_up) {
        bool was_open = breaker->state != BREAKER_CLOSED;
        *breaker = (struct breaker){0};
        return was_open;
    }
    breaker->failures++;
    // A failure of an attempt that was in flight when the breaker opened adds nothing to the pause.
    bool opens = breaker->state == BREAKER_PROBING
                 || (breaker->state == BREAKER_CLOSED && breaker->failures >= BREAKER_FAILURES);
    if (!opens)
        return false;
    breaker->pause_ms = breaker->pause_ms ? breaker->pause_ms * 2 : BREAKER_PAUSE_MS;
    if (breaker->pause_ms > BREAKER_PAUSE_MS_MAX)
        breaker->pause_ms = BREAKER_PAUSE_MS_MAX;
    breaker->state = BREAKER_OPEN;
    breaker->until = mono_add(now, jittered(breaker->pause_ms, rng));
    return false;
}
