// SPDX-License-Identifier: MIT
//
// Questions that change what the writer owns: rows of the outbox by hand, silences. Rows are found by the history
// thread, then committed by the writer's.
#include "daemon/control_parts.h"
#include "feeds/date.h"

// The receivers to which something is to be sent again by hand: those that said 410 get another chance.
static size_t receivers_of(struct question *q, struct receiver_mark **out, wall_t now)
{
    struct receiver_mark *list = NULL;
    size_t n = 0;
    struct str named = question_text(q, "receiver");
    if (q->request.verb == CONTROL_DELIVERY_RETRY && named.n)
        ARENA_PUSH(&q->arena, list, n, ((struct receiver_mark){.name = named, .at = now}));
    for (size_t i = 0; q->request.verb == CONTROL_DELIVERY_RETRY && i < q->n_rows; i++) {
        size_t k = 0;
        while (k < n && !str_eq(list[k].name, q->rows[i].receiver))
            k++;
        if (k == n)
            ARENA_PUSH(&q->arena, list, n, ((struct receiver_mark){.name = q->rows[i].receiver, .at = now}));
    }
    *out = list;
    return n;
}

static void look_again(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    struct receiver_mark *list;
    size_t n = q->reply.outcome == CONTROL_OK ? receivers_of(q, &list, now.wall) : 0;
    for (size_t i = 0; i < n; i++)
        delivery_enable(owner, list[i].name);
    delivery_look(owner);
    question_home(q);
}

// What was found may have ended before the commit, which leaves it as it is: only what it changed is told.
static void tell_moved(struct question *q, size_t moved)
{
    if (q->request.verb != CONTROL_ALERT_RESEND && q->request.id.n && moved == 0)
        question_fail(q, CONTROL_REFUSED, "feedwatchctl alerts resend ALERT",
                      "delivery %.*s has ended at this moment: nothing of it waits", STR_ARG(q->request.id));
    else
        q->reply.json = json_pack("{s:I}", "deliveries", (json_int_t)moved);
}

// An alert that was never queued is so now: to the receiver that is asked for, else to those that its rule tells today.
static bool make_rows(struct question *q, const struct config *config)
{
    const struct delivery none = q->n_rows ? q->rows[0] : (struct delivery){.row = 1};
    const struct config_receiver *named = config_receiver_find(config, none.receiver);
    if (none.row)
        return true;
    q->rows[0].format = named ? named->format : S("standard");
    if (none.receiver.n)
        return true;
    const struct rule *rule = ruleset_find(config->rules, none.rule);
    q->rows = NULL;
    q->n_rows = 0;
    for (size_t i = 0; rule && i < config->refs_for_decide.n; i++) {
        const struct receiver_ref *ref = &config->refs_for_decide.list[i];
        const struct delivery row = {.alert = none.alert, .receiver = ref->name, .rule = none.rule,
                                     .format = ref->format};
        if (decide_is_notified(rule, ref->name))
            ARENA_PUSH(&q->arena, q->rows, q->n_rows, row);
    }
    if (q->n_rows == 0)
        question_fail(q, CONTROL_REFUSED, "feedwatchctl alerts resend --receiver NAME ID",
                      "the alert was sent to nobody, and no rule of the configuration says whom to tell");
    return q->n_rows > 0;
}

static bool takes_rows(const struct config *config, struct str name)
{
    const struct config_receiver *c = config_receiver_find(config, name);
    return c && c->kind != RECEIVER_SYSLOG; // nothing is kept for the log
}

// Leaves out the rows of receivers that the configuration does not name: due or not, they wait. False: these were all.
static bool leave_unnamed(struct question *q, const struct config *config)
{
    struct str unnamed = question_text(q, "receiver");
    size_t n = 0;
    if (takes_rows(config, unnamed))
        unnamed = (struct str){0};
    for (size_t i = 0; i < q->n_rows; i++) {
        if (takes_rows(config, q->rows[i].receiver))
            q->rows[n++] = q->rows[i];
        else
            unnamed = q->rows[i].receiver;
    }
    q->n_rows = n;
    if (n == 0 && config_receiver_find(config, unnamed))
        question_fail(q, CONTROL_REFUSED, "feedwatchctl receivers list",
                      "receiver %.*s is the log: an alert is written there once, and not sent again", STR_ARG(unnamed));
    else if (n == 0 && unnamed.n)
        question_fail(q, CONTROL_REFUSED, "feedwatchctl receivers list", "receiver %.*s is not in the configuration: "
                      "nothing is sent to it before it is named there", STR_ARG(unnamed));
    return n > 0 || unnamed.n == 0;
}

static void commit_rows(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    size_t moved = 0;
    struct store_batch batch = {.now = now.wall, .out_moved = &moved};
    bool is_drop = q->request.verb == CONTROL_DELIVERY_DROP;
    const struct config *config = writer_config(owner);
    if (!is_drop && !(make_rows(q, config) && leave_unnamed(q, config))) {
        question_home(q);
        return;
    }
    struct delivery_step *steps = ARENA_ARRAY(&q->arena, struct delivery_step, q->n_rows + 1);
    for (size_t i = 0; is_drop && i < q->n_rows; i++)
        steps[i] = (struct delivery_step){.alert = q->rows[i].alert, .receiver = q->rows[i].receiver,
                                          .state = DELIVERY_DROPPED, .attempts = q->rows[i].attempts,
                                          .first_try = q->rows[i].first_try};
    // By hand begins from the start: due now, with the whole schedule and its whole life before it.
    for (size_t i = 0; !is_drop && i < q->n_rows; i++) {
        struct delivery *row = &q->rows[i];
        *row = (struct delivery){.alert = row->alert, .receiver = row->receiver, .rule = row->rule,
                                 .format = row->format, .state = DELIVERY_WAITING, .queued = now.wall,
                                 .due = now.wall};
    }
    if (is_drop) {
        batch.steps = steps;
        batch.n_steps = q->n_rows;
    } else {
        struct receiver_mark *marks;
        batch.again = q->rows;
        batch.n_again = q->n_rows;
        batch.again_from = q->request.verb == CONTROL_DELIVERY_RETRY ? DELIVERY_OPEN : 0;
        batch.n_receivers = receivers_of(q, &marks, now.wall);
        batch.receivers = marks;
    }
    struct err err = {0};
    if (store_commit(writer_store(owner), &batch, &err) != STORE_OK)
        question_fail(q, CONTROL_BUSY, NULL, "the store cannot be written: %s", err.text);
    else
        tell_moved(q, moved);
    question_send(q, q->control->d->threads.delivery, look_again);
}

static void find_rows(struct job *job, void *owner, struct now now)
{
    (void)now;
    struct question *q = (struct question *)job;
    if (!api_history_rows(history_side(owner), &q->request, &q->arena, &q->rows, &q->n_rows, &q->reply))
        question_home(q);
    else
        question_send(q, q->control->d->threads.writer, commit_rows);
}

static json_t *silences_json(const struct silence_list *list, wall_t now)
{
    json_t *all = json_array();
    const struct silence *s;
    for (size_t i = 0; (s = silence_list_at(list, i)); i++)
        json_array_append_new(all, api_json_silence(s));
    return json_pack("{s:o, s:I}", "silences", all, "now_ms", (json_int_t)now.ms);
}

static bool until_of(struct question *q, wall_t now, wall_t *out)
{
    static const struct conf_arg span = {.type = CONF_DURATION};
    struct conf_value value;
    struct err err = {0};
    struct str length = question_text(q, "for"), until = question_text(q, "until");
    if (length.n && conf_read(length, &span, &value, &err)) {
        *out = wall_add(now, value.number);
        return true;
    }
    struct date date = date_read(until, (wall_t){0});
    if (!length.n && date.state == DATE_OK && date.at.ms > now.ms) {
        *out = date.at;
        return true;
    }
    const char *next = "feedwatchctl silence add --for 2h 'rule=NAME'";
    if (length.n)
        question_fail(q, CONTROL_BAD, next, "for: %s", err.text);
    else if (until.n && date.state == DATE_OK)
        question_fail(q, CONTROL_BAD, next, "until: %.*s is over; a silence ends in the future", STR_ARG(until));
    else if (until.n)
        question_fail(q, CONTROL_BAD, next, "until: expected a date (2026-11-24T08:00Z), found \"%.*s\"",
                      STR_ARG(until));
    else
        question_fail(q, CONTROL_BAD, next, "a silence needs --for DURATION or --until TIME in the future");
    return false;
}

static uint64_t next_id(const struct silence_list *list)
{
    uint64_t id = 1;
    const struct silence *s;
    for (size_t i = 0; (s = silence_list_at(list, i)); i++)
        id = s->id >= id ? s->id + 1 : id;
    return id;
}

static bool commit_silence(struct question *q, struct writer *w, const struct silence *silence, wall_t now)
{
    struct err err = {0};
    const struct store_batch batch = {.now = now, .silences = silence, .n_silences = 1};
    if (store_commit(writer_store(w), &batch, &err) != STORE_OK) {
        question_fail(q, CONTROL_BUSY, NULL, "the store cannot be written: %s", err.text);
        return false;
    }
    if (!silence_list_put(writer_decide(w)->silences, silence, &err)) {
        question_fail(q, CONTROL_BAD, NULL, "%s", err.text);
        return false;
    }
    q->reply.json = api_json_silence(silence);
    return true;
}

// A silence of a rule that nobody has hides nothing: most often its name is wrong.
static void note_unmet(struct question *q, const struct silence_matcher *matcher, const struct ruleset *rules)
{
    struct silence_matcher of_rules = {0};
    for (size_t i = 0; i < matcher->n; i++)
        if (matcher->terms[i].field == SILENCE_RULE)
            of_rules.terms[of_rules.n++] = matcher->terms[i];
    bool is_met = of_rules.n == 0;
    for (size_t i = 0; i < ruleset_count(rules) && !is_met; i++)
        is_met = silence_meets(&of_rules, &(struct alert){.rule = ruleset_rule(rules, i)->name});
    if (!is_met)
        api_json_text(q->reply.json, "note", S("no rule that runs is called so: it hides nothing now"));
}

static void add_silence(struct question *q, struct writer *w, wall_t now)
{
    struct silence s = {
        .id = next_id(writer_decide(w)->silences),
        .matcher = question_text(q, "matcher"),
        .comment = question_text(q, "comment"),
        .created = now,
    };
    struct silence_matcher matcher;
    struct err err = {0};
    if (!silence_parse(s.matcher, &matcher, &err)) // before anything is written
        question_fail(q, CONTROL_BAD, NULL, "%s", err.text);
    else if (until_of(q, now, &s.until) && commit_silence(q, w, &s, now))
        note_unmet(q, &matcher, writer_config(w)->rules);
}

static void expire_silence(struct question *q, struct writer *w, wall_t now)
{
    uint64_t id = 0;
    const struct silence *s = NULL;
    str_to_u64(q->request.id, UINT64_MAX, &id);
    for (size_t i = 0; (s = silence_list_at(writer_decide(w)->silences, i)) && s->id != id; i++)
        ;
    if (!s) {
        question_fail(q, CONTROL_NOT_FOUND, "feedwatchctl silence list", "no silence has the id \"%.*s\"",
                      STR_ARG(q->request.id));
        return;
    }
    struct silence ended = *s;
    ended.matcher = arena_str(&q->arena, s->matcher);
    ended.comment = arena_str(&q->arena, s->comment);
    ended.until = now;
    commit_silence(q, w, &ended, now);
}

static void on_writer(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    if (q->request.verb == CONTROL_SILENCE_LIST)
        q->reply.json = silences_json(writer_decide(owner)->silences, now.wall);
    else if (q->request.verb == CONTROL_SILENCE_ADD)
        add_silence(q, owner, now.wall);
    else
        expire_silence(q, owner, now.wall);
    question_home(q);
}

void control_writes(struct question *q)
{
    struct daemon *d = q->control->d;
    switch (q->request.verb) {
    case CONTROL_ALERT_RESEND:
    case CONTROL_DELIVERY_RETRY:
    case CONTROL_DELIVERY_DROP:
        question_send(q, d->threads.history, find_rows);
        break;
    default:
        question_send(q, d->threads.writer, on_writer);
    }
}
