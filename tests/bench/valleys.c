// SPDX-License-Identifier: MIT
#include "tests/bench/valleys.h"

void valleys_serve(struct scene *s, const char *address, unsigned feed, unsigned items)
{
    struct buf text;
    buf_init(&text, 8 << 20);
    buf_add(&text, S("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Bench</title><link>http://b/</link>\n"));
    for (unsigned i = 0; i < items; i++)
        buf_addf(&text, "<item><title>A truce in valley %u of %u</title><guid>g%u-%u</guid>"
                        "<link>http://b.example/%u/%u</link></item>\n", i, feed, feed, i, feed, i);
    buf_add(&text, S("</channel></rss>\n"));
    origin_serve(&s->origin, address, "/feed", (struct origin_reply){.body = buf_str(&text)});
    buf_done(&text);
}
