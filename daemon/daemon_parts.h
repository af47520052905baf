// SPDX-License-Identifier: MIT
//
// What the files of the running daemon share. Nobody else but control.c includes it.
#ifndef DAEMON_DAEMON_PARTS_H
#define DAEMON_DAEMON_PARTS_H

#include "daemon/api.h"
#include "daemon/daemon.h"
#include "daemon/delivery_loop.h"
#include "daemon/history.h"
#include "daemon/keeper.h"
#include "daemon/worker.h"
#include "daemon/writer.h"

enum { READ_ONCE_N = 5 }; // texts of the configuration that are read at the start alone

struct clock_control;

struct daemon {
    struct clock clock;
    struct clock_control *clock_control; // NULL: the system's clock
    struct metrics metrics;
    struct threads threads;
    struct loop loop; // main's
    struct arena arena;
    struct log *log;
    struct config *config; // the running generation
    const char *config_path;
    uint64_t read_once[READ_ONCE_N]; // hashes of what the first generation said
    struct str state, socket;
    struct writer *writer;
    struct delivery_loop *delivery;
    struct history_thread *history;
    struct keeper *keeper;
    struct store_side *for_backup; // the pool's, while is_backing_up
    bool is_backing_up;
    struct worker *workers[WORKERS_MAX];
    uint32_t n_workers;
    struct control *control;
    struct api *api;
    uv_signal_t signals[4];
    uv_timer_t pulse;      // watchdog, and the end of --once
    uv_timer_t lists;      // looks at what other programs keep
    uv_timer_t wake;       // looks whether the machine has slept
    int64_t slept_ms;      // that it knows of
    struct file_watch file_watch;
    uint64_t watched_generation; // that file_watch is of
    bool is_looking;
    uint32_t pongs;        // atomic: threads that answered the last ping
    uint32_t pings;        // sent with it
    wall_t started;
    uint64_t generation;
    uint64_t to_poll;      // --once: feeds that were due at the start
    bool is_reloading, is_stopping, is_once;
    bool is_foreground;    // the log is standard error's, whatever the configuration says
    enum exit_code exit_code; // of a daemon that ran
    wall_t reload_at;      // of the last reload; 0: none
    bool is_reload_ok;
    struct str reload_error; // in memory of its own
    struct waiting *waiting; // who waits for the reload's end
};

// Returns the configuration asked for, or the first that is found; NULL with every path tried in err.
const char *daemon_find_config(const char *asked, struct arena *a, struct err *err);

// Shows diagnostics on standard error.
void daemon_print(struct diags *diags);

// Begins a reload in a thread; `done` (may be NULL) is called on main's thread with what became of it. A second one
// asked for meanwhile is answered when its own is done.
typedef void (*reload_done_fn)(void *context, bool ok, struct str text);
void daemon_reload(struct daemon *d, reload_done_fn done, void *context);

// Begins a reload of the lists alone. Nothing where a reload is under way.
void daemon_reload_lists(struct daemon *d);

// Starts to watch them.
void daemon_start_lists(struct daemon *d);

// Has the writer, the delivery and each worker look at what is due.
void daemon_wake_threads(struct daemon *d);

// Starts to look whether the machine has slept, to do that.
void daemon_start_wake(struct daemon *d);

// Starts the timer of the watchdog, or of --once.
void daemon_start_pulse(struct daemon *d);

// Looks whether there are feeds for what the rules that run say after `feeds`. `done` is called on main's thread,
// perhaps before this returns, with what daemon/scopes.h has to tell.
typedef void (*scopes_done_fn)(void *context, struct daemon *d, const struct diags *diags);
void daemon_look_at_scopes(struct daemon *d, bool with_undecided, scopes_done_fn done, void *context);

// The same for the log.
void daemon_log_scopes(struct daemon *d);

// Begins the stop.
void daemon_stop(struct daemon *d);

// Ends what was opened, from whatever point the start came to: everything is committed, and the store is closed.
void daemon_close_all(struct daemon *d, bool were_started);

// main's loop was stopped, or never ran: whatever is left in it goes. Where a job of the pool does not end, the process
// does, with this exit code: nobody can take the job's memory from it.
void daemon_close_loop(struct daemon *d, enum exit_code code);

// Notes what of the first generation is read once.
void daemon_note_start(struct daemon *d);

// Adds a line for each statement by which the generation that runs now differs in that.
void daemon_tell_of_start(const struct daemon *d, struct buf *text);

// Returns how many workers a configuration asks for, of this machine where it says nothing.
uint32_t daemon_workers_asked(const struct config *config);

// Returns the worker that owns an address.
struct worker *daemon_worker_of(struct daemon *d, struct str url);

// The control side: opened before the API, closed after it.
struct control *control_open(struct daemon *d);
void control_close(struct control *control);

// The stepped clock's descriptor (daemon/clock.h): NULL where there is none.
struct clock_control *clock_control_open(struct daemon *d, int fd);
void clock_control_turn(struct clock_control *c); // something may have become idle
void clock_control_close(struct clock_control *c);

#endif
