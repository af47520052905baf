// SPDX-License-Identifier: MIT
//
// The stage of a scene: the real feedwatchd as a child process, an origin, a receiver, and a clock that is stepped.
//
//   scene_open(&s, "baseline");                                   // scratch folder, origin, receiver
//   origin_serve(&s.origin, "127.0.0.2", "/feed", ...);
//   scene_write(&s, "feedwatch.conf", "...");
//   scene_start(&s);                                              // returns when the daemon says it is ready
//   scene_run(&s, 10 * MINUTE_MS);                                // ten minutes pass, alarm by alarm
//   assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
//   scene_stop(&s);                                               // SIGTERM; exit 0 within 5 s
//   scene_done(&s);
//
// A scene is `static` in its test: a test that fails leaves by longjmp, and the loop must outlive that.
//
// Nothing sleeps: every wait turns the loop until what is waited for is there, and fails the test at a bound, showing
// the end of the daemon's log. Origin, receiver, clock and log all live on the scene's one loop.
#ifndef TESTS_TOOLS_SCENE_H
#define TESTS_TOOLS_SCENE_H

#include "tests/tools/child.h"
#include "tests/tools/origin.h"
#include "tests/tools/receiver.h"

#define SCENE_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

enum {
    SCENE_WAIT_MS = 120 * SECOND_MS, // bound of a wait in real time: ThreadSanitizer on two busy cores needs a third
    SCENE_STOP_MS = 5 * SECOND_MS,   // the promise for SIGTERM
    SCENE_ARGS_MAX = 16,
    SCENE_LIMITS_MAX = 4,
    SCENE_ENV_MAX = 8,
    SCENE_COLUMNS_MAX = 64, // of a query
};

struct scene {
    uv_loop_t loop;
    struct origin origin;
    struct receiver receiver;
    struct arena arena;
    char folder[160];
    wall_t now;                 // of the stepped clock, to the minute while scene_run is under way
    int64_t run_left_ms;        // of scene_run_begin
    bool is_asking;             // the clock owes an answer
    bool is_real_time;          // before scene_start: no stepped clock
    const char *mode;           // before scene_start: its option "--foreground", another one, or NULL: none
    struct child_limit limits[SCENE_LIMITS_MAX]; // before scene_start
    size_t n_limits;
    struct child daemon;
    const char *env[SCENE_ENV_MAX]; // before scene_start: more environment, "NAME=value"
    size_t n_env;
    struct buf log;             // what the daemon wrote to standard error, all lives of this scene
    size_t log_mark;            // scene_log looks from here on
};

// Makes the scratch folder (in $TMPDIR or /tmp: a socket's path must be short), the origin, and the receiver at
// 127.0.0.1.
void scene_open(struct scene *s, const char *name);

// Kills what still runs, closes all, removes the folder. Accepts a zeroed struct.
void scene_done(struct scene *s);

// ---- files ----

// Writes a file in the folder (formatted); folders on its way are made. Returns its path, in the scene's arena.
const char *scene_write(struct scene *s, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Writes feedwatch.conf: state, log and the receiver as webhook "desk", then `more`.
void scene_config(struct scene *s, const char *more);

// Returns a path in the folder, in the scene's arena.
const char *scene_path(struct scene *s, const char *name);

// Returns a hash of all that a query reads in the store, and how many rows: "nothing was written" is that both stay.
// (The times of polls are checkpointed apart from the feeds, in a table of their own.)
uint64_t scene_rows(struct scene *s, const char *query, size_t *out_n);

// Calls visit with the columns of each row that a query reads in the store; their bytes live until it returns. The
// daemon may run, or have been killed.
void scene_each_row(struct scene *s, const char *query, void (*visit)(void *context, const struct str *columns, int n),
                    void *context);

// Returns the path of something that is built (feedwatchd, faults.so), in the scene's arena.
const char *scene_built(struct scene *s, const char *name);

// ---- the daemon ----

// Starts it with feedwatch.conf and waits until it says that it is ready.
void scene_start(struct scene *s);

// Starts it with these further arguments and waits for its end. Returns its exit status. The list ends with NULL.
int scene_start_fails(struct scene *s, const char *argument, ...);

// Starts it and does not wait for anything.
void scene_launch(struct scene *s);

// Sends SIGTERM and fails unless it exits with 0 within SCENE_STOP_MS.
void scene_stop(struct scene *s);

// Sends SIGKILL and waits for the end.
void scene_kill(struct scene *s);

// Sends another signal; 0 is none.
void scene_signal(struct scene *s, int number);

pid_t scene_pid(const struct scene *s);
bool scene_is_running(const struct scene *s);

// Waits for the daemon's end. Returns its exit status, or 128 + the signal that ended it.
int scene_wait_end(struct scene *s, int bound_ms);

// Runs feedwatchctl against the daemon with these arguments (the last NULL) and returns its standard output and,
// after it, its standard error, in the arena.
struct str scene_ctl(struct scene *s, int *out_status, const char *argument, ...) __attribute__((sentinel));

// ---- time and waiting ----

// Waits until the daemon has nothing under way.
void scene_settle(struct scene *s);

// Lets `ms` pass in the daemon, alarm by alarm, and settles.
void scene_run(struct scene *s, int64_t ms);

// Steps the daemon's clock by ms at once, as if the machine had been asleep, and settles.
void scene_jump(struct scene *s, int64_t ms);

// Steps wall time alone, as a wrong clock would.
void scene_wrong_clock(struct scene *s, int64_t ms);

// The same as scene_run without waiting for its end (every other wait lets it go on); scene_run_end waits for it.
void scene_run_begin(struct scene *s, int64_t ms);
void scene_run_end(struct scene *s);

// Waits until the run is over or the daemon has ended.
void scene_run_end_or_death(struct scene *s);

// Lets the loop turn for so long of real time: for moments to be killed at and for the pace of a show, never to wait
// for something.
void scene_live(struct scene *s, uint64_t ms);

// Waits until is_true says so. Fails after SCENE_WAIT_MS with `what` in the message.
void scene_until(struct scene *s, const char *what, bool (*is_true)(struct scene *s, const void *context),
                 const void *context);

// Waits for a line with this text in the log since the mark, moves the mark behind it, and returns the line.
struct str scene_expect(struct scene *s, const char *text);

// Tells whether the log since the mark holds the text; does not wait.
bool scene_says(const struct scene *s, const char *text);

// Forgets the log so far.
void scene_mark(struct scene *s);

// Waits until n alerts with the key (NULL: any) were accepted.
void scene_until_acked(struct scene *s, const char *key, size_t n);

#endif
