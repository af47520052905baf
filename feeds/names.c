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
};

struct element_row {
    enum name_space space;
    struct str local; // lower case
    enum element element;
};

// NS_CORE stands for all of the feed's own namespaces: RSS, Atom, RDF, CDF.
static const struct element_row elements[] = {
    {NS_CORE, STR("rss"), EL_RSS},
    {NS_CORE, STR("rdf"), EL_RDF},
    {NS_CORE, STR("feed"), EL_FEED},
    {NS_CORE, STR("channel"), EL_CHANNEL},
    {NS_CORE, STR("item"), EL_ITEM},
    {NS_CORE, STR("entry"), EL_ITEM},
    {NS_CORE, STR("image"), EL_IMAGE},
    {NS_CORE, STR("textinput"), EL_TEXTINPUT},
    {NS_CORE, STR("source"), EL_SOURCE},
    {NS_CORE, STR("title"), EL_TITLE},
    {NS_CORE, STR("description"), EL_DESCRIPTION},
    {NS_CORE, STR("summary"), EL_SUMMARY},
    {NS_CORE, STR("abstract"), EL_CDF_ABSTRACT},
    {NS_CORE, STR("subtitle"), EL_SUBTITLE},
    {NS_CORE, STR("tagline"), EL_SUBTITLE},
    {NS_CORE, STR("content"), EL_CONTENT},
    {NS_CORE, STR("encoded"), EL_ENCODED},
    {NS_CORE, STR("fullitem"), EL_ENCODED},
    {NS_CORE, STR("body"), EL_BODY},
    {NS_CORE, STR("copyright"), EL_RIGHTS},
    {NS_CORE, STR("rights"), EL_RIGHTS},
    {NS_CORE, STR("generator"), EL_GENERATOR},
    {NS_CORE, STR("link"), EL_LINK},
    {NS_CORE, STR("id"), EL_ID},
    {NS_CORE, STR("guid"), EL_GUID},
    {NS_CORE, STR("comments"), EL_COMMENTS},
    {NS_CORE, STR("url"), EL_URL},
    {NS_CORE, STR("logo"), EL_LOGO},
    {NS_CORE, STR("icon"), EL_ICON},
    {NS_CORE, STR("enclosure"), EL_ENCLOSURE},
    {NS_CORE, STR("author"), EL_AUTHOR},
    {NS_CORE, STR("contributor"), EL_CONTRIBUTOR},
    {NS_CORE, STR("managingeditor"), EL_MANAGING_EDITOR},
    {NS_CORE, STR("webmaster"), EL_WEBMASTER},
    {NS_CORE, STR("name"), EL_NAME},
    {NS_CORE, STR("email"), EL_EMAIL},
    {NS_CORE, STR("uri"), EL_URI},
    {NS_CORE, STR("homepage"), EL_URI},
    {NS_CORE, STR("pubdate"), EL_PUBDATE},
    {NS_CORE, STR("published"), EL_PUBLISHED},
    {NS_CORE, STR("issued"), EL_ISSUED},
    {NS_CORE, STR("created"), EL_CREATED},
    {NS_CORE, STR("updated"), EL_UPDATED},
    {NS_CORE, STR("modified"), EL_UPDATED},
    {NS_CORE, STR("lastbuilddate"), EL_LAST_BUILD},
    {NS_CORE, STR("category"), EL_CATEGORY},
    {NS_CORE, STR("keywords"), EL_KEYWORDS},
    {NS_CORE, STR("tags"), EL_KEYWORDS},
    {NS_CORE, STR("language"), EL_LANGUAGE},
    {NS_CORE, STR("ttl"), EL_TTL},
    {NS_CORE, STR("skiphours"), EL_SKIP_HOURS},
    {NS_CORE, STR("hour"), EL_HOUR},
    {NS_CORE, STR("skipdays"), EL_SKIP_DAYS},
    {NS_CORE, STR("day"), EL_DAY},
    {NS_DC, STR("title"), EL_DC_TITLE},
    {NS_DC, STR("description"), EL_DC_DESCRIPTION},
    {NS_DC, STR("creator"), EL_CREATOR},
    {NS_DC, STR("author"), EL_CREATOR},
    {NS_DC, STR("contributor"), EL_CONTRIBUTOR},
    {NS_DC, STR("date"), EL_DC_DATE},
    {NS_DC, STR("subject"), EL_SUBJECT},
    {NS_DC, STR("language"), EL_LANGUAGE},
    {NS_DC, STR("rights"), EL_RIGHTS},
    {NS_DC, STR("identifier"), EL_DC_IDENTIFIER},
    {NS_DCTERMS, STR("title"), EL_DC_TITLE},
    {NS_DCTERMS, STR("description"), EL_DC_DESCRIPTION},
    {NS_DCTERMS, STR("abstract"), EL_DC_DESCRIPTION},
    {NS_DCTERMS, STR("creator"), EL_CREATOR},
    {NS_DCTERMS, STR("date"), EL_DC_DATE},
    {NS_DCTERMS, STR("issued"), EL_ISSUED},
    {NS_DCTERMS, STR("created"), EL_CREATED},
    {NS_DCTERMS, STR("modified"), EL_DC_MODIFIED},
    {NS_DCTERMS, STR("subject"), EL_SUBJECT},
    {NS_DCTERMS, STR("language"), EL_LANGUAGE},
    {NS_DCTERMS, STR("rights"), EL_RIGHTS},
    {NS_CONTENT, STR("encoded"), EL_ENCODED},
    {NS_MEDIA, STR("group"), EL_MEDIA_GROUP},
    {NS_MEDIA, STR("content"), EL_MEDIA_CONTENT},
    {NS_MEDIA, STR("thumbnail"), EL_MEDIA_THUMBNAIL},
    {NS_MEDIA, STR("title"), EL_MEDIA_TITLE},
    {NS_MEDIA, STR("description"), EL_MEDIA_DESCRIPTION},
    {NS_MEDIA, STR("category"), EL_MEDIA_CATEGORY},
    {NS_MEDIA, STR("keywords"), EL_KEYWORDS},
    {NS_ITUNES, STR("author"), EL_ITUNES_AUTHOR},
    {NS_ITUNES, STR("owner"), EL_OWNER},
    {NS_ITUNES, STR("name"), EL_NAME},
    {NS_ITUNES, STR("email"), EL_EMAIL},
    {NS_ITUNES, STR("summary"), EL_ITUNES_SUMMARY},
    {NS_ITUNES, STR("subtitle"), EL_ITUNES_SUBTITLE},
    {NS_ITUNES, STR("image"), EL_ITUNES_IMAGE},
    {NS_ITUNES, STR("category"), EL_ITUNES_CATEGORY},
    {NS_ITUNES, STR("keywords"), EL_KEYWORDS},
    {NS_GOOGLEPLAY, STR("author"), EL_ITUNES_AUTHOR},
    {NS_GOOGLEPLAY, STR("description"), EL_ITUNES_SUMMARY},
    {NS_GOOGLEPLAY, STR("image"), EL_ITUNES_IMAGE},
    {NS_GOOGLEPLAY, STR("category"), EL_ITUNES_CATEGORY},
    {NS_SY, STR("updateperiod"), EL_UPDATE_PERIOD},
    {NS_SY, STR("updatefrequency"), EL_UPDATE_FREQUENCY},
    {NS_FEEDBURNER, STR("origlink"), EL_ORIG_LINK},
    {NS_ADMIN, STR("generatoragent"), EL_GENERATOR_AGENT},
    {NS_XHTML, STR("body"), EL_BODY},
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
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        if (bare.n ? str_eq_nocase(bare, spaces[i].uri)
                   : prefix.n && str_eq_nocase(prefix, spaces[i].prefix))
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
