// SPDX-License-Identifier: MIT
//
// The statements of rule files. The order of choices is that of the enums of rules/rule.h.
#include "rules/load.h"

#define WORD(type_) {{.type = (type_)}}

static const struct conf_spec rule_block[] = {
    {STR("title"), WORD(CONF_TEXT), 0, NULL},
    {STR("when"), WORD(CONF_EXPRESSION), CONF_REQUIRED, NULL},
    {STR("unless"), WORD(CONF_EXPRESSION), CONF_REPEATS, NULL},
    {STR("severity"), {{.type = CONF_CHOICE, .choices = "debug info notice warning critical"}}, 0, NULL},
    {STR("tags"), WORD(CONF_NAME), CONF_MANY, NULL},
    {STR("notify"), WORD(CONF_NAME), CONF_MANY, NULL},
    {STR("throttle"), {{.type = CONF_RATE, .choices = "off", .min = 1, .max = 1000000}}, 0, NULL},
    {STR("group"), {{.type = CONF_CHOICE, .choices = "story none"}}, 0, NULL},
    {STR("feeds"), WORD(CONF_TEXT), CONF_MANY, NULL},
    {STR("hours"), {{.type = CONF_HOURS}, {.type = CONF_TEXT}}, CONF_OPTIONAL, NULL},
    {STR("on"), {{.type = CONF_CHOICE, .choices = "match new changed"}}, 0, NULL},
    {STR("was"), WORD(CONF_NAME), 0, NULL},
    {STR("note"), WORD(CONF_TEXT), 0, NULL},
    {STR("test"), {{.type = CONF_CHOICE, .choices = "reject match"}, {.type = CONF_TEXT}}, CONF_REPEATS | CONF_MANY,
     NULL},
    {.word = {0}},
};

const struct conf_spec rules_specs[] = {
    {STR("set"), {{.type = CONF_NAME}, {.type = CONF_EXPRESSION}}, CONF_UNIQUE, NULL},
    {STR("list"), {{.type = CONF_NAME}, {.type = CONF_CHOICE, .choices = "file"}, {.type = CONF_TEXT}}, CONF_UNIQUE,
     NULL},
    {STR("rule"), WORD(CONF_NAME), CONF_UNIQUE, rule_block},
    {.word = {0}},
};
