// SPDX-License-Identifier: MIT
//
// Fields of the daemon's answers. See json.h.
#include "daemon/ctl/json.h"

#include <time.h>

struct str json_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return str_make(json_string_value(value), json_string_length(value));
}

int64_t json_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

wall_t json_time(const json_t *object, const char *name) { return (wall_t){json_number(object, name)}; }

wall_t json_now(const json_t *answer)
{
    wall_t now = json_time(answer, "now_ms");
    return now.ms > 0 ? now : (wall_t){(int64_t)time(NULL) * SECOND_MS};
}

bool json_flag(const json_t *object, const char *name) { return json_is_true(json_object_get(object, name)); }

json_t *json_in(const json_t *object, const char *outer, const char *inner)
{
    return json_object_get(json_object_get(object, outer), inner);
}
