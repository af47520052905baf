// SPDX-License-Identifier: MIT
//
// Silences: alerts that fit one are kept and listed, and not sent, until it ends.
#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"

static void one_render(const struct ctl_call *call, const json_t *silence, struct buf *out)
{
    buf_addf(out, "%s", say_mark(call, SAY_BOLD));
    say_text(out, answer_text(silence, "id"));
    buf_addf(out, "%s  ", say_mark(call, SAY_PLAIN));
    say_text(out, answer_text(silence, "matcher"));
    buf_add(out, S("  until "));
    say_clock(out, answer_time(silence, "until_ms"), answer_now(silence));
    buf_add_char(out, '\n');
    if (answer_text(silence, "note").n > 0) {
        buf_addf(out, "  %s", say_mark(call, SAY_YELLOW));
        say_text(out, answer_text(silence, "note"));
        buf_addf(out, "%s\n", say_mark(call, SAY_PLAIN));
    }
}

static void silence_row(const struct ctl_call *call, const json_t *one, wall_t now, struct table *t)
{
    (void)call;
    table_cell(t, answer_text(one, "id"));
    table_cell(t, answer_text(one, "matcher"));
    show_moment(t, answer_time(one, "until_ms"), now, "-");
    show_count(t, one, "hidden");
    table_cell(t, answer_text(one, "comment"));
}

static void list_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    static const struct table_column columns[] = {
        {"ID", TABLE_LEFT, 0},      {"MATCHER", TABLE_LEFT, 20}, {"ENDS", TABLE_RIGHT, 0},
        {"HIDDEN", TABLE_RIGHT, 0}, {"COMMENT", TABLE_LEFT, 12},
    };
    static const struct show_list list = {"silences", "nothing is silenced", columns,
                                          sizeof columns / sizeof *columns, silence_row};
    show_list(call, answer, &list, out);
}

int ctl_silence_list(const struct ctl_call *call)
{
    return show(call, "GET", show_path("/api/v1/silences", NULL, ""), NULL, list_render);
}

// The operands are one matcher: `silence add rule=truce tag=world` needs no quotes. A blank inside an operand was
// quoted for the shell (feed="Example World"): it is quoted again for the matcher.
static void matcher_join(const struct ctl_call *call, struct buf *out)
{
    buf_init(out, 8192);
    for (size_t i = 0; i < call->n_words; i++) {
        struct str word = str_of(call->words[i]);
        size_t value = str_find_char(word, '=') + 1;
        bool is_bare = call->n_words > 1 && str_find_char(word, ' ') < word.n && str_find_char(word, '"') == word.n;
        buf_add(out, i > 0 ? S(" ") : S(""));
        if (is_bare && value < word.n)
            buf_addf(out, "%.*s\"%.*s\"", STR_ARG(str_head(word, value)), STR_ARG(str_from(word, value)));
        else
            buf_add(out, word);
    }
}

int ctl_silence_add(const struct ctl_call *call)
{
    if (!ctl_value(call, "for") && !ctl_value(call, "until"))
        return say_error(call, CTL_USAGE, "feedwatchctl silence add --for 2h rule=NAME",
                         "a silence needs an end: --for 2h, or --until 2026-11-24T08:00:00Z");
    struct buf matcher;
    matcher_join(call, &matcher);
    json_t *body = show_body(call, (const char *const[]){"for", "until", "comment", NULL});
    json_object_set_new(body, "matcher", json_string(buf_z(&matcher)));
    buf_done(&matcher);
    return show(call, "POST", show_path("/api/v1/silences", NULL, ""), body, one_render);
}

int ctl_silence_expire(const struct ctl_call *call)
{
    return show_each(call, "DELETE", "/api/v1/silences/", "", NULL, one_render);
}

static void preview_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    buf_addf(out, "it would have hidden %lld of the %lld alerts of the last 7 days\n",
             (long long)answer_number(answer, "hidden"), (long long)answer_number(answer, "of"));
    show_pairs(json_object_get(answer, "alerts"), "rule", "title", out);
}

int ctl_silence_preview(const struct ctl_call *call)
{
    struct buf matcher;
    matcher_join(call, &matcher);
    struct buf path = show_path("/api/v1/silences/preview?matcher=", buf_z(&matcher), "");
    buf_done(&matcher);
    return show(call, "GET", path, NULL, preview_render);
}
