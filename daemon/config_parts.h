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

// Reads credential:NAME or file:PATH, without white space at its ends. Wrong: it is neither.
enum config_secret { SECRET_READ, SECRET_MISSING, SECRET_WRONG };
enum config_secret config_read_secret(struct str where, struct arena *a, struct str *out, struct err *err);

// Tells of names after `notify` and `feeds` that nobody has.
void config_check_rules(const struct config *config, struct diags *diags);

// The parts of a node by word, or what stands for them when they are not written.
struct str config_text(const struct conf_node *node, struct str word);
const char *config_z(const struct conf_node *node, struct str word, struct arena *a);
int64_t config_number(const struct conf_node *node, struct str word, int64_t otherwise);

#endif
