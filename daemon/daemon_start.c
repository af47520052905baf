// SPDX-License-Identifier: MIT
//
// What is read once, at the start, whatever a reload says of it: sockets are bound, the store is open, threads run with
// their connections. A reload that changes it says so, lest its administrator believe that a port is closed.
#include <unistd.h>

#include "base/hash.h"
#include "daemon/daemon_parts.h"

static void texts_of(const struct config *config, struct str out[READ_ONCE_N])
{
    const struct str texts[READ_ONCE_N] = {config->state, config->socket, config->listen, config->user_agent,
                                           str_of(config->ca)};
    for (size_t i = 0; i < READ_ONCE_N; i++)
        out[i] = texts[i];
}

void daemon_note_start(struct daemon *d)
{
    struct str texts[READ_ONCE_N];
    texts_of(d->config, texts);
    for (size_t i = 0; i < READ_ONCE_N; i++)
        d->read_once[i] = hash64_seeded(i, texts[i]);
}

uint32_t daemon_workers_asked(const struct config *config)
{
    if (config->workers)
        return config->workers;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t n = cores > 2 ? (uint32_t)cores - 1 : 1;
    return n < WORKERS_MAX ? n : WORKERS_MAX;
}

static void say(struct buf *text, const char *what)
{
    buf_addf(text, "%s: the change takes effect at the next start\n", what);
}

void daemon_tell_of_start(const struct daemon *d, struct buf *text)
{
    static const char *const names[READ_ONCE_N] = {"state", "socket", "listen", "user-agent, contact", "ca"};
    struct str texts[READ_ONCE_N];
    texts_of(d->config, texts);
    for (size_t i = 0; i < READ_ONCE_N; i++)
        if (d->read_once[i] != hash64_seeded(i, texts[i]))
            say(text, names[i]);
    if (daemon_workers_asked(d->config) != d->n_workers)
        say(text, "workers");
}
