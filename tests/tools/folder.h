// SPDX-License-Identifier: MIT
//
// Scratch folders and whole files, for tests.
#ifndef TESTS_TOOLS_FOLDER_H
#define TESTS_TOOLS_FOLDER_H

#include "base/buf.h"

// Makes the folder and those above it.
void folder_make(const char *path);

// Makes the folders above a file.
void folder_make_parents(const char *file);

// Removes the folder with all in it; nothing where there is none.
void folder_remove(const char *path);

// Writes a whole file. False with errno where that fails.
bool file_write(const char *path, struct str text);

// Appends a whole file to out. False with errno where that fails.
bool file_read(const char *path, struct buf *out);

#endif
