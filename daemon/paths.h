// SPDX-License-Identifier: MIT
//
// Where things are: by the service manager's word, else by the rules of the file hierarchy (root) or of XDG (users).
#ifndef DAEMON_PATHS_H
#define DAEMON_PATHS_H

#include "base/arena.h"
#include "base/err.h"

// Returns the first configuration that exists; false, with every path tried in err, where there is none.
bool paths_config(struct arena *a, struct str *out, struct err *err) MUST_CHECK;

// Returns the state directory and makes it (0700). `configured` wins where it is not empty.
bool paths_state(struct arena *a, struct str configured, struct str *out, struct err *err) MUST_CHECK;

// Returns the same without making it: for whoever only reads there.
bool paths_state_find(struct arena *a, struct str configured, struct str *out, struct err *err) MUST_CHECK;

// Returns the path of the control socket and makes its directory.
bool paths_socket(struct arena *a, struct str configured, struct str *out, struct err *err) MUST_CHECK;

#endif
