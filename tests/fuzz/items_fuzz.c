// SPDX-License-Identifier: MIT
//
// Pages of archived items, as feedwatchctl reads them from a socket: any bytes end, and every text lies inside.
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/api_items.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str bytes = {(const char *)data, n};
    struct api_page page;
    struct api_item item;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    if (api_page_read(bytes, &page))
        while (api_page_next(&page, &item) == API_PAGE_ITEM) {
            assert(!item.body.n || (item.body.p >= bytes.p && item.body.p + item.body.n <= bytes.p + n));
            struct doc doc = api_item_doc(&item, &arena);
            assert(doc.n_authors <= n && doc.n_tags <= n);
        }
    arena_done(&arena);
    return 0;
}
