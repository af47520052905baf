// SPDX-License-Identifier: MIT
//
// The file loader of the configuration: what include, list and the configuration itself read, they read here.
#ifndef DAEMON_LOADER_H
#define DAEMON_LOADER_H

#include "base/conf.h"

enum { LOADER_FILE_BYTES_MAX = 64 << 20 }; // 100,000 rules of 600 bytes; a larger file is no configuration

// The loader over the file system. Folders are no files; a file over the cap or one that is no regular file is refused.
extern const struct conf_loader loader_files;

// The same, with "-" standing for standard input.
extern const struct conf_loader loader_files_or_stdin;

#endif
