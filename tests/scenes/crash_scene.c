// SPDX-License-Identifier: MIT
//
// kill -9 at random moments under load, with a receiver that journals before it answers and loses answers: nothing is
// lost, nothing comes under two ids, and what comes twice was answered in a life that was killed before it recorded that;
// the store says after each kill what those are. FEEDWATCH_KILLS says how many kills (20), FEEDWATCH_SEED where the dice
// begin.
#include "tests/tools/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/delivery_loop.h"
#include "tests/tools/paper.h"

enum { PAPERS = 10, ARTICLES = 5, KILLS = 20, LIFE_MS_MAX = 400, DOWN_MS = 12 * MINUTE_MS };
// A paper shows its newest articles alone. Before one that nobody read falls off it, a life lasts until all were read:
// on a machine so busy that every other life ends before its first poll, that would be no fault of the daemon.
enum { WHOLE_LIFE_EVERY = PAPER_SHOWN / ARTICLES - 2 };

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    uint64_t n;
    const char *text = getenv(name);
    return text && str_to_u64(str_of(text), UINT64_MAX, &n) ? n : otherwise;
}

static void print_round(struct scene *s, struct paper *papers, uint64_t round)
{
    for (int i = 0; i < PAPERS; i++) {
        char prefix[32], key[64];
        snprintf(prefix, sizeof prefix, "r%llup%d", (unsigned long long)round, i);
        paper_print_many(&papers[i], prefix, "truce", ARTICLES);
        for (int k = 1; k <= ARTICLES; k++) {
            snprintf(key, sizeof key, "truce %s-%d", prefix, k);
            receiver_expect(&s->receiver, key);
        }
    }
}

static void stage(struct scene *s, struct paper *papers, uint64_t seed)
{
    scene_open(s, "crash");
    rng_init(&s->receiver.rng, seed);
    struct str config = S("");
    for (int i = 0; i < PAPERS; i++) {
        char address[16];
        snprintf(address, sizeof address, "127.0.3.%d", i + 1);
        paper_open(&papers[i], s, address, (enum press_format)(i % 4));
        config = arena_fmt(&s->arena, "%.*s%s", STR_ARG(config), paper_config(&papers[i], ""));
    }
    scene_config(s, config.p);
    scene_write(s, "rules.d/truce.rules", "rule truce {\n when truce\n group none\n throttle 1000000/1h\n"
                                          " notify desk\n}\n");
    scene_start(s);
    struct err err;
    if (!receiver_journal(&s->receiver, scene_path(s, "journal"), &err))
        fail_msg("%s", err.text);
    receiver_plan(&s->receiver, (struct receiver_plan){.fault = RECEIVER_LOST_ACK, .chance = 0.2});
    receiver_plan(&s->receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503, .chance = 0.1});
    receiver_plan(&s->receiver, (struct receiver_plan){.fault = RECEIVER_RESET, .chance = 0.1});
}

// What a kill left behind: rows whose receiver answered in the life that it ended, and that do not say so.
struct unrecorded {
    const struct receiver *receiver;
    int64_t life_began_ms;
    size_t n;
};

static void count_answered(void *context, const struct str *columns, int n)
{
    (void)n;
    struct unrecorded *u = context;
    const unsigned char *bytes = (const unsigned char *)columns[0].p;
    struct hash128 id = {0};
    char text[ALERT_ID_BYTES];
    for (int i = 0; i < 8; i++) {
        id.high = id.high << 8 | bytes[i];
        id.low = id.low << 8 | bytes[8 + i];
    }
    alert_id_text(id, text);
    for (size_t i = 0; i < u->receiver->n_alerts; i++) {
        const struct receiver_alert *a = u->receiver->alerts[i];
        u->n += a->is_answered && a->at_ms >= u->life_began_ms && str_eq(a->id, str_of(text));
    }
}

// Kills the daemon. Returns how many alerts it may send again: as many as were answered and not recorded.
static size_t kill_and_count(struct scene *s, int64_t life_began_ms)
{
    scene_kill(s);
    struct unrecorded u = {&s->receiver, life_began_ms, 0};
    scene_each_row(s, "SELECT alert FROM delivery WHERE state = 0", count_answered, &u);
    assert_in_range(u.n, 0, DELIVERY_UNRECORDED_MAX);
    return u.n;
}

static int64_t mono_ms(void) { return (int64_t)(uv_hrtime() / 1000000); }

static void kills_at_random_moments_lose_and_double_nothing(void **state)
{
    (void)state;
    uint64_t kills = number_of("FEEDWATCH_KILLS", KILLS), seed = number_of("FEEDWATCH_SEED", 1);
    static struct scene s;
    struct paper papers[PAPERS];
    struct rng rng;
    rng_init(&rng, seed);
    stage(&s, papers, seed);
    size_t unrecorded = kill_and_count(&s, 0), unrecorded_most = 0;
    for (uint64_t i = 0; i < kills; i++) {
        print_round(&s, papers, i);
        s.now = wall_add(s.now, DOWN_MS);
        int64_t began_ms = mono_ms();
        scene_launch(&s);
        if (i % WHOLE_LIFE_EVERY == WHOLE_LIFE_EVERY - 1) {
            scene_expect(&s, "ready");
            scene_run(&s, 2 * MINUTE_MS);
        } else {
            child_tell(&s.daemon, "run 120000");
        }
        scene_live(&s, rng_below(&rng, LIFE_MS_MAX));
        size_t n = kill_and_count(&s, began_ms);
        unrecorded += n;
        unrecorded_most = n > unrecorded_most ? n : unrecorded_most;
        s.now = wall_add(s.now, 2 * MINUTE_MS);
    }
    receiver_be_well(&s.receiver);
    s.now = wall_add(s.now, DOWN_MS);
    scene_start(&s);
    for (int hour = 0; hour < 48 && receiver_report(&s.receiver).lost > 0; hour++)
        scene_run(&s, HOUR_MS);
    struct receiver_report r = receiver_report(&s.receiver);
    printf("crash: %llu kills, seed %llu: %zu alerts expected, %zu lost, %zu under two ids, %zu bodies changed, "
           "%zu requests, %zu repeated after a lost answer, %zu after one that a kill left unrecorded (of %zu, at most "
           "%zu a kill)\n",
           (unsigned long long)kills, (unsigned long long)seed, r.expected, r.lost, r.two_ids, r.changed_body,
           r.requests, r.doubled_unsure, r.doubled, unrecorded, unrecorded_most);
    if (r.lost + r.two_ids + r.changed_body + r.unexpected + r.bad_signatures > 0) {
        struct buf text;
        buf_init(&text, 1 << 16);
        receiver_describe(&s.receiver, &text);
        print_error("%s", buf_z(&text));
    }
    assert_int_equal(r.lost, 0);
    assert_int_equal(r.two_ids, 0);
    assert_int_equal(r.changed_body, 0);
    assert_int_equal(r.unexpected, 0);
    assert_int_equal(r.bad_signatures, 0);
    assert_in_range(r.doubled, 0, unrecorded);
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kills_at_random_moments_lose_and_double_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
