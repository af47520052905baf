// SPDX-License-Identifier: MIT
//
// Archived items for replay, explain and lint. See archive.h.
#include "daemon/ctl/archive.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/mem.h"
#include "daemon/api_history.h"
#include "daemon/config.h"
#include "daemon/config_schema.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/say.h"
#include "daemon/loader.h"
#include "daemon/paths.h"
#include "feeds/url.h"
#include "rules/load.h"

enum { ARENA_BYTES = 64 << 20 };

struct archive_pages {
    const struct ctl_call *call;
    struct arena arena;
    struct str state; // without a daemon
    bool is_remote, is_quiet, is_over;
    const char *since, *until; // as asked, for the daemon
    struct api_items_query query; // without one
    struct buf place;
};

static wall_t wall_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (wall_t){(int64_t)t.tv_sec * SECOND_MS + t.tv_nsec / 1000000};
}

// Returns the directory that the configuration names, or the usual one.
static bool state_find(const struct ctl_call *call, struct arena *a, struct str *out, struct err *err)
{
    static const struct conf_spec *const tables[] = {config_specs, rules_specs, NULL};
    struct str configured = {0};
    struct conf conf = {0};
    struct diags diags;
    diags_init(&diags);
    if (call->config) {
        conf_load(&conf, tables, str_of(call->config), &loader_files, &diags);
        const struct conf_node *node = conf_find(conf.first, S("state"));
        if (node && !node->is_broken && node->n_args)
            configured = config_place(node->args[0].text, node->source->name, a);
    }
    diags_done(&diags);
    conf_done(&conf);
    return paths_state_find(a, configured, out, err);
}

// Tells, unless told to be quiet; returns the code.
static int fail(const struct archive_pages *p, int code, const char *next, const char *text)
{
    return p->is_quiet ? code : say_error(p->call, code, next, "%s", text);
}

static int open_files(struct archive_pages *p)
{
    struct err err = {0};
    wall_t now = wall_now();
    p->query.bytes = API_PAGE_BYTES;
    if (p->since && !api_history_time(str_of(p->since), now, &p->query.since, &err)) {
        err_wrap(&err, "since");
        return fail(p, CTL_USAGE, NULL, err.text);
    }
    if (p->until && !api_history_time(str_of(p->until), now, &p->query.until, &err)) {
        err_wrap(&err, "until");
        return fail(p, CTL_USAGE, NULL, err.text);
    }
    if (!state_find(p->call, &p->arena, &p->state, &err))
        return fail(p, CTL_UNAVAILABLE, NULL, err.text);
    if (access(p->state.p, R_OK | X_OK) == 0)
        return CTL_OK;
    err_set(&err, "no daemon answers, and the archive in %s cannot be read: %s", p->state.p, strerror(errno));
    return fail(p, CTL_UNAVAILABLE, "systemctl start feedwatchd (or --config FILE, whose state directory is read)",
                err.text);
}

struct archive_pages *archive_pages_open(const struct ctl_call *call, const char *since, const char *until,
                                         bool is_quiet, int *out_code)
{
    struct archive_pages *p = mem_alloc(sizeof *p);
    *p = (struct archive_pages){.call = call, .since = since, .until = until, .is_quiet = is_quiet};
    arena_init(&p->arena, ARENA_BYTES);
    buf_init(&p->place, API_PLACE_BYTES);
    p->is_remote = client_is_up(call);
    *out_code = p->is_remote ? CTL_OK : open_files(p);
    if (*out_code == CTL_OK)
        return p;
    archive_pages_close(p);
    return NULL;
}

void archive_pages_close(struct archive_pages *p)
{
    if (!p)
        return;
    arena_done(&p->arena);
    buf_done(&p->place);
    mem_free(p);
}

static int ask_page(struct archive_pages *p, struct buf *bytes)
{
    struct buf path;
    buf_init(&path, 4096);
    buf_add(&path, S("/api/v1/items"));
    client_query(&path, "since", p->since);
    client_query(&path, "until", p->until);
    if (p->place.n)
        client_query(&path, "place", buf_z(&p->place));
    int code = client_text(p->call, "GET", buf_z(&path), S(""), bytes);
    buf_done(&path);
    return code;
}

static int make_page(struct archive_pages *p, struct buf *bytes)
{
    struct err err = {0};
    p->query.place = buf_str(&p->place);
    if (api_items_page(p->state, &p->query, wall_now(), bytes, &err))
        return CTL_OK;
    return fail(p, CTL_TEMPORARY, NULL, err.text);
}

int archive_pages_next(struct archive_pages *p, struct buf *bytes, struct api_page *out, bool *out_more)
{
    *out_more = !p->is_over;
    if (p->is_over)
        return CTL_OK;
    buf_reset(bytes);
    int code = p->is_remote ? ask_page(p, bytes) : make_page(p, bytes);
    if (code != CTL_OK)
        return code;
    if (!api_page_read(buf_str(bytes), out))
        return fail(p, CTL_INTERNAL, "feedwatchctl --version; feedwatchd --version",
                    "the daemon answered what is no page of the archive");
    buf_reset(&p->place);
    buf_add(&p->place, out->place);
    p->is_over = out->is_last;
    return CTL_OK;
}

// Without a daemon only the archive itself is there, and alerts are not in it.
static int find_in_files(const struct ctl_call *call, const char *id, struct buf *page)
{
    int code;
    uint64_t item;
    struct err err = {0};
    struct archive_pages *p = archive_pages_open(call, NULL, NULL, false, &code);
    if (!p)
        return code;
    if (!api_item_id_read(str_of(id), &item))
        code = say_error(call, CTL_USAGE, "feedwatchctl rules replay RULE --since 7d",
                         "without a daemon an article is named by its address or its own id (16 hexadecimal digits), "
                         "not by %s", id);
    else if (api_items_one(p->state, 0, item, wall_now(), page, &err))
        code = CTL_OK;
    else if (err.text[0])
        code = say_error(call, CTL_TEMPORARY, NULL, "%s", err.text);
    else
        code = say_error(call, CTL_NOT_FOUND, "feedwatchctl rules replay RULE --since 7d",
                         "the archive does not hold %s (any more)", id);
    archive_pages_close(p);
    return code;
}

static struct api_item item_keep(const struct api_item *item, struct arena *arena)
{
    struct api_item kept = *item;
    struct str *const texts[] = {&kept.feed_title, &kept.feed_url,   &kept.tags,  &kept.url,     &kept.language,
                                 &kept.authors,    &kept.categories, &kept.title, &kept.summary, &kept.body};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_str(arena, *texts[i]);
    return kept;
}

// Takes the articles of a page that have the address; items come in the order of their fetches, so the last one stays.
static bool take_address(struct api_page *page, struct str canonical, struct arena *arena, struct api_item *out)
{
    bool is_found = false;
    struct api_item item;
    struct arena scratch;
    arena_init(&scratch, 1 << 20);
    for (; api_page_next(page, &item) == API_PAGE_ITEM; arena_reset(&scratch))
        if (str_eq(url_canonical(&scratch, item.url), canonical)) {
            *out = item_keep(&item, arena);
            is_found = true;
        }
    arena_done(&scratch);
    return is_found;
}

// Addresses have no index: the archive is read through.
static int find_address(const struct ctl_call *call, const char *address, struct arena *arena, struct api_item *out)
{
    int code;
    struct archive_pages *p = archive_pages_open(call, NULL, NULL, false, &code);
    if (!p)
        return code;
    struct buf bytes;
    buf_init(&bytes, 2 * API_PAGE_BYTES_MAX);
    struct str canonical = url_canonical(arena, str_of(address));
    struct api_page page;
    bool is_found = false;
    for (bool is_more = true; code == CTL_OK && is_more;) {
        code = archive_pages_next(p, &bytes, &page, &is_more);
        if (code == CTL_OK && is_more)
            is_found |= take_address(&page, canonical, arena, out);
    }
    if (code == CTL_OK && !is_found)
        code = say_error(call, CTL_NOT_FOUND, "feedwatchctl feeds list",
                         "no article of the archive has the address %s: no poll brought it, or it is kept no more",
                         address);
    buf_done(&bytes);
    archive_pages_close(p);
    return code;
}

int archive_item_find(const struct ctl_call *call, const char *id, struct arena *arena, struct api_item *out)
{
    if (url_is_http(str_of(id)))
        return find_address(call, id, arena, out);
    struct buf bytes, path;
    struct api_page page;
    buf_init(&bytes, API_PAGE_BYTES_MAX);
    buf_init(&path, 4096);
    buf_add(&path, S("/api/v1/items/"));
    client_escape(&path, str_of(id));
    int code = client_is_up(call) ? client_text(call, "GET", buf_z(&path), S(""), &bytes)
                                  : find_in_files(call, id, &bytes);
    struct str kept = code == CTL_OK ? arena_str(arena, buf_str(&bytes)) : (struct str){0};
    if (code == CTL_OK && (!api_page_read(kept, &page) || api_page_next(&page, out) != API_PAGE_ITEM))
        code = say_error(call, CTL_INTERNAL, "feedwatchctl --version; feedwatchd --version",
                         "the daemon answered what is no item of the archive");
    buf_done(&path);
    buf_done(&bytes);
    return code;
}
