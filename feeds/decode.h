// SPDX-License-Identifier: MIT
//
// The decoder: bytes of any encoding, in pieces -> UTF-8 text whose characters are whole within each write.
//
// Evidence, strongest first: a byte order mark; a pattern of NUL bytes (UTF-16, UTF-32) or of EBCDIC at the start;
// bytes that are valid UTF-8; the label of HTTP; the label in the XML declaration or the page. ASCII is the same in
// almost all, so nothing is decided before the first other byte; then the next 4 KiB decide for the whole document.
// A bad byte in UTF-8 becomes its windows-1252 character, a broken sequence U+FFFD.
#ifndef FEEDS_DECODE_H
#define FEEDS_DECODE_H

#include <iconv.h>

#include "base/buf.h"
#include "feeds/item.h"

enum { DECODE_HEAD_BYTES = 4096, DECODE_NAME_MAX = 40 };

enum decode_state { DECODE_HEAD, DECODE_ASCII, DECODE_WINDOW, DECODE_UTF8, DECODE_ICONV };

struct decode_sink {
    void (*write)(void *context, struct str text);
    // Bad bytes come next in the text.
    void (*bad)(void *context);
    void *context;
};

struct decoder {
    struct decode_sink sink;
    struct str content_type;
    enum decode_state state;
    struct buf held;    // the head, or the window
    unsigned char part[16]; // of a character that the piece's end cut
    size_t n_part;
    iconv_t iconv;
    bool has_iconv;
    uint32_t unit;      // bytes of the encoding's smallest step
    char label_http[DECODE_NAME_MAX], label_text[DECODE_NAME_MAX]; // "" where there is none
    const char *label_escaped;  // the one of them whose escapes are still to come; NULL: none
    char name[DECODE_NAME_MAX]; // the encoding in use
    const char *why;
    bool label_lied;
    struct buf out;     // of iconv
};

// Makes a decoder. content_type is that of the response, and may be empty.
void decode_init(struct decoder *d, struct decode_sink sink, struct str content_type);
void decode_done(struct decoder *d);

// Reads the next n bytes; ends the body.
void decode_feed(struct decoder *d, const char *p, size_t n);
void decode_end(struct decoder *d);

#endif
