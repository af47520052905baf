// SPDX-License-Identifier: MIT
//
// Which rows of the outbox a request means. See api_history.h.
#include "daemon/api_history_parts.h"

bool api_fail(struct asking *a, enum control_outcome outcome, const char *next)
{
    a->reply.outcome = outcome;
    a->reply.next = next;
    return false;
}

struct str api_argument(const struct control_request *request, const char *name)
{
    const json_t *value = json_object_get(request->args, name);
    return str_make(json_string_value(value), json_string_length(value));
}

bool api_alert_find(struct asking *a, struct alert_history *out)
{
    struct hash128 id;
    if (!alert_id_parse(a->request->id, &id, &a->reply.err))
        return api_fail(a, CONTROL_BAD, "feedwatchctl alerts list");
    if (!store_alert(a->side, id, &a->arena, out, &a->reply.err))
        return api_fail(a, CONTROL_BUSY, "feedwatchctl health");
    if (out->alert)
        return true;
    err_set(&a->reply.err, "there is no alert %.*s", STR_ARG(a->request->id));
    return api_fail(a, CONTROL_NOT_FOUND, "feedwatchctl alerts list");
}

// Who gives it, and empty, did not mean everything: most often a script's variable is not set.
static bool choice(struct asking *a, const char *name, struct str *out)
{
    *out = api_argument(a->request, name);
    if (out->n > 0 || !json_object_get(a->request->args, name))
        return true;
    err_set(&a->reply.err, "%s: expected a text that is not empty", name);
    return api_fail(a, CONTROL_BAD, NULL);
}

bool api_delivery_filter(struct asking *a, struct delivery_query *out)
{
    struct str text, known[DELIVERY_STATES];
    *out = (struct delivery_query){.state = -1};
    if (!choice(a, "receiver", &out->receiver) || !choice(a, "state", &text))
        return false;
    for (int state = 0; state < DELIVERY_STATES; state++) {
        known[state] = str_of(delivery_state_name((enum delivery_state)state));
        if (str_eq(text, known[state]))
            out->state = state;
    }
    if (text.n == 0 || out->state >= 0)
        return true;
    struct str near = suggest(text, known, DELIVERY_STATES);
    err_set(&a->reply.err, "state: expected waiting, held, done, dead, digested or dropped, found \"%.*s\"%s%.*s",
            STR_ARG(text), near.n > 0 ? "; did you mean " : "", STR_ARG(near));
    return api_fail(a, CONTROL_BAD, NULL);
}

bool api_is_open(const struct delivery *delivery)
{
    return DELIVERY_OPEN >> delivery->state & 1;
}

static void row_keep(struct arena *arena, const struct delivery *delivery, struct delivery **list, size_t *n)
{
    struct delivery copy = *delivery;
    copy.receiver = arena_str(arena, copy.receiver);
    copy.rule = arena_str(arena, copy.rule);
    copy.format = arena_str(arena, copy.format);
    ARENA_PUSH(arena, *list, *n, copy);
}

// All rows of an alert, whatever their state: to be sent again. Where there is none of those asked for, one without a
// number, with the receiver that was named, if one was: it is to be made.
static bool rows_of_alert(struct asking *a, struct arena *arena, struct delivery **list, size_t *n)
{
    struct alert_history history;
    struct str receiver;
    if (!choice(a, "receiver", &receiver) || !api_alert_find(a, &history))
        return false;
    for (size_t i = 0; i < history.n_deliveries; i++)
        if (receiver.n == 0 || str_eq(receiver, history.deliveries[i].receiver))
            row_keep(arena, &history.deliveries[i], list, n);
    if (*n > 0)
        return true;
    const struct delivery none = {.alert = history.alert->id, .receiver = receiver, .rule = history.alert->rule};
    row_keep(arena, &none, list, n);
    return true;
}

static bool row_by_id(struct asking *a, struct arena *arena, struct delivery **list, size_t *n)
{
    uint64_t row;
    if (!str_to_u64(a->request->id, INT64_MAX, &row) || row == 0) {
        err_set(&a->reply.err, "expected the number of a delivery, found \"%.*s\"", STR_ARG(a->request->id));
        return api_fail(a, CONTROL_BAD, "feedwatchctl deliveries list");
    }
    struct delivery_query query = {.state = -1, .after_row = row - 1, .n = 1};
    struct delivery *found;
    size_t n_found;
    if (!store_deliveries(a->side, &query, &a->arena, &found, &n_found, &a->reply.err))
        return api_fail(a, CONTROL_BUSY, "feedwatchctl health");
    if (n_found == 0 || found[0].row != row) {
        err_set(&a->reply.err, "there is no delivery %llu", (unsigned long long)row);
        return api_fail(a, CONTROL_NOT_FOUND, "feedwatchctl deliveries list");
    }
    if (!api_is_open(&found[0])) {
        err_set(&a->reply.err, "delivery %llu is %s: nothing of it waits", (unsigned long long)row,
                delivery_state_name(found[0].state));
        return api_fail(a, CONTROL_REFUSED, "feedwatchctl alerts resend ALERT");
    }
    row_keep(arena, &found[0], list, n);
    return true;
}

static bool rows_by_filter(struct asking *a, struct arena *arena, struct delivery **list, size_t *n)
{
    struct delivery_query query;
    if (!api_delivery_filter(a, &query))
        return false;
    bool is_all = json_is_true(json_object_get(a->request->args, "all"));
    if (!is_all && query.receiver.n == 0 && query.state < 0) {
        err_set(&a->reply.err, "expected a receiver, a state, or \"all\": true");
        return api_fail(a, CONTROL_BAD, "feedwatchctl deliveries list");
    }
    for (size_t n_page = PAGE; n_page == PAGE;) {
        struct delivery *page;
        query.n = PAGE;
        if (!store_deliveries(a->side, &query, &a->arena, &page, &n_page, &a->reply.err))
            return api_fail(a, CONTROL_BUSY, "feedwatchctl health");
        for (size_t i = 0; i < n_page; i++) {
            query.after_row = page[i].row;
            if (api_is_open(&page[i]))
                row_keep(arena, &page[i], list, n);
        }
    }
    return true;
}

bool api_history_rows(struct store_side *side, const struct control_request *request, struct arena *arena,
                      struct delivery **out, size_t *out_n, struct api_reply *reply)
{
    struct asking a = {.side = side, .request = request, .reply.outcome = CONTROL_OK};
    struct delivery *list = NULL;
    size_t n = 0;
    bool is_found;
    arena_init(&a.arena, ARENA_BYTES_MAX);
    if (request->verb == CONTROL_ALERT_RESEND)
        is_found = rows_of_alert(&a, arena, &list, &n);
    else if (request->id.n > 0)
        is_found = row_by_id(&a, arena, &list, &n);
    else
        is_found = rows_by_filter(&a, arena, &list, &n);
    arena_done(&a.arena);
    if (is_found) {
        *out = list;
        *out_n = n;
    } else {
        *reply = a.reply;
    }
    return is_found;
}
