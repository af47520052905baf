// SPDX-License-Identifier: MIT
//
// Time zones of rules, from where the system keeps them.
#include "base/zone.h"
#include "rules/load_parts.h"

static const struct str folder = STR("/usr/share/zoneinfo/"), system_zone = STR("/etc/localtime");

// Europe/Kyiv, Etc/GMT+3: a name inside the folder, and no pattern.
static bool is_zone_name(struct str name)
{
    static const struct str signs = STR("/_-+");
    if (name.n == 0 || !char_is_alpha(name.p[0]))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!char_is_alnum(name.p[i]) && str_find_char(signs, name.p[i]) == signs.n)
            return false;
    return true;
}

static void tell_unknown(struct rules *rules, const struct conf_node *node, const struct conf_value *value,
                         struct diags *ds)
{
    struct arena *a = &rules->arena;
    struct str name = value->text, *paths = NULL;
    size_t n = 0, area = name.n;
    while (area > 0 && name.p[area - 1] != '/')
        area--;
    struct str pattern = arena_fmt(a, "%.*s%.*s*", STR_ARG(folder), (int)area, name.p);
    struct diag *d = conf_error(ds, node, value, "there is no time zone \"%.*s\"", STR_ARG(str_head(name, 60)));
    if (is_zone_name(name) && rules->loader->find(rules->loader->context, pattern, S(""), a, &paths, &n, NULL))
        for (size_t i = 0; i < n; i++)
            paths[i] = str_from(paths[i], folder.n);
    struct str near = suggest(name, paths, n);
    if (near.n)
        diag_help(ds, d, "did you mean %.*s?", STR_ARG(near));
    else
        diag_help(ds, d, "names are those of tzdata, as Europe/Kyiv or UTC; without one the system's holds");
}

static const struct zone *read_zone(struct rules *rules, struct str path, struct err *err)
{
    struct str bytes = {0};
    const struct conf_loader *loader = rules->loader;
    if (!loader->read(loader->context, path, &rules->arena, &bytes, err))
        return NULL;
    return zone_read(bytes, &rules->arena, err);
}

const struct zone *load_zone(struct rules *rules, const struct conf_node *node, struct diags *ds)
{
    const struct conf_value *value = node->n_args > 1 ? &node->args[1] : NULL;
    struct str name = value ? value->text : S("");
    struct err err = {0};
    if (!rules->loader || rules->has_no_zones || str_eq(name, S("UTC")))
        return NULL;
    for (size_t i = 0; i < rules->n_zones; i++)
        if (str_eq(rules->zones[i].name, name))
            return rules->zones[i].zone;
    if (value && !is_zone_name(name)) {
        tell_unknown(rules, node, value, ds);
        return NULL;
    }
    struct str path = value ? arena_fmt(&rules->arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(name)) : system_zone;
    const struct zone *zone = read_zone(rules, path, &err);
    if (!zone && value)
        tell_unknown(rules, node, value, ds);
    if (zone || !value) // a system that says nothing of its zone is in UTC
        ARENA_PUSH(&rules->arena, rules->zones, rules->n_zones, ((struct rules_zone){name, zone}));
    return zone;
}
