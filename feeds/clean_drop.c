// SPDX-License-Identifier: MIT
//
// What the cleaner drops: comments, processing instructions, declarations. Of a DOCTYPE only its simple text entities
// are kept (clean_declare); nothing of it reaches libxml2.
#include <string.h>

#include "feeds/clean_parts.h"

enum { DECLARATION_KEPT_MAX = 8192 };

static void back_to_text(struct cleaner *c)
{
    buf_reset(&c->pend);
    c->state = CLEAN_TEXT;
}

// Inside an item a comment that was not closed shows by an end tag of the item's without its start. True at that one's
// last byte; the last eight bytes are kept in comment_tail.
static bool ends_item(struct cleaner *c, char ch)
{
    static const uint64_t item = 0x3c2f6974656d3e, entry = 0x3c2f656e7472793e; // "</item>", "</entry>"
    static const uint64_t item_start = 0x3c6974656d, entry_start = 0x3c656e747279; // "<item", "<entry"
    c->comment_tail = c->comment_tail << 8 | (unsigned char)char_lower(ch);
    uint64_t tail = c->comment_tail;
    c->comment_items += (tail & 0xffffffffff) == item_start || (tail & 0xffffffffffff) == entry_start;
    bool is_end = (tail & 0xffffffffffffff) == item || tail == entry;
    if (!is_end)
        return false;
    if (c->comment_items > 0) {
        c->comment_items--;
        return false;
    }
    struct str tag = tail == entry ? S("</entry>") : S("</item>");
    clean_repair(c, REPAIR_COMMENT, NULL);
    c->state = CLEAN_TEXT;
    clean_plain_tag(c, tag, NULL);
    return true;
}

// "-->", and "--!>" as HTML has it; "-- >" too, since a comment of XML has no "--" inside.
const char *clean_comment(struct cleaner *c, const char *p, const char *end)
{
    bool in_item = clean_is_in_item(c);
    while (p < end) {
        if (in_item && ends_item(c, *p))
            return p + 1;
        if (c->matched == 0 && !in_item) {
            p = memchr(p, '-', (size_t)(end - p));
            if (!p)
                return end;
        }
        char ch = *p++;
        if (ch == '-') {
            c->matched = c->matched >= 2 ? 2 : c->matched + 1;
        } else if (ch == '>' && c->matched >= 2) {
            c->state = CLEAN_TEXT;
            return p;
        } else if (c->matched != 2 || (ch != '!' && !char_is_space(ch))) {
            c->matched = 0;
        }
    }
    return p;
}

// Code that was not run, "<?php ... ?>", "<?= ... ?>", may have a '>' inside.
static bool is_code(struct str head)
{
    return head.n > 2 && (head.p[2] == '=' || char_is_space(head.p[2]) || str_starts_nocase(head, S("<?php")));
}

// "?>"; any but code also ends at a '>' alone, as HTML has it (<?o:p>). pend holds "<" and the first bytes.
const char *clean_pi(struct cleaner *c, const char *p, const char *end)
{
    for (; p < end; p++) {
        if (c->pend.n < 64)
            buf_add_char(&c->pend, *p);
        if (*p == '>' && (c->matched || !is_code(buf_str(&c->pend)))) {
            struct str head = buf_str(&c->pend);
            bool is_declaration = str_starts_nocase(head, S("<?xml")) && head.n > 5 && !char_is_alnum(head.p[5]) &&
                                  head.p[5] != '-';
            if (is_declaration && (c->is_rooted || !str_starts(head, S("<?xml"))))
                clean_repair(c, REPAIR_DECLARATION, NULL);
            else if (!c->matched)
                clean_repair(c, REPAIR_COMMENT, NULL);
            back_to_text(c);
            return p + 1;
        }
        c->matched = *p == '?' && c->pend.n > 2;
    }
    return p;
}

// Appends a byte to what is kept of a declaration.
static inline void keep(struct cleaner *c, char ch)
{
    if (c->pend.n >= DECLARATION_KEPT_MAX)
        return;
    if (c->pend.n + 1 < c->pend.room)
        c->pend.p[c->pend.n++] = ch;
    else
        buf_add_char(&c->pend, ch);
}

// One byte inside <!DOCTYPE ...>; true when it ended. Its declarations are gathered in pend, one after the other.
static inline bool decl_byte(struct cleaner *c, char ch)
{
    bool is_inner = c->decl_depth > 0;
    if (is_inner)
        keep(c, ch);
    if (c->matched >= 2) { // inside a comment
        if (ch == '>' && c->matched >= 4) {
            c->matched = 0;
            buf_reset(&c->pend);
            c->decl_depth--;
        } else {
            c->matched = ch == '-' ? (c->matched < 4 ? c->matched + 1 : 4) : 2;
        }
        return false;
    }
    if (c->decl_quote) {
        if (ch == c->decl_quote)
            c->decl_quote = 0;
        return false;
    }
    c->matched = is_inner && ch == '-' ? c->matched + 1 : 0;
    if (c->matched == 2 && str_ends(buf_str(&c->pend), S("<!--")))
        return false;
    if (c->matched == 2)
        c->matched = 0;
    if (ch == '"' || ch == '\'') {
        c->decl_quote = ch;
    } else if (ch == '[' || ch == '<') {
        c->decl_depth++;
        c->pend.n = 0;
        if (ch == '<')
            keep(c, ch);
    } else if (ch == ']' && is_inner) {
        c->decl_depth--;
    } else if (ch == '>') {
        if (!is_inner)
            return true;
        clean_declare(c, buf_str(&c->pend));
        buf_reset(&c->pend);
        c->decl_depth--;
    }
    return false;
}

const char *clean_decl(struct cleaner *c, const char *p, const char *end)
{
    while (p < end) {
        bool is_tag = c->decl_depth > 0 && !c->decl_quote && c->matched < 2 && c->pend.n == 1 && c->pend.p[0] == '<' &&
                      char_is_alpha(*p);
        if (is_tag) { // in a DTD every '<' is followed by '!' or '?': it was not closed
            clean_repair(c, REPAIR_COMMENT, NULL);
            c->state = CLEAN_LT;
            return p;
        }
        if (decl_byte(c, *p++)) {
            back_to_text(c);
            return p;
        }
    }
    return p;
}
