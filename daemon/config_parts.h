// SPDX-License-Identifier: MIT
//
// What the files of daemon/config share. Nobody else includes it.
#ifndef DAEMON_CONFIG_PARTS_H
#define DAEMON_CONFIG_PARTS_H

#include "daemon/config.h"

// Reads the block of a feed statement.
void config_read_feed(const struct conf_node *node, struct arena *a, struct diags *diags, struct config_feed *out);

// Reads all webhook and file statements, and adds the built-in syslog.
void config_read_receivers(struct config *config, struct diags *diags);

// A secret as it stood in its file, without white space at its ends.
enum { SECRET_BYTES_MAX = 4096 }; // a token with its claims has 2,000
struct secret {
    char bytes[SECRET_BYTES_MAX + 1];
    struct str text; // a view into bytes
};

// Reads the secret that a statement names: credential:NAME or file:PATH. Wrong (it is neither): an error is told.
// Missing, empty or too long: a warning of `without` and the reason, which is in err too. One that everyone may read
// is taken, with a warning. The caller wipes out->bytes.
enum config_secret { SECRET_READ, SECRET_MISSING, SECRET_WRONG };
enum config_secret config_read_secret(const struct conf_node *node, const char *without, struct diags *diags,
                                      struct secret *out, struct err *err);

// Tells whether a text may stand in a header: no line break or other control character in it.
bool config_is_line(struct str text);

// Tells of files and folders that are not there, of proxies and of a socket path that cannot be.
void config_check_outside(const struct config *config, struct diags *diags);

// Tells of names after `notify` that nobody has.
void config_check_rules(const struct config *config, struct diags *diags);

// The parts of a node by word, or what stands for them when they are not written.
struct str config_text(const struct conf_node *node, struct str word);
int64_t config_number(const struct conf_node *node, struct str word, int64_t otherwise);

// Tells as an error that the path which the first statement `word` from `first` on says is empty, where it is.
void config_check_path(const struct conf_node *first, struct str word, struct diags *diags);

// Returns what `proxy` says, or NULL where it says nothing or none.
const char *config_proxy_z(struct str text, struct arena *a);

// Returns the path that the statement `word` in the list from `first` on says, as config_place has it, or NULL.
const char *config_path_z(const struct conf_node *first, struct str word, struct arena *a);

#endif
