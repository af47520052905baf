// SPDX-License-Identifier: MIT
//
// What is needed to match again: archived items, a page at a time, and the text of the rules that run. Both on the
// history thread; a page is 10 ms of it, so that the refill of delivery windows never waits long.
#include "daemon/api_items.h"
#include "daemon/control_parts.h"

enum { SOURCE_BYTES_MAX = 100 << 20 }; // rule files are read up to 64 MiB

static struct str argument(const struct question *q, const char *name) { return question_text(q, name); }

static bool time_argument(struct question *q, const char *name, wall_t now, wall_t *out)
{
    struct err err = {0};
    struct str text = argument(q, name);
    if (!text.n || api_history_time(text, now, out, &err))
        return true;
    question_fail(q, CONTROL_BAD, NULL, "%s: %s", name, err.text);
    return false;
}

static void page(struct question *q, wall_t now)
{
    struct api_items_query query = {.place = argument(q, "place"), .bytes = API_PAGE_BYTES};
    struct err err = {0};
    struct buf out;
    if (!time_argument(q, "since", now, &query.since) || !time_argument(q, "until", now, &query.until))
        return;
    buf_init(&out, 2 * API_PAGE_BYTES_MAX);
    if (api_items_page(q->control->d->state, &query, now, &out, &err))
        q->text = arena_str(&q->arena, buf_str(&out));
    else
        question_fail(q, CONTROL_BUSY, "feedwatchctl health", "the archive cannot be read: %s", err.text);
    buf_done(&out);
}

// Finds which item is meant: by its own id, or by the id of an alert. False: told.
static bool item_of(struct question *q, struct store_side *side, uint64_t *out_feed, uint64_t *out_item)
{
    struct hash128 alert;
    struct alert_history history;
    struct err err = {0};
    *out_feed = 0;
    if (api_item_id_read(q->request.id, out_item))
        return true;
    if (!alert_id_parse(q->request.id, &alert, NULL))
        question_fail(q, CONTROL_BAD, "feedwatchctl alerts list",
                      "expected the id of an alert (alr_...), or of an article its address or its id (16 hexadecimal "
                      "digits), found \"%.*s\"",
                      STR_ARG(q->request.id));
    else if (!store_alert(side, alert, &q->arena, &history, &err))
        question_fail(q, CONTROL_BUSY, "feedwatchctl health", "%s", err.text);
    else if (!history.alert)
        question_fail(q, CONTROL_NOT_FOUND, "feedwatchctl alerts list", "there is no alert %.*s",
                      STR_ARG(q->request.id));
    else if (!history.alert->item)
        question_fail(q, CONTROL_REFUSED, "feedwatchctl alerts show ID", "alert %.*s is about no article",
                      STR_ARG(q->request.id));
    if (q->reply.outcome != CONTROL_OK)
        return false;
    *out_feed = history.alert->feed;
    *out_item = history.alert->item;
    return true;
}

static void one_item(struct question *q, struct store_side *side, wall_t now)
{
    uint64_t feed, item;
    struct err err = {0};
    struct buf out;
    if (!item_of(q, side, &feed, &item))
        return;
    buf_init(&out, API_PAGE_BYTES_MAX);
    if (api_items_one(q->control->d->state, feed, item, now, &out, &err))
        q->text = arena_str(&q->arena, buf_str(&out));
    else if (err.text[0])
        question_fail(q, CONTROL_BUSY, "feedwatchctl health", "the archive cannot be read: %s", err.text);
    else
        question_fail(q, CONTROL_NOT_FOUND, NULL, "the archive does not hold %.*s (any more)", STR_ARG(q->request.id));
    buf_done(&out);
}

// ---- the rules that run ----

static json_t *phrases(const struct expr_set *list)
{
    struct buf text;
    buf_init(&text, SOURCE_BYTES_MAX);
    for (size_t i = 0; i < list->n_list; i++) {
        buf_add(&text, list->list[i]);
        buf_add_char(&text, '\n');
    }
    json_t *json = json_stringn(buf_z(&text), text.n);
    buf_done(&text);
    return json;
}

static json_t *source_of(const struct config *config)
{
    struct buf text;
    buf_init(&text, SOURCE_BYTES_MAX);
    json_t *lists = json_object();
    for (const struct conf_node *node = config->conf.first; node; node = node->next) {
        bool is_list = str_eq(node->spec->word, S("list"));
        if (is_list) {
            struct str name = node->args[0].text;
            const struct expr_set *list = expr_sets_find(&config->rule_files.sets, name);
            buf_addf(&text, "list %.*s file \"%.*s\"\n", STR_ARG(name), STR_ARG(name));
            json_object_setn_new(lists, name.p, name.n, phrases(list));
        } else if (str_eq(node->spec->word, S("set")) || str_eq(node->spec->word, S("rule"))) {
            buf_add(&text, str_head(str_from(node->source->text, node->at), node->end - node->at));
            buf_add_char(&text, '\n');
        }
    }
    json_t *answer = json_pack("{s:I, s:s%, s:o}", "generation", (json_int_t)config->generation, "text", buf_z(&text),
                               text.n, "lists", lists);
    buf_done(&text);
    return answer;
}

static void on_history(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    if (q->request.verb == CONTROL_ITEMS_LIST) {
        page(q, now.wall);
    } else if (q->request.verb == CONTROL_ITEM_SHOW) {
        one_item(q, history_side(owner), now.wall);
    } else {
        q->reply.json = source_of(q->config);
        config_unref(q->config);
    }
    question_home(q);
}

void control_archive(struct question *q)
{
    if (q->request.verb == CONTROL_RULES_SOURCE)
        q->config = config_ref(q->control->d->config);
    question_send(q, q->control->d->threads.history, on_history);
}
