// SPDX-License-Identifier: MIT
//
// What rules say after `feeds`, and whether there is a feed that it fits: a rule for a tag that nobody has is silent
// for ever, and nothing else would say so.
//
// The feeds of the configuration are known from its text. Those that people added (`feeds add`, an import) are in the
// shards of the running daemon alone, and so are the names that feeds without one give themselves. So what is said of
// the configuration by itself is no more than a note, and only after every shard was looked at it is a warning.
#ifndef DAEMON_SCOPES_H
#define DAEMON_SCOPES_H

#include "daemon/config.h"
#include "daemon/shard.h"

struct scopes;

// Collects what the rules of a usable configuration say after `feeds`, and looks at its feeds. Takes a reference to it
// until scopes_close.
struct scopes *scopes_open(struct config *config) __attribute__((returns_nonnull));
void scopes_close(struct scopes *s);

// Tells whether something is left that fits no feed seen so far.
bool scopes_are_open(const struct scopes *s);

// Looks at all feeds of a shard, on its thread. Each shard once.
void scopes_look(struct scopes *s, const struct shard *shard);

// Adds a warning for each tag or name that no feed has, after all shards were looked at; before that a note for each
// that no feed of the configuration has. While a feed has not told its own name yet, none is missed for good: it gets a
// note where undecided ones are asked for. Places are views into the configuration, which has to outlive ds.
void scopes_tell(const struct scopes *s, bool with_undecided, struct diags *ds);

// Adds the notes that can be made of a configuration by itself; nothing where it is not usable.
void scopes_note(struct config *config, struct diags *ds);

#endif
