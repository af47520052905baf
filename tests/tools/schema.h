// SPDX-License-Identifier: MIT
//
// A small JSON Schema checker: what docs/alert.schema.json uses (type, enum, const, properties, required,
// additionalProperties false, items, min/maxItems, min/maxLength, minimum, local $ref). A keyword it does not know is
// a failure, so that no constraint is silently left unchecked.
#ifndef TESTS_TOOLS_SCHEMA_H
#define TESTS_TOOLS_SCHEMA_H

#include <jansson.h>

#include "base/err.h"

// Tells whether a value obeys a schema (its root, for references); else says where and why.
bool schema_check(const json_t *root, const json_t *schema, const json_t *value, struct err *err) MUST_CHECK;

#endif
