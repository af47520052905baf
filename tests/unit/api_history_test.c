// SPDX-License-Identifier: MIT
//
// What the control API answers from the store: lists of alerts and deliveries by filter, one alert in full, a silence's
// preview, counts by rule, and which rows a request means.
#include "daemon/api_history.h"

#include "store/memory.h"
#include "tests/tools/check.h"

struct rig {
    struct memory_disk *disk;
    struct store *store;
    struct store_side *side;
    struct arena arena;
};

static const wall_t now = {100LL * DAY_MS};

static struct alert alert_of(uint64_t id, enum alert_fate fate, const char *title)
{
    return (struct alert){.id = {id, id}, .dedup_key = {7, id}, .seq = id, .revision = 1, .fate = fate,
                          .rule = S("truce"), .feed = 11, .feed_url = S("https://a.example/f"), .feed_title = S("A"),
                          .item = id, .title = str_of(title), .severity = id % 2 ? SEVERITY_WARNING : SEVERITY_INFO,
                          .queued = wall_add(now, -(int64_t)(10 - id) * HOUR_MS), .body = S("{\"a\":1}")};
}

static struct delivery row_of(uint64_t id, const char *receiver, enum delivery_state state)
{
    return (struct delivery){.alert = {id, id}, .receiver = str_of(receiver), .rule = S("truce"),
                             .format = S("standard"), .state = state, .queued = now, .due = now};
}

// 1 accepted, 2 waiting, 3 dead for one of two, 4 held, 5 silenced.
static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct err err = {0};
    arena_init(&rig->arena, SIZE_MAX);
    rig->disk = memory_disk_open();
    rig->store = store_open(&(struct store_options){.engine = STORE_MEMORY, .disk = rig->disk}, &err);
    assert_non_null(rig->store);
    rig->side = store_side_open(rig->store, &err);
    struct alert alerts[] = {alert_of(1, FATE_SENT, "one"), alert_of(2, FATE_SENT, "two"),
                             alert_of(3, FATE_SENT, "three"), alert_of(4, FATE_SENT, "four"),
                             alert_of(5, FATE_SILENCED, "five")};
    struct delivery rows[] = {row_of(1, "desk", DELIVERY_WAITING), row_of(2, "desk", DELIVERY_WAITING),
                              row_of(3, "desk", DELIVERY_WAITING), row_of(3, "pager", DELIVERY_WAITING),
                              row_of(4, "desk", DELIVERY_HELD)};
    struct delivery_step steps[] = {
        {.alert = {1, 1}, .receiver = S("desk"), .state = DELIVERY_DONE, .attempts = 1},
        {.alert = {3, 3}, .receiver = S("desk"), .state = DELIVERY_DEAD, .attempts = 11},
        {.alert = {3, 3}, .receiver = S("pager"), .state = DELIVERY_DONE, .attempts = 1},
    };
    struct attempt attempts[] = {
        {.alert = {3, 3}, .receiver = S("desk"), .number = 1, .at = now, .status = 503, .reason = S("busy")},
        {.alert = {3, 3}, .receiver = S("desk"), .number = 2, .at = now, .status = 500, .reason = S("broken")},
        {.alert = {3, 3}, .receiver = S("pager"), .number = 1, .at = now, .status = 204},
    };
    struct store_batch batch = {.now = now, .alerts = alerts, .n_alerts = 5, .deliveries = rows, .n_deliveries = 5,
                                .steps = steps, .n_steps = 3, .attempts = attempts, .n_attempts = 3};
    assert_int_equal(store_commit(rig->store, &batch, &err), STORE_OK);
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    store_side_close(rig->side);
    store_close(rig->store);
    memory_disk_close(rig->disk);
    arena_done(&rig->arena);
    free(rig);
    return 0;
}

// Asks with arguments as a JSON object; NULL: none.
static struct api_reply ask(struct rig *rig, enum control_verb verb, const char *id, const char *args)
{
    json_t *object = args ? json_loads(args, 0, NULL) : NULL;
    assert_true(!args || object);
    struct control_request request = {.verb = verb, .id = str_of(id), .args = object};
    struct api_reply reply = api_history_answer(rig->side, &request, now);
    json_decref(object);
    return reply;
}

// Returns the texts of `name` in a list, one blank between.
static struct str told(struct rig *rig, const json_t *answer, const char *list, const char *name)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    for (size_t i = 0; i < json_array_size(json_object_get(answer, list)); i++) {
        const json_t *value = json_object_get(json_array_get(json_object_get(answer, list), i), name);
        buf_addf(&text, "%s%s", i ? " " : "", json_string_value(value));
    }
    struct str all = arena_str(&rig->arena, buf_str(&text));
    buf_done(&text);
    return all;
}

static void alerts_tell_where_they_are_and_are_found_by_it(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *args, *titles, *states;
    } cases[] = {
        {NULL, "five four three two one", "silenced held dead waiting sent"},
        {"{\"state\":\"sent\"}", "one", "sent"},
        {"{\"state\":\"waiting\"}", "two", "waiting"},
        {"{\"state\":\"dead\"}", "three", "dead"},
        {"{\"state\":\"held\"}", "four", "held"},
        {"{\"state\":\"silenced\"}", "five", "silenced"},
        {"{\"state\":\"dropped\"}", "", ""},
        {"{\"severity\":\"info\"}", "four two", "held waiting"},
        {"{\"text\":\"THR\"}", "three", "dead"},
        {"{\"since\":\"7h\",\"until\":\"6h\"}", "three", "dead"},
        {"{\"limit\":\"2\"}", "five four", "silenced held"},
        {"{\"after\":\"3\"}", "four five", "held silenced"},
        {"{\"rule\":\"other\"}", "", ""},
        {"{\"feed\":\"https://b.example/\"}", "", ""},
        {"{\"feed\":\"A\",\"limit\":\"1\"}", "five", "silenced"},
        {"{\"feed\":\"B\"}", "", ""},
        {"{\"feed\":\"0000000000B\",\"limit\":\"1\"}", "five", "silenced"}, // 11 as an id
        {"{\"feed\":\"TheGuardian\"}", "", ""},                             // may be an id, and is a name
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_reply reply = ask(rig, CONTROL_ALERTS_LIST, NULL, cases[i].args);
        assert_int_equal(reply.outcome, CONTROL_OK);
        assert_str(told(rig, reply.json, "alerts", "title"), cases[i].titles);
        assert_str(told(rig, reply.json, "alerts", "state"), cases[i].states);
        json_decref(reply.json);
    }
}

static void a_wrong_argument_is_refused_with_what_was_expected(void **state)
{
    struct rig *rig = *state;
    static const struct {
        enum control_verb verb;
        const char *id, *args, *text;
        enum control_outcome outcome;
    } cases[] = {
        {CONTROL_ALERTS_LIST, NULL, "{\"state\":\"waitng\"}", "did you mean waiting", CONTROL_BAD},
        {CONTROL_ALERTS_LIST, NULL, "{\"state\":\"done\"}", "expected sent, waiting", CONTROL_BAD},
        {CONTROL_ALERTS_LIST, NULL, "{\"limit\":\"0\"}", "limit: expected 1 to 10000, found \"0\"", CONTROL_BAD},
        {CONTROL_ALERTS_LIST, NULL, "{\"limit\":\"10001\"}", "limit: expected 1 to 10000", CONTROL_BAD},
        {CONTROL_ALERTS_LIST, NULL, "{\"after\":\"x\"}", "after: expected the seq", CONTROL_BAD},
        {CONTROL_ALERTS_LIST, NULL, "{\"since\":\"soon\"}", "since: expected a time back", CONTROL_BAD},
        {CONTROL_ALERTS_LIST, NULL, "{\"until\":\"soon\"}", "until: expected a time back", CONTROL_BAD},
        {CONTROL_ALERTS_LIST, NULL, "{\"severity\":\"loud\"}", "severity: expected debug, info", CONTROL_BAD},
        {CONTROL_ALERT_SHOW, "x", NULL, "is no alert id", CONTROL_BAD},
        {CONTROL_ALERT_SHOW, "alr_00000000000000000000000000", NULL, "there is no alert", CONTROL_NOT_FOUND},
        {CONTROL_DELIVERIES_LIST, NULL, "{\"state\":\"ded\"}", "did you mean dead", CONTROL_BAD},
        {CONTROL_SILENCE_PREVIEW, NULL, "{\"matcher\":\"\"}", "", CONTROL_BAD},
        {CONTROL_BACKUP, NULL, NULL, "a store in memory has no backup", CONTROL_BUSY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_reply reply = ask(rig, cases[i].verb, cases[i].id, cases[i].args);
        assert_int_equal(reply.outcome, cases[i].outcome);
        if (!strstr(reply.err.text, cases[i].text))
            fail_msg("%s: found %s", cases[i].text, reply.err.text);
    }
}

static void an_alert_is_shown_with_rows_attempts_and_payload(void **state)
{
    struct rig *rig = *state;
    char id[ALERT_ID_BYTES];
    struct api_reply reply = ask(rig, CONTROL_ALERT_SHOW, alert_id_text((struct hash128){3, 3}, id), NULL);
    assert_int_equal(reply.outcome, CONTROL_OK);
    assert_string_equal(json_string_value(json_object_get(reply.json, "state")), "dead");
    assert_str(told(rig, reply.json, "deliveries", "receiver"), "desk pager");
    assert_str(told(rig, reply.json, "deliveries", "state"), "dead done");
    assert_str(told(rig, json_array_get(json_object_get(reply.json, "deliveries"), 0), "attempts", "error"),
               "busy broken");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(reply.json, "payload"), "a")), 1);
    json_decref(reply.json);
    reply = ask(rig, CONTROL_ALERT_SHOW, alert_id_text((struct hash128){5, 5}, id), NULL);
    assert_non_null(strstr(json_string_value(json_array_get(json_object_get(reply.json, "decisions"), 0)), "silence"));
    json_decref(reply.json);
}

static void deliveries_without_a_state_are_those_that_are_open(void **state)
{
    struct rig *rig = *state;
    struct api_reply reply = ask(rig, CONTROL_DELIVERIES_LIST, NULL, NULL);
    assert_str(told(rig, reply.json, "deliveries", "state"), "waiting dead held");
    json_decref(reply.json);
    reply = ask(rig, CONTROL_DELIVERIES_LIST, NULL, "{\"state\":\"dead\"}");
    assert_str(told(rig, reply.json, "deliveries", "title"), "three");
    assert_str(told(rig, reply.json, "deliveries", "error"), "broken"); // the last attempt's
    json_decref(reply.json);
    reply = ask(rig, CONTROL_DELIVERIES_LIST, NULL, "{\"receiver\":\"pager\",\"state\":\"done\"}");
    assert_str(told(rig, reply.json, "deliveries", "title"), "three");
    json_decref(reply.json);
}

static void a_preview_counts_what_a_silence_would_have_hidden(void **state)
{
    struct rig *rig = *state;
    struct api_reply reply = ask(rig, CONTROL_SILENCE_PREVIEW, NULL, "{\"matcher\":\"title=t*\"}");
    assert_int_equal(reply.outcome, CONTROL_OK);
    assert_int_equal(json_integer_value(json_object_get(reply.json, "of")), 4); // the silenced one was hidden already
    assert_int_equal(json_integer_value(json_object_get(reply.json, "hidden")), 2);
    assert_str(told(rig, reply.json, "alerts", "title"), "three two");
    json_decref(reply.json);
}

static void rules_are_counted_whatever_the_fate(void **state)
{
    struct rig *rig = *state;
    struct api_reply reply = ask(rig, CONTROL_RULES_LIST, NULL, NULL);
    const json_t *rule = json_object_get(json_object_get(reply.json, "counts"), "truce");
    assert_int_equal(json_integer_value(json_object_get(rule, "hits_today")), 5);
    json_decref(reply.json);
}

// Returns how many rows a request means, -1 when it is refused; *out_reply then says why.
static int rows_meant(struct rig *rig, enum control_verb verb, const char *id, const char *args,
                      struct api_reply *out_reply)
{
    json_t *object = args ? json_loads(args, 0, NULL) : NULL;
    struct control_request request = {.verb = verb, .id = str_of(id), .args = object};
    struct delivery *rows;
    size_t n = 0;
    bool is_found = api_history_rows(rig->side, &request, &rig->arena, &rows, &n, out_reply);
    json_decref(object);
    return is_found ? (int)n : -1;
}

static void a_request_means_rows_by_alert_by_number_or_by_filter(void **state)
{
    struct rig *rig = *state;
    char three[ALERT_ID_BYTES];
    alert_id_text((struct hash128){3, 3}, three);
    const struct {
        enum control_verb verb;
        const char *id, *args;
        int n;
        const char *text; // of the refusal
    } cases[] = {
        {CONTROL_ALERT_RESEND, three, NULL, 2, NULL},
        {CONTROL_ALERT_RESEND, three, "{\"receiver\":\"pager\"}", 1, NULL},
        {CONTROL_ALERT_RESEND, three, "{\"receiver\":\"\"}", -1, "receiver: expected a text"},
        {CONTROL_ALERT_RESEND, three, "{\"receiver\":true}", -1, "receiver: expected a text"},
        {CONTROL_DELIVERY_RETRY, "3", NULL, 1, NULL},
        {CONTROL_DELIVERY_RETRY, "1", NULL, -1, "delivery 1 is done"},
        {CONTROL_DELIVERY_RETRY, "99", NULL, -1, "there is no delivery 99"},
        {CONTROL_DELIVERY_RETRY, "0", NULL, -1, "expected the number of a delivery"},
        {CONTROL_DELIVERY_DROP, "x", NULL, -1, "expected the number of a delivery"},
        {CONTROL_DELIVERY_DROP, NULL, "{\"state\":\"dead\"}", 1, NULL},
        {CONTROL_DELIVERY_DROP, NULL, "{\"receiver\":\"desk\"}", 3, NULL},
        {CONTROL_DELIVERY_DROP, NULL, "{\"state\":\"dread\"}", -1, "did you mean dead"},
        {CONTROL_DELIVERY_DROP, NULL, "{\"all\":true}", 3, NULL},
        {CONTROL_DELIVERY_DROP, NULL, "{\"all\":true,\"state\":\"dead\"}", 1, NULL},
        {CONTROL_DELIVERY_DROP, NULL, NULL, -1, "expected a receiver, a state, or \"all\": true"},
        {CONTROL_DELIVERY_DROP, NULL, "{}", -1, "expected a receiver, a state, or"},
        {CONTROL_DELIVERY_RETRY, NULL, "{}", -1, "expected a receiver, a state, or"},
        {CONTROL_DELIVERY_DROP, NULL, "{\"all\":false}", -1, "expected a receiver, a state, or"},
        {CONTROL_DELIVERY_DROP, NULL, "{\"all\":\"\"}", -1, "expected a receiver, a state, or"},
        {CONTROL_DELIVERY_DROP, NULL, "{\"receiver\":true}", -1, "receiver: expected a text"},
        {CONTROL_DELIVERY_DROP, NULL, "{\"receiver\":7}", -1, "receiver: expected a text"},
        {CONTROL_DELIVERY_DROP, NULL, "{\"receiver\":null}", -1, "receiver: expected a text"},
        {CONTROL_DELIVERY_DROP, NULL, "{\"receiver\":\"\",\"state\":\"dead\"}", -1, "receiver: expected a text"},
        {CONTROL_DELIVERY_DROP, NULL, "{\"receiver\":\"desk\",\"state\":\"\"}", -1, "state: expected a text"},
        {CONTROL_DELIVERY_RETRY, NULL, "{\"all\":true,\"receiver\":\"\"}", -1, "receiver: expected a text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_reply reply = {0};
        int n = rows_meant(rig, cases[i].verb, cases[i].id, cases[i].args, &reply);
        if (n != cases[i].n || (n < 0 && !strstr(reply.err.text, cases[i].text)))
            fail_msg("case %zu: found %d, %s", i, n, reply.err.text);
    }
}

static void a_row_that_is_not_there_is_asked_for_without_a_number(void **state)
{
    static const struct {
        uint64_t alert;
        const char *args, *receiver;
    } cases[] = {{5, NULL, ""}, {5, "{\"receiver\":\"desk\"}", "desk"}, {3, "{\"receiver\":\"later\"}", "later"}};
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char id[ALERT_ID_BYTES];
        json_t *args = cases[i].args ? json_loads(cases[i].args, 0, NULL) : NULL;
        alert_id_text((struct hash128){cases[i].alert, cases[i].alert}, id);
        struct control_request request = {.verb = CONTROL_ALERT_RESEND, .id = str_of(id), .args = args};
        struct api_reply reply = {0};
        struct delivery *rows;
        size_t n = 0;
        assert_true(api_history_rows(rig->side, &request, &rig->arena, &rows, &n, &reply));
        assert_int_equal(n, 1);
        assert_int_equal(rows[0].row, 0);
        assert_int_equal(rows[0].alert.low, cases[i].alert);
        assert_str(rows[0].receiver, cases[i].receiver);
        assert_str(rows[0].rule, "truce");
        json_decref(args);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(alerts_tell_where_they_are_and_are_found_by_it),
        TEST(a_wrong_argument_is_refused_with_what_was_expected),
        TEST(an_alert_is_shown_with_rows_attempts_and_payload),
        TEST(deliveries_without_a_state_are_those_that_are_open),
        TEST(a_preview_counts_what_a_silence_would_have_hidden),
        TEST(rules_are_counted_whatever_the_fate),
        TEST(a_request_means_rows_by_alert_by_number_or_by_filter),
        TEST(a_row_that_is_not_there_is_asked_for_without_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
