// SPDX-License-Identifier: MIT
//
// `top`: status, the feeds that fail and the last alerts, again and again, on a terminal.
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <poll.h>

#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/views.h"

enum { TOP_EVERY_MS = 2000 }; // the answers come from memory, but for the alerts: one indexed query

// The alternate screen keeps what the terminal showed before; the cursor is hidden while it is drawn.
#define SCREEN_OPEN "\033[?1049h\033[?25l"
#define SCREEN_CLOSE "\033[?25h\033[?1049l"

static int view_add(const struct ctl_call *call, const char *path, show_fn view, struct buf *out)
{
    json_t *answer = NULL;
    int code = client_ask(call, "GET", path, NULL, &answer);
    if (code == CTL_OK)
        view(call, answer, out);
    json_decref(answer);
    return code;
}

static void view_failing(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    if (json_array_size(json_object_get(answer, "feeds")) > 0)
        view_feeds(call, answer, out);
}

// Returns the head of text that fits on a screen of so many rows.
static struct str rows_head(struct str text, size_t rows)
{
    struct str rest = text;
    for (size_t i = 0; i < rows && rest.p; i++)
        str_cut(&rest, '\n');
    return rest.p ? str_make(text.p, (size_t)(rest.p - text.p) - 1) : text;
}

static int draw(const struct ctl_call *call)
{
    struct winsize window = {0};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
    struct ctl_call sized = *call;
    sized.columns = window.ws_col > 0 ? window.ws_col : call->columns;
    struct buf text, screen;
    buf_init(&text, SAY_BYTES_MAX);
    int code = view_add(&sized, "/api/v1/status", view_status, &text);
    buf_add_char(&text, '\n');
    if (code == CTL_OK)
        code = view_add(&sized, "/api/v1/alerts?limit=10", view_alerts, &text);
    buf_add_char(&text, '\n');
    if (code == CTL_OK)
        code = view_add(&sized, "/api/v1/feeds?state=failing&limit=10", view_failing, &text);
    if (code == CTL_OK) {
        buf_init(&screen, SAY_BYTES_MAX);
        buf_add(&screen, S("\033[H\033[J"));
        buf_add(&screen, rows_head(buf_str(&text), window.ws_row > 1 ? window.ws_row - 1u : 24));
        code = say(&screen);
        buf_done(&screen);
    }
    buf_done(&text);
    return code;
}

// Ctrl-C and a closed terminal end it; a descriptor for signals, so that the screen is always put back.
static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int ctl_top(const struct ctl_call *call)
{
    if (call->columns == 0 || call->is_json)
        return say_error(call, CTL_USAGE, "feedwatchctl status --json", "top draws on a terminal");
    if (!client_is_up(call))
        return ctl_status(call); // which says what is wrong
    struct pollfd signals = {.fd = signals_open(), .events = POLLIN};
    struct buf text;
    buf_init(&text, 64);
    buf_add(&text, S(SCREEN_OPEN));
    say(&text);
    int code;
    do
        code = draw(call);
    while (code == CTL_OK && poll(&signals, 1, TOP_EVERY_MS) == 0);
    buf_reset(&text);
    buf_add(&text, S(SCREEN_CLOSE));
    say(&text);
    buf_done(&text);
    close(signals.fd);
    return code == CTL_OK ? code : ctl_status(call); // what was told stood on the screen that is gone
}
