// SPDX-License-Identifier: MIT
//
// The running daemon: start, signals, reload, stop. Main's thread; its loop serves signals, the control API, the
// watchdog and the stepped clock.
//
// Start: configuration -> log -> state directory -> store -> feeds into shards -> threads -> control API -> READY.
// Stop: workers drop what is in flight -> deliveries too -> writer commits all it has -> keeper -> store closed. All of
// it within 5 s of SIGTERM; what was dropped is polled or sent again after the next start, under the same ids.
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include "base/err.h"

enum exit_code { EXIT_OK = 0, EXIT_REFUSED = 1, EXIT_USAGE = 64, EXIT_UNAVAILABLE = 69, EXIT_TEMPORARY = 75,
                 EXIT_CONFIG = 78 };

struct daemon_options {
    const char *config_path; // NULL: the first that is found
    bool is_foreground;      // log to standard error
    bool is_once;            // poll each feed once, deliver, exit
};

// Runs until it is told to stop. Returns the exit code; what went wrong at the start is on standard error.
enum exit_code daemon_run(const struct daemon_options *options);

// Reads the configuration, prints what is wrong on standard error, and with `dump` the whole on standard output.
// is_strict: a warning is an error.
enum exit_code daemon_check(const char *config_path, bool is_strict, bool dump);

#endif
