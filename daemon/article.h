// SPDX-License-Identifier: MIT
//
// The second half of the pipeline: the items that are news -> plain text -> matches -> candidates. Pure.
#ifndef DAEMON_ARTICLE_H
#define DAEMON_ARTICLE_H

#include "daemon/pipeline.h"

// Fills what alerts say about a feed; doc may be NULL (then the format is not known).
void facts_make(const struct feed *feed, const struct document *doc, struct arena *a, struct feed_facts *out);

// Makes the text of every new and edited item, matches it, and adds items and candidates to the outcome.
void articles_match(const struct pipeline_tools *tools, struct outcome *outcome, const struct judgement *judged);

#endif
