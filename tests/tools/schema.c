// SPDX-License-Identifier: MIT
//
// A small JSON Schema checker. See schema.h.
#include "tests/tools/schema.h"

#include "base/utf8.h"

static bool has_type(const char *name, const json_t *value)
{
    struct str type = str_of(name);
    return (str_eq(type, S("object")) && json_is_object(value)) || (str_eq(type, S("array")) && json_is_array(value))
           || (str_eq(type, S("string")) && json_is_string(value)) || (str_eq(type, S("null")) && json_is_null(value))
           || (str_eq(type, S("integer")) && json_is_integer(value))
           || (str_eq(type, S("boolean")) && json_is_boolean(value));
}

static bool check_type(const json_t *types, const json_t *value)
{
    if (json_is_string(types))
        return has_type(json_string_value(types), value);
    bool is_one = false;
    for (size_t i = 0; i < json_array_size(types); i++)
        is_one |= has_type(json_string_value(json_array_get(types, i)), value);
    return is_one;
}

static bool check_enum(const json_t *list, const json_t *value)
{
    bool is_one = false;
    for (size_t i = 0; i < json_array_size(list); i++)
        is_one |= json_equal(json_array_get(list, i), value) != 0;
    return is_one;
}

static bool check_properties(const json_t *root, const json_t *schema, const json_t *value, struct err *err)
{
    const json_t *properties = json_object_get(schema, "properties");
    const char *name;
    json_t *child;
    json_object_foreach((json_t *)(uintptr_t)value, name, child) {
        const json_t *rule = json_object_get(properties, name);
        if (!rule && json_is_false(json_object_get(schema, "additionalProperties")))
            return err_set(err, "%s: not in the schema", name);
        if (rule && !schema_check(root, rule, child, err))
            return err_wrap(err, "%s", name);
    }
    const json_t *required = json_object_get(schema, "required");
    for (size_t i = 0; i < json_array_size(required); i++) {
        const char *wanted = json_string_value(json_array_get(required, i));
        if (!json_object_get(value, wanted))
            return err_set(err, "%s: missing", wanted);
    }
    return true;
}

static bool check_items(const json_t *root, const json_t *rule, const json_t *value, struct err *err)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!schema_check(root, rule, json_array_get(value, i), err))
            return err_wrap(err, "[%zu]", i);
    }
    return true;
}

static bool check_number(const char *keyword, const json_t *rule, const json_t *value, bool *out_known)
{
    json_int_t bound = json_integer_value(rule);
    struct str word = str_of(keyword);
    *out_known = true;
    json_int_t length = json_is_string(value)
        ? (json_int_t)utf8_count(str_make(json_string_value(value), json_string_length(value))) : 0;
    if (str_eq(word, S("minimum")))
        return !json_is_integer(value) || json_integer_value(value) >= bound;
    if (str_eq(word, S("minItems")))
        return !json_is_array(value) || (json_int_t)json_array_size(value) >= bound;
    if (str_eq(word, S("maxItems")))
        return !json_is_array(value) || (json_int_t)json_array_size(value) <= bound;
    if (str_eq(word, S("minLength")))
        return !json_is_string(value) || length >= bound;
    if (str_eq(word, S("maxLength")))
        return !json_is_string(value) || length <= bound;
    *out_known = false;
    return true;
}

static bool check_keyword(const json_t *root, const json_t *schema, const char *keyword, const json_t *rule,
                          const json_t *value, struct err *err)
{
    struct str word = str_of(keyword);
    static const struct str words[] = {STR("$schema"), STR("$defs"), STR("title"), STR("description"),
                                       STR("required"), STR("additionalProperties")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_eq(word, words[i]))
            return true; // no constraint, or checked with `properties`
    }
    if (str_eq(word, S("type")))
        return check_type(rule, value) || err_set(err, "another type than the schema's");
    if (str_eq(word, S("enum")))
        return check_enum(rule, value) || err_set(err, "none of the schema's values");
    if (str_eq(word, S("const")))
        return json_equal(rule, value) || err_set(err, "not the schema's value");
    if (str_eq(word, S("properties")))
        return !json_is_object(value) || check_properties(root, schema, value, err);
    if (str_eq(word, S("items")))
        return !json_is_array(value) || check_items(root, rule, value, err);
    if (str_eq(word, S("$ref"))) {
        struct str path = str_of(json_string_value(rule));
        const json_t *target = str_starts(path, S("#/$defs/"))
            ? json_object_get(json_object_get(root, "$defs"), path.p + 8) : NULL;
        return target ? schema_check(root, target, value, err) : err_set(err, "$ref to nothing");
    }
    bool is_known;
    bool is_good = check_number(keyword, rule, value, &is_known);
    if (!is_known)
        return err_set(err, "a keyword that this checker does not know: %s", keyword);
    return is_good || err_set(err, "breaks %s", keyword);
}

bool schema_check(const json_t *root, const json_t *schema, const json_t *value, struct err *err)
{
    const char *keyword;
    json_t *rule;
    json_object_foreach((json_t *)(uintptr_t)schema, keyword, rule) {
        if (!check_keyword(root, schema, keyword, rule, value, err))
            return false;
    }
    return true;
}
