// SPDX-License-Identifier: MIT
//
// The table of hostile_feeds.h. Each is about 10 MB, the most that a body may have.
#include "tests/tools/hostile_feeds.h"

#define RSS HOSTILE_RSS
#define END HOSTILE_END
#define FOUR(x) x x x x
#define BLANKS FOUR(FOUR(FOUR(FOUR(FOUR(FOUR("             "))))))

const struct hostile hostile_feeds[] = {
    {"long CDATA", RSS "<item><description><![CDATA[", "abcdefghij", "]]></description></item>" END, 1000000, true,
     "libxml2's push mode searches the end of a CDATA section again in each piece"},
    {"long text", RSS "<item><description>", "abcdefghij ", "</description></item>" END, 900000, true,
     "text over 10 MB is an error of libxml2's"},
    {"long attribute", RSS "<item><enclosure url=\"", "abcdefghij", "\"/></item>" END, 1000000, true,
     "a tag is held until its end"},
    {"long comment", RSS "<!-- ", "abcdef - ", " -->" END, 1000000, true, "its end may be far"},
    {"long comment in an item", RSS "<item><title>t</title><!-- ", "abcdef - <i", " --></item>" END, 900000, true,
     "it may have been meant to end with the item"},
    {"hyphens in an item", RSS "<item><title>t</title><!-- ", "--", "--></item>" END, 5000000, true, "the same"},
    {"long instruction", RSS "<?php ", "abcdef ? ", " ?>" END, 1000000, true, "its end may be far"},
    {"long declaration", "<!DOCTYPE rss [", "<!ENTITY a \"b\">", "]>" RSS END, 600000, true, "entities are capped"},
    {"100,000 attributes", RSS "<item ", "a=\"b\" ", ">" END, 100000, true, "23 s in libxml2 2.9.14"},
    {"different attributes", RSS "<item a=\"\" b=\"\" ", "c=\"d\"e=\"f\" ", ">" END, 1000, true, "under the tag's cap"},
    {"bare ampersands", RSS "<item><description>", "& ", "</description></item>" END, 1000000, true, "a token each"},
    {"bare less-thans", RSS "<item><description>", "< ", "</description></item>" END, 1000000, true, "a token each"},
    {"references", RSS "<item><description>", "&lt;", "</description></item>" END, 1000000, true, "a token each"},
    {"tags that are none", RSS "<item><description>", "<a@b>", "</description></item>" END, 2000000, true,
     "each is read again as text"},
    {"quotes in quotes", RSS "<item><description>", "<a b=\"<a b='", "</description></item>" END, 850000, true,
     "each quote hides the next tag"},
    {"quotes that agree", RSS "<item><description>", "<a b=\"" FOUR(FOUR(FOUR("<a b='\" ' c=\""))) "\"<",
     "</description></item>" END, 12000, true, "each '<' looks to the end of the same tag"},
    {"unclosed quotes", RSS "<item>", "<a b=\"x>\n", "</item>" END, 1000000, true, "each eats the next tag"},
    {"deep nesting", RSS "<item><description>", "<b>", "</description></item>" END, 1000000, true, "256 levels"},
    {"deep and closed", RSS "<item><description>", "<b></i>", "</description></item>" END, 1400000, true,
     "each end tag looks for its start"},
    {"stray end tags", RSS, "</x>", END, 1000000, true, "each looks for its start"},
    {"unclosed items", RSS, "<item>", END, 1700000, false, "2,000 items, the rest are counted"},
    {"20,000 items", RSS, "<item><title>t</title><link>http://e.org/x</link></item>", END, 20000, false,
     "2,000 items, the rest are counted"},
    {"many categories", RSS "<item>", "<category>c</category>", "</item>" END, 300000, true, "doubles are looked for"},
    {"many names", RSS "<item>", "<category domain=\"d\">c</category><x/>", "</item>" END, 200000, true, "lists"},
    {"many elements", RSS "<item>", "<x/>", "</item>" END, 2500000, true, "an element is dear, 32,768 an item are read"},
    {"elements in a text", RSS "<item><description>", "<b></b>", "</description></item>" END, 1400000, true,
     "the same"},
    {"items of elements", RSS, "<item><x/><x/><x/><x/><x/><x/><x/><x/><x/></item>", END, 200000, false,
     "240,000 elements a document"},
    {"frames of feeds", RSS, "<rss/>", END, 1500000, false, "the same: they are no elements of an item"},
    {"nested CDATA marks", RSS "<item><description>", "<![CDATA[", "]]></description></item>" END, 1000000, true,
     "each looks like a section"},
    {"lost ends of CDATA", RSS, "<item><description><![CDATA[x</description></item>", END, 200000, false,
     "what follows each is read again"},
    {"end tags in CDATA", RSS "<item><description><![CDATA[", "</description> <![CDATA[", "]]></description></item>" END,
     430000, true, "each may be the end of a section that lost its own"},
    {"tags in CDATA that are refused", RSS "<item><title>x</title><description>" FOUR(FOUR(FOUR(FOUR("<a>")))) "<a><a>",
     "<b><![CDATA[x]]>", "</description></item>" END, 600000, true, "each ends a run of text, and is not written"},
    {"blanks behind CDATA", RSS "<item><title>x</title><description><![CDATA[<item><title><![CDATA[a]]>" BLANKS, "</x>",
     "</title></description></item>" END, 2500000, true, "each may be the end of what began in the section"},
    {"end tags without an end in CDATA", RSS,
     "<item><description><![CDATA[" FOUR(FOUR(FOUR(FOUR("</description </description </description ")))) ">"
     FOUR(FOUR(FOUR(FOUR(FOUR("             "))))) "]]></description></item>",
     END, 420, true, "each looks for the same end"},
    {"a long base", RSS "<item xml:base=\"http://e.org/" FOUR(FOUR(FOUR(FOUR(FOUR("abcdefg/"))))) "\">",
     "<enclosure url=\"x\"/>", "</item>" END, 400000, true, "it is in the address of each reference"},
    {"brackets", RSS "<item><description><![CDATA[", "]]", "]]></description></item>" END, 1000000, true,
     "each may be the section's end"},
    {"JSON strings", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"content_text\":\"",
     "abcdefghij", "\"},{\"id\":\"last\"}]}", 1000000, true, "yajl reads a token again from its start in each piece"},
    {"JSON numbers", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"x\":", "1234567890",
     "},{\"id\":\"last\"}]}", 1000000, true, "the same"},
    {"JSON depth", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"x\":", "[", "", 1000000, false, "64 levels"},
    {"JSON escapes", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"content_text\":\"",
     "\\ud83d", "\"},{\"id\":\"last\"}]}", 1000000, true, "halves of characters"},
};

const size_t hostile_feeds_n = sizeof hostile_feeds / sizeof hostile_feeds[0];

struct buf hostile_make(const char *head, const char *unit, size_t count, const char *tail)
{
    struct buf out;
    buf_init(&out, 64 << 20);
    buf_add(&out, str_of(head));
    for (size_t i = 0; i < count; i++)
        buf_add(&out, str_of(unit));
    buf_add(&out, str_of(tail));
    return out;
}

