// SPDX-License-Identifier: MIT
//
// libxml2's push parser between the cleaner and the builder: clean XML -> events. SAX2 only, no tree, no DTD, no
// entity, no network. Where libxml2 gives up all the same, reading goes on at the next item, inside roots of the same
// names, so that the rest of the document is not lost.
#ifndef FEEDS_XML_H
#define FEEDS_XML_H

#include "feeds/build.h"

struct xml_reader;

// Makes a reader that feeds the builder. doc is told what format the root says, and repairs are counted there.
struct xml_reader *xml_open(struct builder *builder, struct document *doc) __attribute__((returns_nonnull));

// Frees it. Accepts NULL.
void xml_close(struct xml_reader *x);

// Reads one write of the cleaner.
void xml_read(struct xml_reader *x, const struct clean_output *output);

// The document ends.
void xml_end(struct xml_reader *x);

#endif
