// SPDX-License-Identifier: MIT
//
// rules test and rules explain: what one rule makes of one text, in a word or as a tree.
#include "daemon/ctl/commands.h"
#include "daemon/ctl/rule_files.h"
#include "daemon/ctl/say.h"
#include "rules/explain.h"

enum { TEXT_ARENA_BYTES = 64 << 20 };

static json_t *json_str(struct str s) { return json_stringn(s.p ? s.p : "", s.n); }

static json_t *json_hit(const struct hit *hit)
{
    return json_pack("{s:o, s:I, s:I, s:o, s:o, s:o, s:o}", "field", json_str(field_name(hit->field)), "start",
                     (json_int_t)hit->start_cp, "end", (json_int_t)hit->end_cp, "term", json_str(hit->term), "before",
                     json_str(hit->snippet.before), "hit", json_str(hit->snippet.hit), "after",
                     json_str(hit->snippet.after));
}

static json_t *json_part(const struct explain_part *part)
{
    static const char *const roles[] = {"when", "unless", "unless-near"};
    json_t *nodes = json_array();
    for (size_t i = 0; i < part->n_nodes; i++) {
        const struct explain_node *node = &part->nodes[i];
        struct str text = str_head(str_from(node->source->text, node->expr->at), node->expr->n);
        json_t *hits = json_array();
        for (size_t j = 0; j < node->n_hits; j++)
            json_array_append_new(hits, json_hit(&node->hits[j]));
        json_array_append_new(nodes, json_pack("{s:i, s:o, s:b, s:o}", "depth", (int)node->depth, "expression",
                                               json_str(text), "holds", node->holds, "hits", hits));
    }
    return json_pack("{s:s, s:b, s:b, s:o}", "role", roles[part->role], "holds", part->holds, "fatal", part->is_fatal,
                     "nodes", nodes);
}

static int say_as_json(const struct ctl_call *call, const struct rule_entry *entry, const struct explanation *x,
                       bool with_tree)
{
    struct buf reason;
    buf_init(&reason, 4096);
    explain_reason(x, &reason);
    json_t *answer = json_pack("{s:o, s:b, s:o}", "rule", json_str(entry->made.rule.name), "match", x->is_match,
                               "reason", json_str(buf_str(&reason)));
    json_t *parts = json_array();
    for (size_t i = 0; i < x->n_parts; i++)
        json_array_append_new(parts, json_part(&x->parts[i]));
    json_object_set_new(answer, "parts", parts);
    if (!with_tree)
        json_object_del(answer, "parts");
    int code = say_json(call, answer);
    json_decref(answer);
    buf_done(&reason);
    return code;
}

static int say_as_text(const struct ctl_call *call, const struct rule_entry *entry, const struct explanation *x,
                       bool with_tree)
{
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    if (with_tree) {
        explain_render(x, entry, call->has_colour, &text);
    } else {
        buf_add(&text, x->is_match ? S("match: ") : S("no match: "));
        explain_reason(x, &text);
        buf_add_char(&text, '\n');
    }
    int code = say(&text);
    buf_done(&text);
    return code;
}

// Both commands: RULE [FILE|-]. Exit 0 for a match, 1 for none.
static int explain(const struct ctl_call *call, bool with_tree)
{
    struct rule_files files;
    struct arena arena;
    arena_init(&arena, TEXT_ARENA_BYTES);
    int code = rule_files_open(&files, call, ctl_value(call, "rules"));
    const struct rule_entry *entry = code == CTL_OK ? rule_files_find(&files, call, call->words[0]) : NULL;
    struct doc doc;
    if (code == CTL_OK && !entry)
        code = CTL_NOT_FOUND;
    if (code == CTL_OK && !rule_text_read(call, call->n_words > 1 ? call->words[1] : NULL, &arena, &doc))
        code = CTL_NOT_FOUND;
    if (code == CTL_OK) {
        const char *lang = ctl_value(call, "lang");
        doc.lang = str_of(lang);
        struct explanation x;
        explain_rule(entry, &doc, &arena, &x);
        code = call->is_json ? say_as_json(call, entry, &x, with_tree) : say_as_text(call, entry, &x, with_tree);
        if (code == CTL_OK && !x.is_match)
            code = CTL_REFUSED;
        explanation_done(&x);
    }
    rule_files_done(&files);
    arena_done(&arena);
    return code;
}

int ctl_rules_test(const struct ctl_call *call) { return explain(call, false); }

int ctl_rules_explain(const struct ctl_call *call) { return explain(call, true); }
