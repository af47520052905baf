// SPDX-License-Identifier: MIT
//
// The tables of feeds/names.h. Looked up once for each distinct name of a document; the XML reader remembers.
#include "feeds/names.h"

struct space_row {
    struct str uri;    // without scheme and final slash
    struct str prefix; // the usual one; empty where there is none
    enum name_space space;
};

static const struct space_row spaces[] = {
    {STR("www.w3.org/2005/atom"), STR("atom"), NS_ATOM},
    {STR("www.w3.org/2005/atom"), STR("atom10"), NS_ATOM},
    {STR("www.w3.org/2005/atom"), STR("a10"), NS_ATOM},
    {STR("purl.org/atom/ns#"), STR("atom03"), NS_ATOM03},
    {STR("purl.org/atom/ns"), STR(""), NS_ATOM03},
    {STR("example.com/newformat#"), STR(""), NS_ATOM03},
    {STR("example.com/necho"), STR(""), NS_ATOM03},
    {STR("purl.org/echo"), STR(""), NS_ATOM03},
    {STR("uri/of/echo/namespace#"), STR(""), NS_ATOM03},
    {STR("purl.org/pie"), STR(""), NS_ATOM03},
    {STR("www.w3.org/1999/02/22-rdf-syntax-ns#"), STR("rdf"), NS_RDF},
    {STR("www.w3.org/1999/02/22-rdf-syntax-ns"), STR(""), NS_RDF},
    {STR("my.netscape.com/rdf/simple/0.9"), STR(""), NS_RSS090},
    {STR("channel.netscape.com/rdf/simple/0.9"), STR(""), NS_RSS090},
    {STR("my.netscape.com/publish/formats/rss-0.91.dtd"), STR(""), NS_CORE},
    {STR("purl.org/rss/1.0"), STR("rss"), NS_RSS10},
    {STR("purl.org/net/rss1.1#"), STR(""), NS_RSS10},
    {STR("backend.userland.com/rss"), STR(""), NS_CORE},
    {STR("backend.userland.com/rss2"), STR(""), NS_CORE},
    {STR("backend.userland.com/rss191"), STR(""), NS_CORE},
    {STR("blogs.law.harvard.edu/tech/rss"), STR(""), NS_CORE},
    {STR("cyber.law.harvard.edu/rss"), STR(""), NS_CORE},
    {STR("www.rssboard.org/rss-specification"), STR(""), NS_CORE},
    {STR("www.w3.org/tr/note-cdfsubmit.html"), STR("cdf"), NS_CDF},
    {STR("purl.org/dc/elements/1.1"), STR("dc"), NS_DC},
    {STR("purl.org/dc/elements/1.0"), STR(""), NS_DC},
    {STR("purl.org/dc/terms"), STR("dcterms"), NS_DCTERMS},
    {STR("purl.org/rss/1.0/modules/dcterms"), STR("dct"), NS_DCTERMS},
    {STR("purl.org/rss/1.0/modules/content"), STR("content"), NS_CONTENT},
    {STR("search.yahoo.com/mrss"), STR("media"), NS_MEDIA},
    {STR("search.yahoo.com/rss"), STR(""), NS_MEDIA},
    {STR("video.search.yahoo.com/mrss"), STR(""), NS_MEDIA},
    {STR("www.rssboard.org/media-rss"), STR(""), NS_MEDIA},
    {STR("www.itunes.com/dtds/podcast-1.0.dtd"), STR("itunes"), NS_ITUNES},
    {STR("example.com/dtds/podcast-1.0.dtd"), STR(""), NS_ITUNES},
    {STR("purl.org/rss/1.0/modules/syndication"), STR("sy"), NS_SY},
    {STR("purl.org/rss/1.0/modules/syndication"), STR("syn"), NS_SY},
    {STR("rssnamespace.org/feedburner/ext/1.0"), STR("feedburner"), NS_FEEDBURNER},
    {STR("webns.net/mvcb"), STR("admin"), NS_ADMIN},
    {STR("www.w3.org/1999/xhtml"), STR("xhtml"), NS_XHTML},
    {STR("www.w3.org/1999/xhtml"), STR("body"), NS_XHTML},
    {STR("podcastindex.org/namespace/1.0"), STR("podcast"), NS_PODCAST},
    {STR("www.google.com/schemas/play-podcasts/1.0"), STR("googleplay"), NS_GOOGLEPLAY},
    {STR("prismstandard.org/namespaces/basic/2.0"), STR("prism"), NS_PRISM},
    {STR("prismstandard.org/namespaces/basic/2.1"), STR(""), NS_PRISM},
    {STR("prismstandard.org/namespaces/basic/3.0"), STR(""), NS_PRISM},
    {STR("prismstandard.org/namespaces/1.2/basic"), STR(""), NS_PRISM},
    {STR("purl.org/rss/1.0/modules/prism"), STR(""), NS_PRISM},
};

struct element_row {
    struct str local; // lower case
    enum name_space space;
    enum element element;
};

// NS_CORE stands for all of the feed's own namespaces: RSS, Atom, RDF, CDF.
static const struct element_row elements[] = {
    {STR("rss"), NS_CORE, EL_RSS},
    {STR("rdf"), NS_CORE, EL_RDF},
    {STR("feed"), NS_CORE, EL_FEED},
    {STR("channel"), NS_CORE, EL_CHANNEL},
    {STR("item"), NS_CORE, EL_ITEM},
    {STR("entry"), NS_CORE, EL_ITEM},
    {STR("image"), NS_CORE, EL_IMAGE},
    {STR("textinput"), NS_CORE, EL_TEXTINPUT},
    {STR("source"), NS_CORE, EL_SOURCE},
    {STR("title"), NS_CORE, EL_TITLE},
    {STR("description"), NS_CORE, EL_DESCRIPTION},
    {STR("summary"), NS_CORE, EL_SUMMARY},
    {STR("abstract"), NS_CORE, EL_CDF_ABSTRACT},
    {STR("subtitle"), NS_CORE, EL_SUBTITLE},
    {STR("tagline"), NS_CORE, EL_SUBTITLE},
    {STR("content"), NS_CORE, EL_CONTENT},
    {STR("encoded"), NS_CORE, EL_ENCODED},
    {STR("fullitem"), NS_CORE, EL_ENCODED},
    {STR("body"), NS_CORE, EL_BODY},
    {STR("copyright"), NS_CORE, EL_RIGHTS},
    {STR("rights"), NS_CORE, EL_RIGHTS},
    {STR("generator"), NS_CORE, EL_GENERATOR},
    {STR("link"), NS_CORE, EL_LINK},
    {STR("id"), NS_CORE, EL_ID},
    {STR("guid"), NS_CORE, EL_GUID},
    {STR("comments"), NS_CORE, EL_COMMENTS},
    {STR("url"), NS_CORE, EL_URL},
    {STR("logo"), NS_CORE, EL_LOGO},
    {STR("icon"), NS_CORE, EL_ICON},
    {STR("enclosure"), NS_CORE, EL_ENCLOSURE},
    {STR("author"), NS_CORE, EL_AUTHOR},
    {STR("contributor"), NS_CORE, EL_CONTRIBUTOR},
    {STR("managingeditor"), NS_CORE, EL_MANAGING_EDITOR},
    {STR("webmaster"), NS_CORE, EL_WEBMASTER},
    {STR("name"), NS_CORE, EL_NAME},
    {STR("email"), NS_CORE, EL_EMAIL},
    {STR("uri"), NS_CORE, EL_URI},
    {STR("homepage"), NS_CORE, EL_URI},
    {STR("pubdate"), NS_CORE, EL_PUBDATE},
    {STR("published"), NS_CORE, EL_PUBLISHED},
    {STR("issued"), NS_CORE, EL_ISSUED},
    {STR("created"), NS_CORE, EL_CREATED},
    {STR("updated"), NS_CORE, EL_UPDATED},
    {STR("modified"), NS_CORE, EL_UPDATED},
    {STR("lastbuilddate"), NS_CORE, EL_LAST_BUILD},
    {STR("category"), NS_CORE, EL_CATEGORY},
    {STR("keywords"), NS_CORE, EL_KEYWORDS},
    {STR("tags"), NS_CORE, EL_KEYWORDS},
    {STR("language"), NS_CORE, EL_LANGUAGE},
    {STR("ttl"), NS_CORE, EL_TTL},
    {STR("skiphours"), NS_CORE, EL_SKIP_HOURS},
    {STR("hour"), NS_CORE, EL_HOUR},
    {STR("skipdays"), NS_CORE, EL_SKIP_DAYS},
    {STR("day"), NS_CORE, EL_DAY},
    {STR("creator"), NS_CORE, EL_CREATOR}, // its prefix was forgotten
    {STR("title"), NS_DC, EL_DC_TITLE},
    {STR("description"), NS_DC, EL_DC_DESCRIPTION},
    {STR("creator"), NS_DC, EL_CREATOR},
    {STR("author"), NS_DC, EL_CREATOR},
    {STR("contributor"), NS_DC, EL_CONTRIBUTOR},
    {STR("date"), NS_CORE, EL_DC_DATE},
    {STR("date"), NS_DC, EL_DC_DATE},
    {STR("subject"), NS_DC, EL_SUBJECT},
    {STR("language"), NS_DC, EL_LANGUAGE},
    {STR("rights"), NS_DC, EL_RIGHTS},
    {STR("identifier"), NS_DC, EL_DC_IDENTIFIER},
    {STR("title"), NS_DCTERMS, EL_DC_TITLE},
    {STR("description"), NS_DCTERMS, EL_DC_DESCRIPTION},
    {STR("abstract"), NS_DCTERMS, EL_DC_DESCRIPTION},
    {STR("creator"), NS_DCTERMS, EL_CREATOR},
    {STR("date"), NS_DCTERMS, EL_DC_DATE},
    {STR("issued"), NS_DCTERMS, EL_ISSUED},
    {STR("available"), NS_DCTERMS, EL_CREATED},
    {STR("created"), NS_DCTERMS, EL_CREATED},
    {STR("modified"), NS_DCTERMS, EL_DC_MODIFIED},
    {STR("subject"), NS_DCTERMS, EL_SUBJECT},
    {STR("language"), NS_DCTERMS, EL_LANGUAGE},
    {STR("rights"), NS_DCTERMS, EL_RIGHTS},
    {STR("encoded"), NS_CONTENT, EL_ENCODED},
    {STR("group"), NS_MEDIA, EL_MEDIA_GROUP},
    {STR("content"), NS_MEDIA, EL_MEDIA_CONTENT},
    {STR("peerlink"), NS_MEDIA, EL_MEDIA_CONTENT},
    {STR("thumbnail"), NS_MEDIA, EL_MEDIA_THUMBNAIL},
    {STR("title"), NS_MEDIA, EL_MEDIA_TITLE},
    {STR("description"), NS_MEDIA, EL_MEDIA_DESCRIPTION},
    {STR("category"), NS_MEDIA, EL_MEDIA_CATEGORY},
    {STR("keywords"), NS_MEDIA, EL_KEYWORDS},
    {STR("title"), NS_ITUNES, EL_MEDIA_TITLE},
    {STR("author"), NS_ITUNES, EL_ITUNES_AUTHOR},
    {STR("owner"), NS_ITUNES, EL_OWNER},
    {STR("name"), NS_ITUNES, EL_NAME},
    {STR("email"), NS_ITUNES, EL_EMAIL},
    {STR("summary"), NS_ITUNES, EL_ITUNES_SUMMARY},
    {STR("subtitle"), NS_ITUNES, EL_ITUNES_SUBTITLE},
    {STR("image"), NS_ITUNES, EL_ITUNES_IMAGE},
    {STR("category"), NS_ITUNES, EL_ITUNES_CATEGORY},
    {STR("keywords"), NS_ITUNES, EL_KEYWORDS},
    {STR("author"), NS_GOOGLEPLAY, EL_ITUNES_AUTHOR},
    {STR("description"), NS_GOOGLEPLAY, EL_ITUNES_SUMMARY},
    {STR("image"), NS_GOOGLEPLAY, EL_ITUNES_IMAGE},
    {STR("category"), NS_GOOGLEPLAY, EL_ITUNES_CATEGORY},
    {STR("updateperiod"), NS_SY, EL_UPDATE_PERIOD},
    {STR("updatefrequency"), NS_SY, EL_UPDATE_FREQUENCY},
    {STR("origlink"), NS_FEEDBURNER, EL_ORIG_LINK},
    {STR("generatoragent"), NS_ADMIN, EL_GENERATOR_AGENT},
    {STR("body"), NS_XHTML, EL_BODY},
    {STR("div"), NS_XHTML, EL_BODY},
    {STR("guid"), NS_PODCAST, EL_DC_IDENTIFIER},
    {STR("publicationdate"), NS_PRISM, EL_CREATED},
    {STR("coverdate"), NS_PRISM, EL_CREATED},
};

static struct str without_scheme(struct str uri)
{
    uri = str_trim(uri);
    size_t scheme = str_find(uri, S("://"));
    if (scheme < uri.n)
        uri = str_from(uri, scheme + 3);
    while (uri.n && uri.p[uri.n - 1] == '/')
        uri.n--;
    return uri;
}

enum name_space name_space_of(struct str uri, struct str prefix)
{
    struct str bare = without_scheme(uri);
    for (size_t i = 0; bare.n && i < sizeof spaces / sizeof spaces[0]; i++) {
        if (str_eq_nocase(bare, spaces[i].uri))
            return spaces[i].space;
    }
    for (size_t i = 0; prefix.n && i < sizeof spaces / sizeof spaces[0]; i++) {
        if (str_eq_nocase(prefix, spaces[i].prefix))
            return spaces[i].space;
    }
    return prefix.n ? NS_OTHER : NS_CORE;
}

static bool is_own(enum name_space space)
{
    return space == NS_CORE || space == NS_ATOM || space == NS_ATOM03 || space == NS_RDF || space == NS_RSS090 ||
           space == NS_RSS10 || space == NS_CDF;
}

static enum element look_up(enum name_space space, struct str local)
{
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        const struct str *row = &elements[i].local;
        bool may_be = elements[i].space == space && row->n == local.n && char_lower(local.p[0]) == row->p[0];
        if (may_be && str_eq_nocase(local, *row))
            return elements[i].element;
    }
    return EL_UNKNOWN;
}

enum element name_element(enum name_space space, struct str local, bool has_prefix)
{
    enum element element = look_up(is_own(space) ? NS_CORE : space, local);
    if (element == EL_UNKNOWN && !has_prefix && space != NS_XHTML)
        element = look_up(NS_CORE, local);
    return element;
}
