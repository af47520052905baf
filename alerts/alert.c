// SPDX-License-Identifier: MIT
//
// Names, ids and the one line of an alert. See alert.h.
#include "alerts/alert.h"

#include <assert.h>

#include "alerts/delivery.h"
#include "base/utf8.h"

enum { ID_DIGITS = 26 }; // 26 x 5 bits: the first digit holds 3

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
static const struct str id_prefix = STR("alr_");

const char *alert_id_text(struct hash128 id, char out[ALERT_ID_BYTES])
{
    unsigned __int128 bits = (unsigned __int128)id.high << 64 | id.low;
    memcpy(out, id_prefix.p, id_prefix.n);
    for (int i = ID_DIGITS - 1; i >= 0; i--, bits >>= 5)
        out[id_prefix.n + (size_t)i] = digits[bits & 31];
    out[ALERT_ID_BYTES - 1] = '\0';
    return out;
}

bool alert_id_parse(struct str text, struct hash128 *out_id, struct err *err)
{
    struct str s = str_trim(text);
    unsigned __int128 bits = 0;
    bool is_id = str_starts_nocase(s, id_prefix) && s.n == id_prefix.n + ID_DIGITS;
    for (size_t i = id_prefix.n; is_id && i < s.n; i++) {
        const char *at = memchr(digits, char_lower(s.p[i]), sizeof digits - 1);
        is_id = at && (i > id_prefix.n || at - digits < 8);
        bits = bits << 5 | (unsigned)(at ? at - digits : 0);
    }
    if (!is_id)
        return err_set(err, "\"%.*s\" is no alert id: expected alr_ and 26 letters and digits, as lists show it",
                       STR_ARG(utf8_head(s, 64)));
    *out_id = (struct hash128){(uint64_t)(bits >> 64), (uint64_t)bits};
    return true;
}

const char *alert_kind_name(enum alert_kind kind)
{
    static const char *const names[ALERT_KINDS] = {
        [ALERT_MATCHED] = "alert.matched",
        [ALERT_UPDATED] = "alert.updated",
        [ALERT_DIGEST] = "alert.digest",
        [ALERT_FEED_BROKEN] = "feed.broken",
        [ALERT_FEED_RECOVERED] = "feed.recovered",
        [ALERT_FEED_REBASELINED] = "feed.rebaselined",
        [ALERT_ENDPOINT_TEST] = "endpoint.test",
        [ALERT_ENDPOINT_RECOVERED] = "endpoint.recovered",
    };
    assert((unsigned)kind < ALERT_KINDS);
    return names[kind];
}

const char *alert_fate_name(enum alert_fate fate)
{
    static const char *const names[FATES] = {"sent", "baseline", "silenced", "joined", "rebased"};
    assert((unsigned)fate < FATES);
    return names[fate];
}

const char *alert_state_name(const struct alert *alert)
{
    static const enum delivery_state by_concern[] = {DELIVERY_DEAD, DELIVERY_WAITING,  DELIVERY_HELD,
                                                     DELIVERY_DONE, DELIVERY_DIGESTED, DELIVERY_DROPPED};
    unsigned rows = alert->fate == FATE_SENT ? alert->row_states : 0; // others may have rows that a person asked for
    for (size_t i = 0; i < sizeof by_concern / sizeof *by_concern; i++)
        if (rows & 1U << by_concern[i])
            return by_concern[i] == DELIVERY_DONE ? "sent" : delivery_state_name(by_concern[i]);
    return alert_fate_name(alert->fate);
}

const char *delivery_state_name(enum delivery_state state)
{
    static const char *const names[DELIVERY_STATES] = {"waiting", "held", "done", "dead", "digested", "dropped"};
    assert((unsigned)state < DELIVERY_STATES);
    return names[state];
}

// Tells whether the first character of a quoted value would end it, or make its reader believe so.
static bool ends_value(struct str rest)
{
    return rest.p[0] == '"' || (rest.p[0] == '\\' && (rest.n == 1 || rest.p[1] == '"'));
}

// Adds ` name=value` in at most room bytes, the value cut at a character; a field that does not fit at all is left out.
static void add_field(struct buf *line, const char *name, struct str value, size_t room)
{
    struct buf clean;
    buf_init(&clean, ALERT_LINE_BYTES);
    // Each byte may become five (\u{202E} for three), so no more than this can be used.
    utf8_sanitise(str_head(value, ALERT_LINE_BYTES), &clean);
    bool is_quoted = clean.n == 0;
    for (size_t i = 0; i < clean.n; i++)
        is_quoted |= clean.p[i] == ' ' || clean.p[i] == '"' || clean.p[i] == '=' || clean.p[i] == '\\';
    size_t fixed = strlen(name) + 2 + (is_quoted ? 2 : 0);
    if (room > fixed) {
        size_t left = room - fixed;
        buf_addf(line, " %s=%s", name, is_quoted ? "\"" : "");
        struct str rest = buf_str(&clean);
        while (rest.n) {
            size_t n = utf8_length(rest);
            bool is_escaped = is_quoted && ends_value(rest);
            if (n + is_escaped > left)
                break;
            if (is_escaped)
                buf_add_char(line, '\\');
            buf_add(line, str_head(rest, n));
            left -= n + is_escaped;
            rest = str_from(rest, n);
        }
        if (is_quoted)
            buf_add_char(line, '"');
    }
    buf_done(&clean);
}

void alert_line(const struct alert *alert, struct buf *out)
{
    char id[ALERT_ID_BYTES];
    alert_id_text(alert->id, id);
    struct buf line;
    buf_init(&line, ALERT_LINE_BYTES);
    buf_add(&line, alert->kind == ALERT_MATCHED ? S("alert") : str_of(alert_kind_name(alert->kind)));
    if (alert->rule.n)
        add_field(&line, "rule", alert->rule, 160);
    buf_add(&line, S(" severity="));
    buf_add(&line, severity_name(alert->severity));
    if (alert->is_late)
        buf_add(&line, S(" late=yes"));
    if (alert->feed)
        add_field(&line, "feed", alert->feed_title, 160);
    size_t id_room = sizeof " id=" + strlen(id);
    size_t url_room = alert->url.n + 12 < 400 ? alert->url.n + 12 : 400;
    add_field(&line, "title", alert->title, ALERT_LINE_BYTES - line.n - id_room - url_room);
    if (alert->url.n)
        add_field(&line, "url", alert->url, ALERT_LINE_BYTES - line.n - id_room);
    buf_addf(&line, " id=%s", id);
    buf_add(out, buf_str(&line));
    buf_done(&line);
}
