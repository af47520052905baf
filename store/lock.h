// SPDX-License-Identifier: MIT
//
// One daemon a state directory: an flock on the file `lock`, which holds the owner's pid for people. The kernel drops
// the lock with the process, so a kill leaves nothing to clean up.
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/err.h"

// Takes the lock of a directory. Returns its descriptor, to be given to lock_give; -1: another process has it (its pid
// is in the text), or the file cannot be made.
int lock_take(const char *directory, struct err *err);
void lock_give(int lock);

#endif
