// SPDX-License-Identifier: MIT
//
// What a configuration was made of: the text of every file, and how the files that other programs keep (lists; time
// zones) looked when they were read. So the lists can be read again without the rest: whoever is in the middle of
// editing a rule file does not have half of it loaded because a list changed.
#ifndef DAEMON_CONFIG_MEMORY_H
#define DAEMON_CONFIG_MEMORY_H

#include "base/conf.h"

// How a file looks from outside. Any change of it changes one of these: also a second one in the same second, and a
// file that was renamed into its place.
struct file_stamp {
    bool is_there;
    int64_t modified_ns, changed_ns;
    int64_t bytes;
    uint64_t inode, device;
};

struct watched_file {
    struct str path;
    struct file_stamp stamp; // taken just before it was read
};

struct config_memory {
    struct arena *arena; // of the configuration
    const struct conf_loader *under;
    struct remembered_find {
        struct str pattern, from, *paths;
        size_t n;
    } *finds;
    size_t n_finds;
    struct remembered_read {
        struct str path, text;
    } *reads;
    size_t n_reads;
    struct watched_file *watched;
    size_t n_watched;
};

// Returns how a file looks now.
struct file_stamp file_stamp_of(const char *path);
bool file_stamp_is_same(const struct file_stamp *a, const struct file_stamp *b);

// A loader that reads through memory->under and remembers all of it.
struct conf_loader memory_recorder(struct config_memory *memory);

// A loader that gives what was remembered and touches no file.
struct conf_loader memory_player(const struct config_memory *memory);

// A loader of files that are watched from now on.
struct conf_loader memory_watcher(struct config_memory *memory);

// Decides by two looks at the watched files, one interval apart, whether they are to be read again: something is other
// than when it was taken, and nothing has changed since the last look, so that no file is read half written. Returns
// true once for each change, however it ends. `now` has n stamps beside memory->watched.
struct file_watch {
    struct file_stamp *taken, *last; // what was taken (or refused), the last look
    size_t n;
};
void file_watch_init(struct file_watch *watch, const struct config_memory *memory);
void file_watch_done(struct file_watch *watch);
bool file_watch_look(struct file_watch *watch, const struct file_stamp *now, size_t *out_which) MUST_CHECK;

#endif
