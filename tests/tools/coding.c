// SPDX-License-Identifier: MIT
//
// zlib and brotli compress; a zstd frame is written by hand, because its raw and run-length blocks (RFC 8878, section
// 3.1.1.2) need no compressor: 4 bytes stand for 128 KiB, the worst ratio a decoder meets.
#include "tests/tools/coding.h"

#include <assert.h>
#include <brotli/encode.h>
#include <zlib.h>

enum { PIECE_BYTES = 1 << 17 };

typedef void (*add_fn)(void *encoder, struct str piece, bool is_last, struct buf *out);

// Feeds body and blanks piece by piece.
static void feed(add_fn add, void *encoder, struct str body, uint64_t blanks, struct buf *out)
{
    static const struct str no_bytes = STR("");
    add(encoder, body, blanks == 0, out);
    if (blanks == 0)
        return;
    char blank[PIECE_BYTES];
    memset(blank, ' ', sizeof blank);
    for (; blanks > PIECE_BYTES; blanks -= PIECE_BYTES)
        add(encoder, str_make(blank, PIECE_BYTES), false, out);
    add(encoder, str_make(blank, blanks), false, out);
    add(encoder, no_bytes, true, out);
}

static void add_plain(void *encoder, struct str piece, bool is_last, struct buf *out)
{
    (void)encoder;
    (void)is_last;
    buf_add(out, piece);
}

static void add_zlib(void *encoder, struct str piece, bool is_last, struct buf *out)
{
    z_stream *z = encoder;
    unsigned char room[16384];
    z->next_in = (Bytef *)(uintptr_t)piece.p;
    z->avail_in = (uInt)piece.n;
    do {
        z->next_out = room;
        z->avail_out = sizeof room;
        int status = deflate(z, is_last ? Z_FINISH : Z_NO_FLUSH);
        assert(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR);
        buf_add(out, str_make((char *)room, sizeof room - z->avail_out));
    } while (z->avail_out == 0);
}

static void add_brotli(void *encoder, struct str piece, bool is_last, struct buf *out)
{
    BrotliEncoderState *state = encoder;
    const uint8_t *in = (const uint8_t *)piece.p;
    size_t left = piece.n;
    bool has_more = true;
    while (left > 0 || has_more) {
        uint8_t room[16384], *at = room;
        size_t free_bytes = sizeof room;
        int good = BrotliEncoderCompressStream(state, is_last ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_PROCESS,
                                               &left, &in, &free_bytes, &at, NULL);
        assert(good);
        buf_add(out, str_make((char *)room, sizeof room - free_bytes));
        has_more = BrotliEncoderHasMoreOutput(state) || (is_last && !BrotliEncoderIsFinished(state));
    }
}

static void zstd_block(struct buf *out, unsigned type, bool is_last, size_t n)
{
    unsigned head = (unsigned)is_last | type << 1 | (unsigned)n << 3;
    buf_add(out, str_make((char[]){(char)head, (char)(head >> 8), (char)(head >> 16)}, 3));
}

static void apply_zstd(struct str body, uint64_t blanks, struct buf *out)
{
    enum { RAW = 0, RUN = 1, BLOCK_BYTES = 1 << 17 };
    // Magic, then a descriptor of 0 (no size, no checksum) and a window of 8 MiB (exponent 13), the largest that RFC
    // 8878 asks every decoder to take.
    buf_add(out, str_make("\x28\xb5\x2f\xfd\x00\x68", 6));
    for (size_t at = 0; at < body.n; at += BLOCK_BYTES) {
        struct str piece = str_head(str_from(body, at), BLOCK_BYTES);
        zstd_block(out, RAW, false, piece.n);
        buf_add(out, piece);
    }
    for (; blanks > 0; blanks -= blanks < BLOCK_BYTES ? blanks : BLOCK_BYTES) {
        zstd_block(out, RUN, false, blanks < BLOCK_BYTES ? (size_t)blanks : BLOCK_BYTES);
        buf_add_char(out, ' ');
    }
    zstd_block(out, RAW, true, 0);
}

static void apply_zlib(int window_bits, struct str body, uint64_t blanks, struct buf *out)
{
    z_stream z = {0};
    int status = deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY);
    assert(status == Z_OK);
    feed(add_zlib, &z, body, blanks, out);
    deflateEnd(&z);
}

void coding_apply(enum origin_coding coding, struct str body, uint64_t blanks, struct buf *out)
{
    switch (coding) {
    case ORIGIN_PLAIN:
        feed(add_plain, NULL, body, blanks, out);
        break;
    case ORIGIN_GZIP:
        apply_zlib(15 + 16, body, blanks, out);
        break;
    case ORIGIN_DEFLATE:
        apply_zlib(15, body, blanks, out);
        break;
    case ORIGIN_RAW_DEFLATE:
        apply_zlib(-15, body, blanks, out);
        break;
    case ORIGIN_BR: {
        BrotliEncoderState *state = BrotliEncoderCreateInstance(NULL, NULL, NULL);
        assert(state);
        BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, 5);
        feed(add_brotli, state, body, blanks, out);
        BrotliEncoderDestroyInstance(state);
        break;
    }
    case ORIGIN_ZSTD:
        apply_zstd(body, blanks, out);
        break;
    }
}

const char *coding_name(enum origin_coding coding)
{
    switch (coding) {
    case ORIGIN_PLAIN:
        return NULL;
    case ORIGIN_GZIP:
        return "gzip";
    case ORIGIN_DEFLATE:
    case ORIGIN_RAW_DEFLATE:
        return "deflate";
    case ORIGIN_BR:
        return "br";
    case ORIGIN_ZSTD:
        return "zstd";
    }
    return NULL;
}
