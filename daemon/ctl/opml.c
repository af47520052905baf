// SPDX-License-Identifier: MIT
//
// Lists of feeds in and out as OPML.
#include <errno.h>
#include <stdio.h>

#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"

enum { OPML_BYTES_MAX = 48 << 20 }; // in JSON it must fit the API's 64 MiB

int ctl_feeds_export(const struct ctl_call *call)
{
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    int code = client_text(call, "GET", "/api/v1/opml", S(""), &text);
    if (code == CTL_OK && call->is_json) {
        json_t *answer = json_pack("{s:s}", "opml", buf_z(&text));
        code = say_json(call, answer);
        json_decref(answer);
    } else if (code == CTL_OK) {
        code = say(&text);
    }
    buf_done(&text);
    return code;
}

// Reads all of a file, "-" for standard input. Returns CTL_OK or tells why not.
static int file_read(const struct ctl_call *call, const char *path, struct buf *out)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!file)
        return say_error(call, CTL_NOT_FOUND, NULL, "%s: %s", path, strerror(errno));
    char piece[64 << 10];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, file)) > 0 && buf_add(out, str_make(piece, n)))
        continue;
    int code = CTL_OK;
    if (ferror(file))
        code = say_error(call, CTL_NOT_FOUND, NULL, "%s: %s", path, strerror(errno));
    else if (out->is_cut)
        code = say_error(call, CTL_REFUSED, NULL, "%s: over %d MiB", path, OPML_BYTES_MAX >> 20);
    if (file != stdin)
        fclose(file);
    return code;
}

static void import_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    const json_t *refused = json_object_get(answer, "refused");
    buf_addf(out, "%lld added, %lld known already, %zu refused\n", (long long)answer_number(answer, "added"),
             (long long)answer_number(answer, "known"), json_array_size(refused));
    show_pairs(refused, "url", "error", out);
}

int ctl_feeds_import(const struct ctl_call *call)
{
    struct buf text;
    buf_init(&text, OPML_BYTES_MAX);
    int code = file_read(call, call->words[0], &text);
    json_t *opml = code == CTL_OK ? json_stringn(buf_z(&text), text.n) : NULL;
    if (code == CTL_OK && !opml)
        code = say_error(call, CTL_REFUSED, NULL, "%s: not UTF-8; convert it with iconv first", call->words[0]);
    buf_done(&text);
    if (code != CTL_OK)
        return code;
    json_t *body = show_body(call, (const char *const[]){"tag", NULL});
    json_object_set_new(body, "opml", opml);
    return show(call, "POST", show_path("/api/v1/opml", NULL, ""), body, import_render);
}
