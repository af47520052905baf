// SPDX-License-Identifier: MIT
//
// A child process on a uv loop: started, its output read, its end noted. Scenes and the demo start the daemon so.
// A child is killed when the thread that started it ends, however that happens: nothing is left running.
#ifndef TESTS_TOOLS_CHILD_H
#define TESTS_TOOLS_CHILD_H

#include <sys/types.h>
#include <uv.h>

#include "base/buf.h"
#include "base/err.h"

enum { CHILD_LINE_BYTES_MAX = 4096 };

struct child_limit {
    int resource; // as for setrlimit
    uint64_t soft;
};

struct child_spec {
    const char *const *argv; // argv[0] is the file, the last NULL
    const char *const *env;  // added to the environment, the last NULL; or NULL
    struct buf *out, *errors; // where standard output and error are collected; may be one buffer, may be NULL
    bool has_control;         // descriptor 3 of the child is a stream socket to us
    const struct child_limit *limits;
    size_t n_limits;
};

struct child {
    uv_process_t process;
    uv_pipe_t out, errors, control;
    struct buf *out_text, *errors_text;
    struct buf answers; // lines that came by the control socket and nobody took yet
    size_t open_handles;
    pid_t pid;
    bool is_running;
    int status; // after its end: exit status, or 128 + signal
};

// Starts it. False where it cannot be started; nothing is then left behind.
bool child_start(struct child *c, uv_loop_t *loop, const struct child_spec *spec, struct err *err) MUST_CHECK;

// Sends one line by the control socket.
void child_tell(struct child *c, const char *line);

// Takes the next answer line without its end. False where none is whole yet.
bool child_answer(struct child *c, char out[CHILD_LINE_BYTES_MAX]);

// Sends a signal, if it runs.
void child_signal(struct child *c, int number);

// Kills it if it runs, waits for its end and until all handles are closed.
void child_done(struct child *c);

#endif
