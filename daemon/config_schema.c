// SPDX-License-Identifier: MIT
#include "daemon/config_schema.h"

#include "base/clock.h"
#include "daemon/config.h"

#define ONE(kind) .args = {{.type = (kind)}}
#define BETWEEN(kind, low, high) .args = {{.type = (kind), .min = (low), .max = (high)}}

static const int64_t week_ms = 7LL * DAY_MS;

const struct conf_spec config_feed_specs[] = {
    {STR("name"), ONE(CONF_TEXT)},
    {STR("tags"), ONE(CONF_NAME), .flags = CONF_MANY},
    {STR("every"), BETWEEN(CONF_DURATION, 1 * SECOND_MS, DAY_MS)},
    {STR("floor"), BETWEEN(CONF_DURATION, 1 * SECOND_MS, DAY_MS)},
    {STR("timeout"), BETWEEN(CONF_DURATION, 1 * SECOND_MS, 10 * MINUTE_MS)},
    {STR("weight"), BETWEEN(CONF_NUMBER, 1, 1000)},
    {STR("first-run"), ONE(CONF_TEXT)},
    {STR("identity"), .args = {{.type = CONF_CHOICE, .choices = CONFIG_IDENTITY_CHOICES}}},
    {STR("allow-private"), ONE(CONF_YES_NO)},
    {STR("ignore-validators"), ONE(CONF_YES_NO)},
    {STR("websub"), ONE(CONF_YES_NO)},
    {STR("paused"), ONE(CONF_YES_NO)},
    {STR("credential"), ONE(CONF_TEXT), .flags = CONF_SECRET},
    {STR("ca"), ONE(CONF_TEXT)},
    {STR("proxy"), ONE(CONF_TEXT), .flags = CONF_SECRET},
    {STR("language"), ONE(CONF_NAME)},
    {STR("was"), ONE(CONF_TEXT), .flags = CONF_SECRET},
    {.word = {0}},
};

static const struct conf_spec webhook_specs[] = {
    {STR("url"), ONE(CONF_TEXT), .flags = CONF_REQUIRED | CONF_SECRET},
    {STR("secret"), ONE(CONF_TEXT), .flags = CONF_REPEATS | CONF_SECRET},
    {STR("format"), ONE(CONF_NAME)},
    {STR("header"), ONE(CONF_TEXT), .flags = CONF_REPEATS | CONF_SECRET},
    {STR("concurrency"), BETWEEN(CONF_NUMBER, 1, 64)},
    {STR("order"), .args = {{.type = CONF_CHOICE, .choices = "any strict"}}},
    {STR("timeout"), BETWEEN(CONF_DURATION, 1 * SECOND_MS, 5 * MINUTE_MS)},
    {STR("expire"), BETWEEN(CONF_DURATION, MINUTE_MS, 4 * week_ms)},
    {STR("ca"), ONE(CONF_TEXT)},
    {STR("client-certificate"), ONE(CONF_TEXT)},
    {STR("client-key"), ONE(CONF_TEXT)},
    {STR("proxy"), ONE(CONF_TEXT), .flags = CONF_SECRET},
    {STR("allow-private"), ONE(CONF_YES_NO)},
    {.word = {0}},
};

static const struct conf_spec file_specs[] = {
    {STR("path"), ONE(CONF_TEXT), .flags = CONF_REQUIRED},
    {.word = {0}},
};

const struct conf_spec config_specs[] = {
    {STR("instance"), ONE(CONF_TEXT)},
    {STR("state"), ONE(CONF_TEXT)},
    {STR("socket"), ONE(CONF_TEXT)},
    {STR("listen"), ONE(CONF_TEXT)},
    {STR("log"), .args = {{.type = CONF_CHOICE, .choices = CONFIG_LOG_CHOICES}}},
    {STR("workers"), BETWEEN(CONF_NUMBER, 1, WORKERS_MAX)},
    {STR("budget"), ONE(CONF_RATE)},
    {STR("retention"), BETWEEN(CONF_DURATION, DAY_MS, 520 * week_ms)},
    {STR("user-agent"), ONE(CONF_TEXT)},
    {STR("contact"), ONE(CONF_TEXT)},
    {STR("ca"), ONE(CONF_TEXT)},
    {STR("proxy"), ONE(CONF_TEXT), .flags = CONF_SECRET},
    {STR("feed"), ONE(CONF_TEXT), .flags = CONF_UNIQUE | CONF_SECRET, .block = config_feed_specs},
    {STR("webhook"), ONE(CONF_NAME), .flags = CONF_UNIQUE, .block = webhook_specs},
    {STR("file"), ONE(CONF_NAME), .flags = CONF_UNIQUE, .block = file_specs},
    {.word = {0}},
};
