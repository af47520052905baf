// SPDX-License-Identifier: MIT
//
// What the files of the block grammar share among themselves (conf.c the files and the tree, conf_parse.c statements,
// conf_lex.c tokens, conf_read.c values, conf_hide.c what others must not see). Nobody else includes this.
#ifndef BASE_CONF_PARTS_H
#define BASE_CONF_PARTS_H

#include "base/conf.h"

enum token_kind { TOKEN_WORD, TOKEN_STRING, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_END };

struct token {
    enum token_kind kind;
    struct str text; // unquoted
    size_t at, n;
};

// The files being read now, from the first to the one that is included deepest.
struct include_chain {
    struct str path;
    const struct include_chain *up;
};

struct parser {
    struct conf *conf;
    const struct conf_spec *const *tables;
    const struct conf_loader *loader;
    struct diags *diags;
    const struct source *source;
    const struct include_chain *chain;
    struct str text;
    size_t at;
    struct conf_node **tail; // where the next statement of the current block is hung
    bool is_guess;           // the word is only near to a statement: its values may be secrets, and are not quoted
};

// Adds an error about n bytes at `at`.
struct diag *parse_error(struct parser *p, size_t at, size_t n, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Reads the next token of this line; TOKEN_END at the line's end or at a comment, and the newline stays unread.
struct token lex_token(struct parser *p);

// Moves over blank lines and comments to the next statement; false at the end of the text.
bool lex_next_statement(struct parser *p);

// Moves to the newline that ends this line, or to the end of the text.
void lex_skip_line(struct parser *p);

// Moves behind the `}` that closes a block whose `{` was just read, by looking at lines only.
void lex_skip_block(struct parser *p);

// Tells whether this line, from p->at on, ends with an opening brace.
bool lex_line_opens(const struct parser *p);

// Reads the expression that begins at p->at and leaves p->at at the end of its last line. `specs` are the words that
// may begin a statement here: where a parenthesis stays open, the first line that begins so ends the expression.
struct token lex_expression(struct parser *p, const struct conf_spec *const *specs);

// Parses statements until the text ends.
void parse_top(struct parser *p);

// Does what an include statement says. `value` is its pattern.
void conf_include(struct parser *p, const struct conf_value *value);

// Tells whether one of these statements takes an expression: they are those of a rule.
bool conf_has_expression(const struct conf_spec *list);

// Tells whether a word could be a statement's: one that is none may be a secret on the wrong line.
bool conf_is_wordlike(struct str word);

// Returns a text as a message may quote it: *** for an address, a login or a key.
struct str conf_quotable(struct str text);

// Notes a name that must be unique: returns NULL, or the statement that bears it already.
const struct conf_node *names_add(struct conf *conf, const struct conf_node *node);

#endif
