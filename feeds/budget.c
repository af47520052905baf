// SPDX-License-Identifier: MIT
#include "feeds/budget.h"

#include <math.h>

static void note(struct budget *b, uint64_t polls_made, mono_t now)
{
    b->newest = (b->newest + 1) % BUDGET_STEPS;
    b->n += b->n < BUDGET_STEPS;
    b->polls[b->newest] = polls_made;
    b->at[b->newest] = now;
    b->next.ms = (now.ms / BUDGET_STEP_MS + 1) * BUDGET_STEP_MS;
}

static double bounded(double price) { return fmin(fmax(price, BUDGET_PRICE_MIN), BUDGET_PRICE_MAX); }

void budget_init(struct budget *b, double price, uint64_t polls_made, mono_t now)
{
    *b = (struct budget){.price = bounded(price)};
    note(b, polls_made, now);
}

bool budget_steer(struct budget *b, uint64_t polls_per_hour, uint64_t polls_made, mono_t now)
{
    if (now.ms < b->next.ms)
        return false;
    if (mono_diff(now, b->at[b->newest]) > BUDGET_GAP_MS) {
        budget_init(b, b->price, polls_made, now);
        return true;
    }
    uint32_t oldest = (b->newest + BUDGET_STEPS - (b->n - 1)) % BUDGET_STEPS;
    double allowed = (double)polls_per_hour * (double)mono_diff(now, b->at[oldest]) / HOUR_MS;
    double made = (double)(polls_made - b->polls[oldest]);
    double days = (double)mono_diff(now, b->at[b->newest]) / DAY_MS;
    if (made > 0 && allowed > 0) // no poll at all tells nothing of the price
        b->price = bounded(b->price * pow(made / allowed, days));
    note(b, polls_made, now);
    return true;
}
