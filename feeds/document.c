// SPDX-License-Identifier: MIT
//
// Names of what a document is.
#include "feeds/document.h"

const char *document_format_name(const struct document *doc)
{
    static const struct { enum feed_format format; struct str version; const char *name; } names[] = {
        {FORMAT_RSS, STR("0.9"), "rss090"},
        {FORMAT_RSS, STR("0.90"), "rss090"},  {FORMAT_RSS, STR("0.91"), "rss091"},  {FORMAT_RSS, STR("0.92"), "rss092"},
        {FORMAT_RSS, STR("0.93"), "rss093"},  {FORMAT_RSS, STR("0.94"), "rss094"},  {FORMAT_RSS, STR("2.0"), "rss20"},
        {FORMAT_RSS, STR("2.01"), "rss20"},   {FORMAT_RSS, STR("2"), "rss20"},      {FORMAT_RSS, STR("1.0"), "rss10"},
        {FORMAT_RDF, STR("0.90"), "rss090"},  {FORMAT_RDF, STR("1.0"), "rss10"},    {FORMAT_ATOM, STR("0.3"), "atom03"},
        {FORMAT_ATOM, STR("1.0"), "atom10"},  {FORMAT_JSON, STR("1"), "json10"},    {FORMAT_JSON, STR("1.0"), "json10"},
        {FORMAT_JSON, STR("1.1"), "json11"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].format == doc->format && str_eq(names[i].version, doc->version))
            return names[i].name;
    }
    switch (doc->format) {
    case FORMAT_NONE: return "none";
    case FORMAT_RSS: return str_starts(doc->version, S("2.")) ? "rss20" : "rss";
    case FORMAT_RDF: return "rdf";
    case FORMAT_ATOM: return "atom";
    case FORMAT_JSON: return "json";
    case FORMAT_CDF: return "cdf";
    }
    return "none";
}

const char *repair_phrase(enum repair_kind kind)
{
    switch (kind) {
    case REPAIR_JUNK_BEFORE: return "junk before the root skipped";
    case REPAIR_JUNK_AFTER: return "junk after the root skipped";
    case REPAIR_DECLARATION: return "misplaced XML declaration dropped";
    case REPAIR_ENCODING: return "wrong encoding label ignored";
    case REPAIR_BAD_BYTES: return "bytes outside the encoding replaced";
    case REPAIR_CONTROL: return "control characters dropped";
    case REPAIR_BARE_AMPERSAND: return "bare & escaped";
    case REPAIR_BARE_LESS_THAN: return "bare < escaped";
    case REPAIR_HTML_ENTITY: return "HTML entities resolved";
    case REPAIR_UNKNOWN_ENTITY: return "unknown entities kept as text";
    case REPAIR_CHAR_REFERENCE: return "references to no character mended";
    case REPAIR_TAG: return "broken tags mended";
    case REPAIR_UNDECLARED_PREFIX: return "undeclared namespace prefixes taken as usual";
    case REPAIR_UNCLOSED: return "missing end tags supplied";
    case REPAIR_STRAY_END: return "stray end tags dropped";
    case REPAIR_COMMENT: return "broken comments or instructions dropped";
    case REPAIR_ROOT: return "items outside of the root taken";
    case REPAIR_SYNTAX: return "reading restarted after a syntax error";
    case REPAIR_JSON: return "comments, commas or escapes that JSON does not have mended";
    case REPAIR_TYPE: return "values of an unexpected type skipped";
    case REPAIR_CUT_OFF: return "the document ends early";
    case REPAIR_LIMIT: return "a limit was reached";
    case REPAIR_KINDS: break;
    }
    return "";
}

const char *quality_name(enum quality quality)
{
    switch (quality) {
    case QUALITY_WELL_FORMED: return "well-formed";
    case QUALITY_REPAIRED: return "repaired";
    case QUALITY_PARTIAL: return "partial";
    case QUALITY_NOT_A_FEED: return "not a feed";
    }
    return "";
}
