// SPDX-License-Identifier: MIT
//
// How the demo looks: a story in a terminal of 80 columns, with colour only where standard output is one.
#ifndef TESTS_DEMO_SHOW_H
#define TESTS_DEMO_SHOW_H

#include "base/clock.h"
#include "base/str.h"

struct show {
    bool with_colour;
    wall_t began;     // of the story
    const wall_t *now;
};

enum show_tone { SHOW_PLAIN, SHOW_DIM, SHOW_GOOD, SHOW_BAD, SHOW_HIT, SHOW_HEAD, SHOW_TONES };

// Makes it for standard output; NO_COLOR is honoured.
void show_init(struct show *show, const wall_t *now);

// A new act, with a line under its title.
void show_act(const struct show *show, const char *title);

// A paragraph, wrapped.
void show_text(const struct show *show, const char *format, ...) __attribute__((format(printf, 2, 3)));

// One line with the story's time before it: `13:10:05  what`, in a tone.
void show_event(const struct show *show, enum show_tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// A line that continues the event above, `before` and `after` dim around the hit.
void show_hit(const struct show *show, struct str before, struct str hit, struct str after);
void show_detail(const struct show *show, enum show_tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Text as it came from a program, indented, each line.
void show_output(const struct show *show, struct str text);

// A check at the end: seen or not. Returns is_seen.
bool show_check(const struct show *show, bool is_seen, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
