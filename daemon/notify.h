// SPDX-License-Identifier: MIT
//
// What the service manager is told (sd_notify): nothing happens where it does not listen.
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include "base/clock.h"

// Store and rules are open, sockets are bound. `status` is one line for `systemctl status`.
void notify_ready(const char *status);

// A reload begins; notify_ready ends it. 252 knows no notify-reload, later ones want the time with it.
void notify_reloading(void);
void notify_stopping(void);
void notify_status(const char *status);

// Every thread has made progress.
void notify_watchdog(void);

// Returns how often the manager wants to hear that, in ms; 0: it does not.
int64_t notify_watchdog_ms(void);

#endif
