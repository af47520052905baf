// SPDX-License-Identifier: MIT
//
// What a receiver answers may give away what reaching it takes: "Cannot POST /hooks/TOKEN". The attempt's record is in
// the log, in /healthz and over TCP, where that is left out of addresses.
#include <curl/curl.h>

#include "daemon/delivery_parts.h"
#include "feeds/url.h"

enum {
    SHORTEST = 4,        // shorter ones are no secrets, and stand in every second answer
    SHORTEST_WORD = 12,  // a piece of a path or of a header: "webhooks" is none, a token has 16 and more
    SHORTEST_BEGIN = 2,  // of a secret that the end of the answer cuts
};

struct secrets {
    struct arena *arena;
    struct str *list;
    size_t n;
};

static void add(struct secrets *s, struct str text, size_t bytes_min)
{
    if (text.n >= bytes_min)
        ARENA_PUSH(s->arena, s->list, s->n, text);
}

// As it is written and as a server reads it, with its %XX decoded.
static void add_encoded(struct secrets *s, struct str text, size_t bytes_min)
{
    int n = 0;
    add(s, text, bytes_min);
    if (text.n > URL_BYTES_MAX || str_find_char(text, '%') == text.n)
        return;
    char *plain = curl_easy_unescape(NULL, text.p, (int)text.n, &n);
    if (plain)
        add(s, arena_str(s->arena, str_make(plain, (size_t)n)), bytes_min);
    curl_free(plain);
}

static void add_words(struct secrets *s, struct str text, char between)
{
    while (text.p)
        add_encoded(s, str_cut(&text, between), SHORTEST_WORD);
}

static void add_address(struct secrets *s, struct str address)
{
    struct url u = url_cut(address);
    struct str password = u.userinfo, query = u.query;
    str_cut(&password, ':');
    add_encoded(s, u.userinfo, SHORTEST);
    add_encoded(s, password, SHORTEST);
    add_encoded(s, u.path, 2); // "/" is none
    add_words(s, u.path, '/');
    add_encoded(s, query, SHORTEST);
    while (query.p) {
        struct str value = str_cut(&query, '&');
        str_cut(&value, '=');
        add_encoded(s, value, SHORTEST);
    }
}

static void add_header(struct secrets *s, struct str line)
{
    str_cut(&line, ':');
    line = str_trim(line);
    add(s, line, SHORTEST);
    add_words(s, line, ' ');
}

// Returns how many bytes of a secret stand at the start of the text: all of it, or what a cut has left of it.
static size_t secret_at(const struct secrets *s, struct str text, bool is_cut)
{
    size_t longest = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct str secret = s->list[i];
        bool is_begin = is_cut && text.n >= SHORTEST_BEGIN && text.n < secret.n && str_starts(secret, text);
        size_t n = is_begin ? text.n : str_starts(text, secret) ? secret.n : 0;
        longest = n > longest ? n : longest;
    }
    return longest;
}

void delivery_hide(const struct config_receiver *c, struct str answer, bool is_cut, struct buf *out)
{
    struct arena a;
    struct secrets s = {.arena = &a};
    arena_init(&a, SIZE_MAX); // as much as the configuration has of them
    add_address(&s, str_of(c->url));
    add_address(&s, str_of(c->proxy));
    for (size_t i = 0; i < c->n_headers; i++)
        add_header(&s, str_of(c->headers[i]));
    for (size_t i = 0; i < answer.n;) {
        size_t n = secret_at(&s, str_from(answer, i), is_cut);
        if (n)
            buf_add(out, S("***"));
        else
            buf_add_char(out, answer.p[i]);
        i += n ? n : 1;
    }
    arena_done(&a);
}
