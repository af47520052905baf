// SPDX-License-Identifier: MIT
#include "daemon/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct str env(const char *name) { return str_of(getenv(name)); }

// The directory that systemd made for us: the first of a colon-separated list.
static struct str from_manager(const char *name)
{
    struct str list = env(name);
    return str_cut(&list, ':');
}

bool paths_config(struct arena *a, struct str *out, struct err *err)
{
    struct str tried[3];
    size_t n = 0;
    struct str xdg = env("XDG_CONFIG_HOME"), home = env("HOME");
    if (geteuid() != 0 && xdg.n)
        tried[n++] = arena_fmt(a, "%.*s/feedwatch/feedwatch.conf", STR_ARG(xdg));
    if (geteuid() != 0 && home.n)
        tried[n++] = arena_fmt(a, "%.*s/.config/feedwatch/feedwatch.conf", STR_ARG(home));
    tried[n++] = S("/etc/feedwatch/feedwatch.conf");
    for (size_t i = 0; i < n; i++)
        if (access(tried[i].p, F_OK) == 0) {
            *out = tried[i];
            return true;
        }
    struct str all = tried[0];
    for (size_t i = 1; i < n; i++)
        all = arena_fmt(a, "%.*s, %.*s", STR_ARG(all), STR_ARG(tried[i]));
    return err_set(err, "no configuration found; tried %.*s", STR_ARG(all));
}

// Makes a directory and those above it.
static bool make_directories(struct arena *a, struct str path, mode_t mode, struct err *err)
{
    for (size_t i = 1; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/')
            continue;
        const char *part = arena_dupz(a, str_head(path, i));
        if (mkdir(part, i == path.n ? mode : 0755) != 0 && errno != EEXIST)
            return err_set(err, "the directory %s cannot be made: %s", part, strerror(errno));
    }
    return true;
}

bool paths_state_find(struct arena *a, struct str configured, struct str *out, struct err *err)
{
    struct str path = configured;
    if (!path.n)
        path = from_manager("STATE_DIRECTORY");
    if (!path.n && env("XDG_STATE_HOME").n)
        path = arena_fmt(a, "%.*s/feedwatch", STR_ARG(env("XDG_STATE_HOME")));
    if (!path.n && geteuid() == 0)
        path = S("/var/lib/feedwatch");
    if (!path.n && env("HOME").n)
        path = arena_fmt(a, "%.*s/.local/state/feedwatch", STR_ARG(env("HOME")));
    if (!path.n)
        return err_set(err, "no state directory: set HOME or XDG_STATE_HOME, or write `state PATH`");
    *out = arena_str(a, path);
    return true;
}

bool paths_state(struct arena *a, struct str configured, struct str *out, struct err *err)
{
    return paths_state_find(a, configured, out, err) && make_directories(a, *out, 0700, err);
}

bool paths_socket(struct arena *a, struct str configured, struct str *out, struct err *err)
{
    struct str folder = from_manager("RUNTIME_DIRECTORY");
    if (configured.n) {
        *out = arena_str(a, configured);
        return true;
    }
    if (!folder.n && env("XDG_RUNTIME_DIR").n)
        folder = arena_fmt(a, "%.*s/feedwatch", STR_ARG(env("XDG_RUNTIME_DIR")));
    if (!folder.n && geteuid() == 0)
        folder = S("/run/feedwatch");
    if (!folder.n)
        return err_set(err, "no place for the control socket: set XDG_RUNTIME_DIR, or write `socket PATH`");
    *out = arena_fmt(a, "%.*s/control.sock", STR_ARG(folder));
    return make_directories(a, folder, 0755, err);
}
