// SPDX-License-Identifier: MIT
//
// What an item is known by: its hashes. Only feeds/identity*.c know this.
#ifndef FEEDS_IDENTITY_KEYS_H
#define FEEDS_IDENTITY_KEYS_H

#include "feeds/identity.h"

struct item_keys {
    uint64_t id;      // 48 bits, never 0
    uint64_t raw_id;  // of the id as written; 0: it has none
    uint64_t link;    // 40 bits, as marks keep it; 0: none, or not its own
    uint64_t pair;    // of id and link together: tells items of one id apart
    uint32_t title;   // 24 bits; 0: none
    uint32_t text;
    uint64_t content; // 64 bits of both
};

// Computes the keys of all items. is_volatile: ids tell nothing; *one_link: links tell nothing, set where this document
// shows it, cleared where it shows the opposite.
void identity_keys(const struct document *doc, const struct hash_key *key, enum identity_choice choice,
                   bool is_volatile, bool *one_link, struct item_keys *out, struct arena *a);

#endif
