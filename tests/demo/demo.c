// SPDX-License-Identifier: MIT
//
// make demo: the main job before your eyes, in about a minute, without a network.
//
// The daemon is the real one, with its store in a scratch folder. Its four papers are printed here, its receiver
// stands here, and its clock is stepped from here, so that an hour passes while you read. What is claimed at the end is
// checked, and the exit status is 0 only where all of it was seen. --fast leaves out the pauses for reading.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/demo/articles.h"
#include "tests/demo/show.h"
#include "tests/tools/paper.h"

enum {
    STEP_MS = 5 * SECOND_MS, // of the daemon's time at once, so that what is shown has the right second or nearly
    MINUTE_PACE_MS = 260,    // of reading for each minute of the daemon
    CARD_PACE_MS = 700,
    ACT_PACE_MS = 1500,
    DOWN_MS = 20 * MINUTE_MS,
};

struct demo {
    struct scene s;
    struct show show;
    struct paper papers[PAPERS];
    bool is_fast;
    size_t cards, failures, repeats, hits_marked, late, vetoes;
    size_t baseline_items, baseline_matches, expected_baseline_matches;
    size_t requests_at_baseline;
    size_t on_the_way; // accepted or not, when the daemon was killed
};

static void pause(struct demo *d, unsigned ms)
{
    if (!d->is_fast)
        scene_live(&d->s, ms);
}

static void pass(struct demo *d, int64_t ms)
{
    for (int64_t at = 0; at < ms; at += STEP_MS) {
        scene_run(&d->s, STEP_MS);
        pause(d, MINUTE_PACE_MS * STEP_MS / MINUTE_MS);
    }
}

// ---- alerts as they come ------------------------------------------------------------------------------------------

static struct str text_at(const json_t *object, const char *name)
{
    const json_t *text = json_object_get(object, name);
    return str_make(json_string_value(text), json_string_length(text));
}

static const char *trait_of(const struct receiver_alert *a)
{
    for (size_t i = 0; i < articles_n; i++)
        if (str_ends(a->key, str_of(articles[i].guid)) && articles[i].trait)
            return articles[i].trait;
    return NULL;
}

static bool is_good(const char *answer) { return strcmp(answer, "204") == 0; }

static const char *answer_words(const char *answer)
{
    if (strcmp(answer, "reset") == 0)
        return "the receiver hangs up";
    if (strcmp(answer, "lost-ack") == 0)
        return "accepted, but the answer gets lost on the way back";
    return "the receiver says 503, not now";
}

static void show_card(struct demo *d, const struct receiver_alert *a)
{
    json_t *document = json_loadb(a->body.p, a->body.n, 0, NULL);
    const json_t *data = json_object_get(document, "data");
    const json_t *alert = json_object_get(data, "alert"), *article = json_object_get(data, "article");
    const json_t *term = json_array_get(json_object_get(json_object_get(data, "match"), "terms"), 0);
    const json_t *snippet = json_object_get(term, "snippet");
    bool is_late = json_is_true(json_object_get(alert, "late"));
    show_event(&d->show, SHOW_HEAD, "%.*s · %.*s · %.*s%s", STR_ARG(text_at(json_object_get(data, "rule"), "title")),
               STR_ARG(text_at(alert, "severity")), STR_ARG(text_at(json_object_get(data, "feed"), "title")),
               is_late ? " · late" : "");
    struct str hit = text_at(snippet, "hit");
    if (!str_eq(text_at(term, "field"), S("title")))
        show_detail(&d->show, SHOW_PLAIN, "%.*s", STR_ARG(text_at(article, "title")));
    show_hit(&d->show, text_at(snippet, "before"), hit, text_at(snippet, "after"));
    const char *trait = trait_of(a);
    if (trait)
        show_detail(&d->show, SHOW_DIM, "%s", trait);
    d->hits_marked += hit.n > 0;
    d->late += is_late;
    d->cards++;
    json_decref(document);
}

static void on_alert(void *context, const struct receiver_alert *a, const char *answer)
{
    struct demo *d = context;
    if (a->attempts == 1) {
        show_card(d, a);
    } else {
        d->repeats++;
        show_event(&d->show, SHOW_PLAIN, "attempt %u of “%.*s”", a->attempts, STR_ARG(a->key));
    }
    if (is_good(answer)) {
        show_detail(&d->show, SHOW_GOOD, a->attempts == 1 ? "accepted" : "accepted: same id, same bytes");
    } else {
        d->failures++;
        show_detail(&d->show, SHOW_BAD, "%s", answer_words(answer));
    }
}

// ---- the stage ----------------------------------------------------------------------------------------------------

static void publish(struct demo *d, int paper, enum act act)
{
    for (size_t i = 0; i < articles_n; i++) {
        const struct article *a = &articles[i];
        char key[160];
        if (a->paper != paper || a->act != act)
            continue;
        paper_print(&d->papers[paper], a->guid, a->title, a->html);
        snprintf(key, sizeof key, "%s %s", a->rule ? a->rule : "", a->guid);
        if (a->rule && act != ACT_BASELINE)
            receiver_expect(&d->s.receiver, key);
        d->expected_baseline_matches += a->rule && act == ACT_BASELINE;
    }
}

static void set_up(struct demo *d)
{
    struct str feeds = S("");
    scene_open(&d->s, "demo");
    show_init(&d->show, &d->s.now);
    for (int i = 0; i < PAPERS; i++) {
        struct paper *p = &d->papers[i];
        paper_open(p, &d->s, papers[i].address, papers[i].format);
        p->feed.title = papers[i].title;
        p->feed.encoding = papers[i].encoding;
        if (i == 1)
            p->manner = (struct origin_reply){.head_delay_ms = 150, .piece = 400, .piece_ms = 20};
        publish(d, i, ACT_BASELINE);
        feeds = arena_fmt(&d->s.arena, "%.*s%s", STR_ARG(feeds), paper_config(p, ""));
    }
    struct origin_reply failing = {.status = 503, .body = S("come back later\n"), .type = "text/plain"};
    origin_serve(&d->s.origin, papers[3].address, d->papers[3].path, failing);
    scene_config(&d->s, feeds.p);
    scene_write(&d->s, "rules.d/demo.rules", "%s", demo_rules);
    d->s.receiver.context = d;
    d->s.receiver.on_alert = on_alert;
    struct err err;
    if (!receiver_journal(&d->s.receiver, scene_path(&d->s, "journal"), &err)) {
        fprintf(stderr, "demo: %s\n", err.text);
        exit(1);
    }
}

static json_t *ask(struct demo *d, const char *group, const char *verb, const char *option, const char *value)
{
    int status;
    struct str text = scene_ctl(&d->s, &status, group, verb, "--json", option, value, NULL);
    json_t *answer = json_loadb(text.p, text.n, 0, NULL);
    if (status == 0 && answer)
        return answer;
    fprintf(stderr, "demo: feedwatchctl %s %s: status %d: %.*s\n", group, verb, status, STR_ARG(text));
    exit(1);
}

// ---- acts ---------------------------------------------------------------------------------------------------------

static void act_open(struct demo *d)
{
    show_text(&d->show, "feedwatchd, the real daemon, with a store in %s. Four papers on loopback addresses, a "
                        "receiver that fails at first, no network. The daemon's clock is stepped from here, so that "
                        "an hour passes in a minute.", d->s.folder);
    show_act(&d->show, "The rules");
    show_output(&d->show, str_of(demo_rules));
    pause(d, 2 * ACT_PACE_MS);
}

static void show_paper(struct demo *d, int i, const json_t *feeds)
{
    const json_t *feed;
    size_t at;
    json_array_foreach(feeds, at, feed)
    {
        if (!str_eq(text_at(feed, "url"), str_of(paper_url(&d->papers[i]))))
            continue;
        long long items = json_integer_value(json_object_get(feed, "items"));
        d->baseline_items += (size_t)items;
        if (json_integer_value(json_object_get(feed, "failures")) > 0)
            show_event(&d->show, SHOW_BAD, "%s (%s): %.*s", papers[i].title, papers[i].trait,
                       STR_ARG(text_at(feed, "error")));
        else
            show_event(&d->show, SHOW_GOOD, "%s (%s): %lld articles known, none sent", papers[i].title,
                       papers[i].trait, items);
    }
    pause(d, CARD_PACE_MS / 2);
}

static void count_baseline(struct demo *d)
{
    json_t *answer = ask(d, "alerts", "list", "--state", "baseline");
    d->baseline_matches = json_array_size(json_object_get(answer, "alerts"));
    d->requests_at_baseline = receiver_report(&d->s.receiver).requests;
    json_decref(answer);
}

static void act_baseline(struct demo *d)
{
    show_act(&d->show, "First poll: what is there already alerts nobody");
    scene_start(&d->s);
    json_t *answer = ask(d, "feeds", "list", NULL, NULL);
    for (int i = 0; i < PAPERS; i++)
        show_paper(d, i, json_object_get(answer, "feeds"));
    json_decref(answer);
    // The failing paper is asked again after its back-off, and is well by then.
    paper_serve(&d->papers[3]);
    pass(d, 25 * MINUTE_MS);
    answer = ask(d, "feeds", "list", NULL, NULL);
    show_paper(d, 3, json_object_get(answer, "feeds"));
    json_decref(answer);
    count_baseline(d);
    show_detail(&d->show, SHOW_DIM, "%zu of these articles would have matched; they are kept, and can be resent",
                d->baseline_matches);
    pause(d, ACT_PACE_MS);
}

static void act_news(struct demo *d)
{
    show_act(&d->show, "News comes in, and the receiver fails at first");
    receiver_plan(&d->s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503, .times = 2});
    receiver_plan(&d->s.receiver, (struct receiver_plan){.fault = RECEIVER_RESET, .times = 1});
    for (int i = 0; i < PAPERS; i++) {
        publish(d, i, ACT_NEWS);
        pass(d, 11 * MINUTE_MS);
        pause(d, CARD_PACE_MS);
    }
    pass(d, 3 * MINUTE_MS);
    pause(d, ACT_PACE_MS);
}

static void act_veto(struct demo *d)
{
    show_act(&d->show, "And why did these not alert?");
    for (size_t i = 0; i < articles_n; i++) {
        const struct article *a = &articles[i];
        if (a->rule || !a->trait)
            continue;
        const char *rule = strstr(a->html, "buffer zone") || strstr(a->title, "buffer zone") ? "buffer-zone"
                                                                                              : "ceasefire-talks";
        const char *file = scene_write(&d->s, "article.txt", "%s\n%s\n", a->title, a->html);
        int status;
        struct str told = scene_ctl(&d->s, &status, "rules", "test", rule, file, "--rules",
                                    scene_path(&d->s, "rules.d"), NULL);
        d->vetoes += str_find(told, S("unless")) < told.n;
        show_event(&d->show, SHOW_HEAD, "“%s” — %s", a->title, a->trait);
        show_detail(&d->show, SHOW_PLAIN, "%.*s", STR_ARG(str_trim(told)));
        pause(d, CARD_PACE_MS);
    }
    pause(d, ACT_PACE_MS);
}

struct killed_at {
    size_t requests;
};

static bool has_begun(struct scene *s, const void *context)
{
    const struct killed_at *at = context;
    return s->receiver.counts.requests >= at->requests;
}

static void act_crash(struct demo *d)
{
    show_act(&d->show, "kill -9 in the middle of it");
    struct killed_at at = {receiver_report(&d->s.receiver).requests + 2};
    receiver_be_well(&d->s.receiver);
    receiver_plan(&d->s.receiver, (struct receiver_plan){.fault = RECEIVER_LOST_ACK, .times = 2});
    publish(d, 0, ACT_CRASH);
    publish(d, 1, ACT_CRASH);
    scene_run_begin(&d->s, 12 * MINUTE_MS);
    scene_until(&d->s, "the first deliveries", has_begun, &at);
    struct receiver_report r = receiver_report(&d->s.receiver);
    d->on_the_way = r.lost + r.acked;
    show_event(&d->show, SHOW_BAD, "kill -9 %d", (int)scene_pid(&d->s));
    scene_kill(&d->s);
    pause(d, ACT_PACE_MS);
    publish(d, 2, ACT_DEAD);
    publish(d, 3, ACT_DEAD);
    d->s.now = wall_add(d->s.now, DOWN_MS);
    show_event(&d->show, SHOW_GOOD, "started again, 20 minutes later; two papers went on printing meanwhile");
    scene_start(&d->s);
    pass(d, 15 * MINUTE_MS);
    pause(d, ACT_PACE_MS);
}

static bool act_close(struct demo *d)
{
    struct receiver_report r = receiver_report(&d->s.receiver);
    bool all = true;
    show_act(&d->show, "What was seen");
    all &= show_check(&d->show, d->baseline_matches == d->expected_baseline_matches && d->requests_at_baseline == 0,
                      "the baseline: %zu articles known, %zu of them matched, nothing was sent", d->baseline_items,
                      d->baseline_matches);
    all &= show_check(&d->show, d->hits_marked == d->cards && r.lost == 0 && r.unexpected == 0,
                      "%zu alerts expected, %zu came, each with its hit marked, and not one more", r.expected, r.acked);
    all &= show_check(&d->show, d->vetoes >= 3, "%zu look-alikes vetoed, and it says by what", d->vetoes);
    all &= show_check(&d->show, d->failures >= 4 && d->repeats >= 4 && r.changed_body == 0,
                      "%zu answers failed, %zu repeats under the same id with the same bytes", d->failures, d->repeats);
    all &= show_check(&d->show, d->late >= 1, "%zu alerts about what was printed while it lay dead, marked late",
                      d->late);
    all &= show_check(&d->show, r.lost == 0 && r.two_ids == 0, "after kill -9 and restart: %zu lost, %zu doubled ids",
                      r.lost, r.two_ids);
    all &= show_check(&d->show, r.bad_signatures == 0 && r.bad_json == 0,
                      "all %zu requests signed as Standard Webhooks asks", r.requests);
    return all;
}

int main(int argc, char **argv)
{
    static struct demo d;
    d.is_fast = argc == 2 && strcmp(argv[1], "--fast") == 0;
    set_up(&d);
    act_open(&d);
    act_baseline(&d);
    act_news(&d);
    act_veto(&d);
    act_crash(&d);
    bool all = act_close(&d);
    scene_stop(&d.s);
    scene_done(&d.s);
    puts(all ? "\nAll of it was seen.\n" : "\nNot all of it was seen: the demo failed.\n");
    return all ? 0 : 1;
}
