// SPDX-License-Identifier: MIT
//
// Any bytes as text: words lie in it, in order, and phrases and sentences only count up.
#include <assert.h>

#include "rules/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

// Made once: it takes longer than a text.
static const struct fold_table *fold(void)
{
    static const struct fold_table *table;
    if (!table)
        table = fold_table_new();
    return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct text t;
    text_init(&t, fold(), 1);
    text_add(&t, FIELD_TITLE, 0, (struct str){(const char *)data, n / 2});
    text_add(&t, FIELD_BODY, 0, (struct str){(const char *)data + n / 2, n - n / 2});
    for (size_t i = 0; i < t.n_words; i++) {
        const struct word *w = &t.words[i];
        const struct text_value *v = text_value_at(&t, w->pos);
        struct place p = text_place(&t, v, w->pos, w->pos + w->length);
        assert(p.start <= p.end && p.end <= v->text.n);
        assert(w->folded + w->folded_n <= t.n_folded);
        assert(i == 0 || (w[-1].pos <= w->pos && w[-1].phrase <= w->phrase && w[-1].sentence <= w->sentence));
    }
    text_done(&t);
    return 0;
}
