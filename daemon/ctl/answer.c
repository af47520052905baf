// SPDX-License-Identifier: MIT
//
// Fields of the daemon's answers. See json.h.
#include "daemon/ctl/answer.h"

#include <time.h>

struct str answer_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return str_make(json_string_value(value), json_string_length(value));
}

int64_t answer_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

wall_t answer_time(const json_t *object, const char *name) { return (wall_t){answer_number(object, name)}; }

wall_t answer_now(const json_t *answer)
{
    wall_t now = answer_time(answer, "now_ms");
    return now.ms > 0 ? now : (wall_t){(int64_t)time(NULL) * SECOND_MS};
}

bool answer_flag(const json_t *object, const char *name) { return json_is_true(json_object_get(object, name)); }

json_t *answer_in(const json_t *object, const char *outer, const char *inner)
{
    return json_object_get(json_object_get(object, outer), inner);
}
