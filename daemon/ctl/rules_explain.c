// SPDX-License-Identifier: MIT
//
// rules test and rules explain: what one rule makes of one text, in a word or as a tree; explain also of an item of the
// archive.
#include "daemon/ctl/answer.h"
#include "daemon/ctl/archive.h"
#include "daemon/ctl/client.h"
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

// What is said: the rule, what it makes of the text, and whether its `feeds` takes the feed of it.
struct verdict {
    const struct rule_entry *entry;
    struct explanation x;
    bool with_tree;
    bool is_in_scope;
    json_t *alerts; // of the rule about the article, where it is one of the archive and a daemon knows; else NULL
};

// Asks for the alerts of the rule that have the article's title, and keeps those of its address: what became of a match
// is decided behind it, by the first poll, stories, silences and throttles.
static json_t *alerts_about(const struct ctl_call *call, const struct rule_entry *entry, const struct doc *doc,
                            struct arena *arena)
{
    json_t *answer = NULL, *kept = NULL, *alert;
    struct buf path;
    buf_init(&path, 64 << 10);
    buf_add(&path, S("/api/v1/alerts?limit=1000&rule="));
    client_escape(&path, entry->made.rule.name);
    client_query(&path, "text", arena_dupz(arena, doc->title));
    if (client_is_up(call) && client_ask(call, "GET", buf_z(&path), NULL, &answer) == CTL_OK) {
        size_t i;
        kept = json_array();
        json_array_foreach(json_object_get(answer, "alerts"), i, alert)
            if (str_eq(answer_text(alert, "url"), doc->url))
                json_array_append(kept, alert);
    }
    json_decref(answer);
    buf_done(&path);
    return kept;
}

static void alerts_say(const json_t *alerts, struct buf *out)
{
    size_t i;
    json_t *alert;
    if (alerts && json_array_size(alerts) == 0)
        buf_add(out, S("\nno alert of this rule is about it: the rule came later, or the text did by an edit\n"));
    json_array_foreach(alerts, i, alert) {
        buf_addf(out, "%s%.*s: feedwatchctl alerts show ", i ? "" : "\n", STR_ARG(answer_text(alert, "state")));
        say_text(out, answer_text(alert, "id"));
        buf_add_char(out, '\n');
    }
}

static int say_as_json(const struct ctl_call *call, const struct verdict *v)
{
    struct buf reason;
    buf_init(&reason, 4096);
    explain_reason(&v->x, &reason);
    json_t *answer = json_pack("{s:o, s:b, s:o, s:b}", "rule", json_str(v->entry->made.rule.name), "match",
                               v->x.is_match && v->is_in_scope, "reason", json_str(buf_str(&reason)), "in_scope",
                               v->is_in_scope);
    json_t *parts = json_array();
    for (size_t i = 0; i < v->x.n_parts; i++)
        json_array_append_new(parts, json_part(&v->x.parts[i]));
    json_object_set_new(answer, "parts", parts);
    if (v->alerts)
        json_object_set(answer, "alerts", v->alerts);
    if (!v->with_tree)
        json_object_del(answer, "parts");
    int code = say_json(call, answer);
    json_decref(answer);
    buf_done(&reason);
    return code;
}

static int say_as_text(const struct ctl_call *call, const struct verdict *v, const struct buf *head)
{
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    buf_add(&text, buf_str(head));
    if (!v->is_in_scope)
        buf_add(&text, S("no match: `feeds` of the rule does not take this feed. Without it:\n"));
    if (v->with_tree) {
        explain_render(&v->x, v->entry, call->has_colour, &text);
        alerts_say(v->alerts, &text);
    } else {
        buf_add(&text, v->x.is_match ? S("match: ") : S("no match: "));
        explain_reason(&v->x, &text);
        buf_add_char(&text, '\n');
    }
    int code = say(&text);
    buf_done(&text);
    return code;
}

// Reads what is explained: an item of the archive (its head line goes to out), or a text.
static int doc_read(const struct ctl_call *call, const char *item_id, struct arena *arena, struct buf *out,
                    struct doc *doc)
{
    struct api_item item;
    if (item_id && call->n_words > 1)
        return say_error(call, CTL_USAGE, NULL, "either a text or --item, not both");
    if (!item_id) {
        bool is_read = rule_text_read(call, call->n_words > 1 ? call->words[1] : NULL, arena, doc);
        doc->lang = str_of(ctl_value(call, "lang"));
        return is_read ? CTL_OK : CTL_NOT_FOUND;
    }
    int code = archive_item_find(call, item_id, arena, &item);
    if (code != CTL_OK)
        return code;
    char at[WALL_RFC3339_BYTES];
    *doc = api_item_doc(&item, arena);
    if (ctl_value(call, "lang"))
        doc->lang = str_of(ctl_value(call, "lang"));
    say_text(out, item.title.n ? item.title : item.url);
    buf_addf(out, "\n%s, ", wall_rfc3339(item.fetched, false, at));
    say_text(out, item.feed_title);
    buf_add(out, S(", "));
    say_text(out, item.url);
    buf_add(out, S("\n\n"));
    return CTL_OK;
}

// Whether the property `feeds` of the rule lets the feed of an item through.
static bool is_in_scope(const struct rule_entry *entry, const struct doc *doc)
{
    const struct rule *rule = &entry->made.rule;
    for (size_t i = 0; i < rule->n_scope; i++) {
        const struct rule_scope *scope = &rule->scope[i];
        if (!scope->is_tag && str_eq(scope->value, doc->feed))
            return true;
        for (size_t k = 0; scope->is_tag && k < doc->n_tags; k++)
            if (str_eq(scope->value, doc->tags[k]))
                return true;
    }
    return rule->n_scope == 0;
}

// Both commands: RULE [FILE|-], or RULE --item ID. Exit 0 for a match, 1 for none.
static int explain(const struct ctl_call *call, bool with_tree, const char *item_id)
{
    struct rule_files files;
    struct arena arena;
    struct buf head;
    struct doc doc = {0};
    arena_init(&arena, TEXT_ARENA_BYTES);
    buf_init(&head, SAY_BYTES_MAX);
    int code = rule_files_open(&files, call, ctl_value(call, "rules"));
    const struct rule_entry *entry = code == CTL_OK ? rule_files_find(&files, call, call->words[0]) : NULL;
    if (code == CTL_OK && !entry)
        code = CTL_NOT_FOUND;
    if (code == CTL_OK)
        code = doc_read(call, item_id, &arena, &head, &doc);
    if (code == CTL_OK) {
        struct verdict v = {.entry = entry, .with_tree = with_tree};
        v.is_in_scope = !item_id || is_in_scope(entry, &doc);
        explain_rule(entry, &doc, &arena, &v.x);
        if (item_id && v.x.is_match && v.is_in_scope && doc.title.n)
            v.alerts = alerts_about(call, entry, &doc, &arena);
        code = call->is_json ? say_as_json(call, &v) : say_as_text(call, &v, &head);
        if (code == CTL_OK && !(v.x.is_match && v.is_in_scope))
            code = CTL_REFUSED;
        explanation_done(&v.x);
        json_decref(v.alerts);
    }
    buf_done(&head);
    rule_files_done(&files);
    arena_done(&arena);
    return code;
}

int ctl_rules_test(const struct ctl_call *call) { return explain(call, false, NULL); }

int ctl_rules_explain(const struct ctl_call *call) { return explain(call, true, ctl_value(call, "item")); }
