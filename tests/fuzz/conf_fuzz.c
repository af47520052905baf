// SPDX-License-Identifier: MIT
//
// base/conf, rule files and fmt on any bytes: no crash, every diagnostic lies in its source and renders, and a file
// without errors formats to a file that formats to itself.
#include <stdlib.h>

#include "daemon/config_schema.h"
#include "rules/fmt.h"
#include "rules/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct conf_spec *const tables[] = {config_specs, rules_specs, NULL};

static void check_places(const struct diags *ds)
{
    for (size_t i = 0; i < ds->n; i++)
        if (ds->list[i].source && ds->list[i].at > ds->list[i].source->text.n)
            abort();
}

// What is hidden begins on the line that is shown.
static void check_cuts(const struct diags *ds)
{
    for (size_t i = 0; i < ds->n; i++) {
        const struct diag *d = &ds->list[i];
        if (!d->is_cut)
            continue;
        size_t low = d->at < d->cut_at ? d->at : d->cut_at, high = d->at < d->cut_at ? d->cut_at : d->at;
        struct str between = str_head(str_from(d->source->text, low), high - low);
        if (d->cut_at >= d->source->text.n || str_find_char(between, '\n') < between.n)
            abort();
    }
}

static void check_format(struct str text)
{
    struct source source = {S("fuzz"), text};
    struct buf once, twice;
    struct diags ds;
    diags_init(&ds);
    buf_init(&once, 16 << 20);
    buf_init(&twice, 16 << 20);
    if (rules_format(&source, tables, &once, &ds) && !once.is_cut) {
        struct source again = {S("fuzz"), buf_str(&once)};
        if (!rules_format(&again, tables, &twice, &ds) || !str_eq(buf_str(&once), buf_str(&twice)))
            abort();
    }
    buf_done(&once);
    buf_done(&twice);
    diags_done(&ds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct conf conf;
    struct rules rules;
    struct diags ds;
    struct buf out;
    diags_init(&ds);
    buf_init(&out, 16 << 20);
    conf_parse(&conf, tables, S("fuzz"), text, NULL, &ds);
    rules_read(&rules, &conf, NULL, &ds);
    check_places(&ds);
    diags_render(&ds, false, &out);
    conf_hide(&ds, tables);
    check_cuts(&ds);
    buf_reset(&out);
    diags_render(&ds, false, &out);
    buf_done(&out);
    diags_done(&ds);
    rules_done(&rules);
    conf_done(&conf);
    check_format(text);
    return 0;
}
