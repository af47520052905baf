// SPDX-License-Identifier: MIT
//
// The memory engine's parts among themselves. Feeds are rewritten often and own their bytes; everything else only grows
// and lives in the disk's arena until the disk is closed.
#ifndef STORE_MEMORY_PARTS_H
#define STORE_MEMORY_PARTS_H

#include "base/table.h"
#include "store/engine.h"
#include "store/memory.h"

struct memory_feed {
    struct store_feed row;
    char *bytes; // what the row's views point into
    UT_hash_handle hh;
};

struct memory_alert {
    struct alert alert;
    UT_hash_handle hh; // by id
};

struct memory_dedup {
    struct hash128 key;
    uint32_t n;
    UT_hash_handle hh;
};

struct memory_delivery {
    struct delivery delivery;
    char *key; // id and receiver
    UT_hash_handle hh;
};

struct memory_image { // what is durable
    bool has_secret;
    struct hash_key secret;
    uint64_t epoch;
    wall_t heartbeat;
    uint64_t price_nano;
    uint64_t pruned_seq; // the highest of an alert that is forgotten
    wall_t closed;
    uint64_t next_row;
    struct memory_feed *feeds;
    struct memory_alert *by_id;
    struct memory_dedup *dedups;
    struct memory_alert **alerts; // in the order of commits
    size_t n_alerts;
    struct body *bodies;
    size_t n_bodies;
    struct memory_delivery *by_key;
    struct memory_delivery **deliveries; // by row; NULL where a row moved to the end
    size_t n_deliveries;
    struct attempt *attempts;
    size_t n_attempts;
    struct story_row *stories;
    size_t n_stories;
    struct throttle_mark *throttles;
    size_t n_throttles;
    struct silence *silences;
    size_t n_silences;
    struct receiver_mark *receivers;
    size_t n_receivers;
    struct store_dues *dues;
    size_t n_dues;
};

struct memory_disk {
    struct memory_image image;
    struct arena arena;
    struct memory_store *owner; // who has it open and alive
    enum memory_fault fault;
    uint64_t fault_in;    // commits until it
    uint64_t fault_times; // that it fails
    uint64_t commits;
};

struct memory_store {
    struct store head;
    struct memory_disk *disk;
    bool is_dead;
    bool was_unclean;
    wall_t closed; // by the process before
};

struct memory_side {
    struct store_side head;
    struct memory_store *store;
};

static inline bool same_id(struct hash128 a, struct hash128 b) { return a.high == b.high && a.low == b.low; }

enum store_result memory_commit(struct store *store, const struct store_batch *batch, struct err *err);
enum store_result memory_known(struct store *store, struct store_known *list, size_t n, struct err *err);
enum store_result memory_prune(struct store *store, wall_t now, int64_t history_ms, size_t n, size_t *out_n,
                               struct err *err);
struct store_side *memory_side_open(struct store *store, struct err *err);

// Dies as a process does: the disk stays, this store answers nothing any more. Returns STORE_BROKEN.
enum store_result memory_crash(struct memory_store *store, struct err *err);

// Frees what the image holds outside the arena.
void memory_image_done(struct memory_image *image);

#endif
