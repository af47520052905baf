// SPDX-License-Identifier: MIT
//
// Aho-Corasick. See aho_corasick.h. Edges live in one open-addressed hash table keyed by (state, byte), the root's in a
// dense row; 100,000 rules make some two million states, for which dense rows would take two gigabytes.
#include "tests/bench/aho_corasick.h"

#include "base/mem.h"

struct edge {
    uint32_t state; // 0 with byte 0: empty
    uint32_t next;
    uint8_t byte;
};

struct aho {
    struct edge *edges;
    size_t mask;
    uint32_t root[256];
    uint32_t *fail;
    uint32_t *output; // word that ends here + 1
    uint32_t *suffix; // nearest state on the fail path with an output
    uint32_t *same;   // next word equal to this one + 1
    uint32_t n_states;
};

static size_t slot_of(const struct aho *a, uint32_t state, uint8_t byte)
{
    uint64_t key = ((uint64_t)state << 8 | byte) * UINT64_C(0x9E3779B97F4A7C15);
    size_t slot = (size_t)(key >> 32) & a->mask;
    while (a->edges[slot].next && (a->edges[slot].state != state || a->edges[slot].byte != byte))
        slot = (slot + 1) & a->mask;
    return slot;
}

static uint32_t step(const struct aho *a, uint32_t state, uint8_t byte)
{
    return state ? a->edges[slot_of(a, state, byte)].next : a->root[byte];
}

static void insert(struct aho *a, struct str word, uint32_t number)
{
    uint32_t state = 0;
    for (size_t i = 0; i < word.n; i++) {
        uint8_t byte = (uint8_t)char_lower(word.p[i]);
        uint32_t next = step(a, state, byte);
        if (!next) {
            next = a->n_states++;
            if (state)
                a->edges[slot_of(a, state, byte)] = (struct edge){state, next, byte};
            else
                a->root[byte] = next;
        }
        state = next;
    }
    a->same[number] = a->output[state];
    a->output[state] = number + 1;
}

// Breadth first by length of the states' words: the trie's states are created parent before child, but not by depth, so
// the order comes from a queue filled level by level over the edge list.
static void link_fails(struct aho *a)
{
    uint32_t *queue = mem_alloc_array(a->n_states, sizeof *queue);
    struct edge *by_state = mem_alloc_array(a->n_states, sizeof *by_state); // first edge of a state, chained by `next`
    uint32_t *sibling = mem_alloc_array(a->n_states, sizeof *sibling), *child = mem_alloc_array(a->n_states, 4);
    for (size_t i = 0; i <= a->mask; i++) {
        struct edge e = a->edges[i];
        if (!e.next)
            continue;
        by_state[e.next] = e;
        sibling[e.next] = child[e.state];
        child[e.state] = e.next;
    }
    size_t head = 0, tail = 0;
    for (int b = 0; b < 256; b++)
        if (a->root[b])
            queue[tail++] = a->root[b];
    while (head < tail) {
        uint32_t state = queue[head++];
        for (uint32_t next = child[state]; next; next = sibling[next]) {
            uint8_t byte = by_state[next].byte;
            uint32_t fail = a->fail[state];
            while (fail && !step(a, fail, byte))
                fail = a->fail[fail];
            a->fail[next] = step(a, fail, byte);
            a->suffix[next] = a->output[a->fail[next]] ? a->fail[next] : a->suffix[a->fail[next]];
            queue[tail++] = next;
        }
    }
    mem_free(queue);
    mem_free(by_state);
    mem_free(sibling);
    mem_free(child);
}

struct aho *aho_build(const struct str *words, size_t n)
{
    size_t bytes = 1;
    for (size_t i = 0; i < n; i++)
        bytes += words[i].n;
    struct aho *a = mem_alloc(sizeof *a);
    size_t room = 1024;
    while (room < bytes * 2)
        room *= 2;
    a->mask = room - 1;
    a->edges = mem_alloc_array(room, sizeof *a->edges);
    a->fail = mem_alloc_array(bytes, 4);
    a->output = mem_alloc_array(bytes, 4);
    a->suffix = mem_alloc_array(bytes, 4);
    a->same = mem_alloc_array(n, 4);
    a->n_states = 1;
    for (size_t i = 0; i < n; i++)
        insert(a, words[i], (uint32_t)i);
    link_fails(a);
    return a;
}

void aho_free(struct aho *a)
{
    mem_free(a->edges);
    mem_free(a->fail);
    mem_free(a->output);
    mem_free(a->suffix);
    mem_free(a->same);
    mem_free(a);
}

size_t aho_scan(const struct aho *a, struct str text, uint8_t *seen)
{
    size_t count = 0;
    uint32_t state = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t byte = (uint8_t)char_lower(text.p[i]);
        uint32_t next = step(a, state, byte);
        while (!next && state) {
            state = a->fail[state];
            next = step(a, state, byte);
        }
        state = next;
        for (uint32_t s = a->output[state] ? state : a->suffix[state]; s; s = a->suffix[s])
            for (uint32_t word = a->output[s]; word; word = a->same[word - 1], count++)
                seen[word - 1] = 1;
    }
    return count;
}
