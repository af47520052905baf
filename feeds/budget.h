// SPDX-License-Identifier: MIT
//
// The price of a poll, steered so that the polls made follow the budget of the configuration.
//
// Feeds publish by the hour of the day and polls follow them, so a day is what is compared: at each full hour the price
// is multiplied by (polls made / polls allowed) of the last 24 hours, to the power of 1/24. An error of the price fades
// by 1/e in about a day; a greater share an hour would swing, as polls answer a price only after the pauses that the
// last one chose. Bounds, holds and hints (feeds/schedule.h) stand above any price: what they ask for is not steered.
#ifndef FEEDS_BUDGET_H
#define FEEDS_BUDGET_H

#include "base/clock.h"

enum { BUDGET_STEP_MS = HOUR_MS, BUDGET_STEPS = DAY_MS / BUDGET_STEP_MS };
enum { BUDGET_GAP_MS = 2 * BUDGET_STEP_MS }; // between two steps; beyond it the machine slept, and nobody could poll

// Beyond them a price changes nothing: at the least a feed with a post in 60 days (no feed's rate falls below it) is
// polled every minute, at the greatest one with 4,096 posts a day once a day.
#define BUDGET_PRICE_MIN 9e-5
#define BUDGET_PRICE_MAX 64.0

struct budget {
    double price;                      // as schedule_policy has it
    uint64_t polls[BUDGET_STEPS];      // all made by then, at the ends of the last steps; a ring
    mono_t at[BUDGET_STEPS];
    uint32_t n, newest;
    mono_t next;                       // when budget_steer is to be called
};

// Begins with a price (moved within the bounds) and the number of polls made so far.
void budget_init(struct budget *b, double price, uint64_t polls_made, mono_t now);

// Steers, where its time has come: polls_made in all, by everyone who shares the budget. Steps end at full hours of the
// clock, so that all who see the same polls find the same price. After a sleep the price stays, and a new day of polls
// begins. Returns whether it was time.
bool budget_steer(struct budget *b, uint64_t polls_per_hour, uint64_t polls_made, mono_t now);

#endif
