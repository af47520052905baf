// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/daemon_parts.h"
#include "daemon/paths.h"
#include "daemon/scopes.h"

void daemon_print(struct diags *diags)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    const char *no_colour = getenv("NO_COLOR");
    bool is_terminal = isatty(STDERR_FILENO);
    if (!is_terminal)
        config_hide(diags); // a log, as of the service manager or of a pipeline
    diags_render(diags, is_terminal && !(no_colour && no_colour[0]), &text);
    fputs(buf_z(&text), stderr);
    buf_done(&text);
}

const char *daemon_find_config(const char *asked, struct arena *a, struct err *err)
{
    struct str path;
    if (asked)
        return asked;
    return paths_config(a, &path, err) ? path.p : NULL;
}

enum exit_code daemon_check(const char *config_path, bool is_strict, bool dump)
{
    struct arena a;
    struct err err;
    arena_init(&a, 1 << 16);
    config_path = daemon_find_config(config_path, &a, &err);
    if (!config_path) {
        fprintf(stderr, "feedwatchd: %s\n", err.text);
        arena_done(&a);
        return EXIT_CONFIG;
    }
    struct diags diags;
    diags_init(&diags);
    struct config *config = config_load(config_path, 1, &diags);
    scopes_note(config, &diags);
    diags_sort(&diags);
    daemon_print(&diags);
    bool ok = config->is_usable && !(is_strict && diags.warnings);
    if (ok && dump) {
        struct buf text;
        buf_init(&text, 64 << 20);
        config_dump(config, &text);
        fputs(buf_z(&text), stdout);
        buf_done(&text);
    } else if (ok) {
        size_t feeds = config->n_feeds, rules = ruleset_count(config->rules), receivers = config->n_receivers;
        printf("%s: ok: %zu feed%s, %zu rule%s, %zu receiver%s\n", config_path, feeds, feeds == 1 ? "" : "s", rules,
               rules == 1 ? "" : "s", receivers, receivers == 1 ? "" : "s");
    } else {
        fprintf(stderr, "%s: refused: %zu error%s, %zu warning%s\n", config_path, diags.errors,
                diags.errors == 1 ? "" : "s", diags.warnings, diags.warnings == 1 ? "" : "s");
    }
    diags_done(&diags);
    config_unref(config);
    arena_done(&a);
    if (ok && (fflush(stdout) != 0 || ferror(stdout))) {
        fprintf(stderr, "feedwatchd: standard output cannot be written: %s\n", strerror(errno));
        return EXIT_TEMPORARY;
    }
    return ok ? EXIT_OK : EXIT_CONFIG;
}
