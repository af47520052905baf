// SPDX-License-Identifier: MIT
//
// The report of a receiver: its books held against what was expected.
#include <stdlib.h>

#include "base/mem.h"
#include "tests/tools/receiver.h"

size_t receiver_acked(const struct receiver *r, const char *key)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_alerts; i++)
        n += r->alerts[i]->acks > 0 && (!key || str_eq(r->alerts[i]->key, str_of(key)));
    return n;
}

static bool is_expected(const struct receiver *r, struct str key)
{
    for (size_t i = 0; i < r->n_expected; i++)
        if (str_eq(r->expected[i], key))
            return true;
    return false;
}

// What a receiver is told about itself comes as often as that happens, and is no alert that a test waits for.
static bool is_about_itself(const struct receiver_alert *a)
{
    return str_starts(a->type, S("endpoint."));
}

static bool is_unexpected(const struct receiver *r, const struct receiver_alert *a)
{
    return a->acks > 0 && r->n_expected > 0 && !is_about_itself(a) && !is_expected(r, a->key);
}

// What came and what was expected, in order of their keys: a thousand kills bring 50,000 of each.
struct books {
    struct receiver_alert **alerts;
    struct str *expected;
};

static int compare_alerts(const void *left, const void *right)
{
    const struct receiver_alert *a = *(struct receiver_alert *const *)left, *b = *(struct receiver_alert *const *)right;
    int order = str_cmp(a->key, b->key);
    order = order ? order : str_cmp(a->path, b->path);
    return order ? order : str_cmp(a->type, b->type);
}

static int compare_keys(const void *left, const void *right)
{
    return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

static void books_open(struct books *b, const struct receiver *r)
{
    b->alerts = mem_alloc_array(r->n_alerts, sizeof *b->alerts);
    b->expected = mem_alloc_array(r->n_expected, sizeof *b->expected);
    if (r->n_alerts)
        memcpy(b->alerts, r->alerts, r->n_alerts * sizeof *b->alerts);
    if (r->n_expected)
        memcpy(b->expected, r->expected, r->n_expected * sizeof *b->expected);
    qsort(b->alerts, r->n_alerts, sizeof *b->alerts, compare_alerts);
    qsort(b->expected, r->n_expected, sizeof *b->expected, compare_keys);
}

static void books_close(struct books *b)
{
    mem_free(b->alerts);
    mem_free(b->expected);
}

static void count_alerts(const struct receiver *r, const struct books *b, struct receiver_report *report)
{
    for (size_t i = 0; i < r->n_alerts; i++) {
        const struct receiver_alert *a = b->alerts[i];
        report->acked += a->acks > 0;
        if (is_about_itself(a))
            continue;
        report->two_ids += i > 0 && compare_alerts(&b->alerts[i - 1], &b->alerts[i]) == 0;
        report->unexpected += a->acks > 0 && r->n_expected > 0 &&
                              !bsearch(&a->key, b->expected, r->n_expected, sizeof *b->expected, compare_keys);
    }
}

// Both are in order: what is expected walks along with what came.
static size_t count_lost(const struct receiver *r, const struct books *b)
{
    size_t lost = 0;
    for (size_t i = 0, k = 0; i < r->n_expected; i++) {
        bool is_acked = false;
        while (k < r->n_alerts && str_cmp(b->alerts[k]->key, b->expected[i]) < 0)
            k++;
        for (size_t m = k; m < r->n_alerts && str_eq(b->alerts[m]->key, b->expected[i]); m++)
            is_acked |= b->alerts[m]->acks > 0;
        lost += !is_acked;
    }
    return lost;
}

struct receiver_report receiver_report(const struct receiver *r)
{
    struct receiver_report report = r->counts;
    struct books b;
    books_open(&b, r);
    report.ids = r->n_alerts;
    report.expected = r->n_expected;
    count_alerts(r, &b, &report);
    report.lost = count_lost(r, &b);
    books_close(&b);
    return report;
}

void receiver_describe(const struct receiver *r, struct buf *out)
{
    struct receiver_report p = receiver_report(r);
    buf_addf(out, "%zu requests, %zu ids, %zu accepted; %zu expected, %zu lost, %zu not expected\n", p.requests, p.ids,
             p.acked, p.expected, p.lost, p.unexpected);
    buf_addf(out, "%zu under two ids, %zu sent again after our answer, %zu after an answer that got lost\n", p.two_ids,
             p.doubled, p.doubled_unsure);
    buf_addf(out, "%zu bad signatures, %zu bodies changed, %zu paths changed, %zu too early, %zu redirects followed, "
             "%zu after 410\n", p.bad_signatures, p.changed_body, p.changed_path, p.early_retries,
             p.followed_redirects, p.after_gone);
    for (size_t i = 0, shown = 0; i < r->n_expected && shown < 10; i++) {
        if (receiver_acked(r, r->expected[i].p) == 0) {
            buf_addf(out, "lost: %.*s\n", STR_ARG(r->expected[i]));
            shown++;
        }
    }
    for (size_t i = 0, shown = 0; i < r->n_alerts && shown < 10; i++) {
        if (is_unexpected(r, r->alerts[i])) {
            buf_addf(out, "not expected: %.*s\n", STR_ARG(r->alerts[i]->key));
            shown++;
        }
    }
}
