// SPDX-License-Identifier: MIT
//
// The elements that feeds are made of: a name and its namespace -> one enum, whatever version or spelling.
//
// Namespaces are known by their URI (http or https, final slash or not, any case); a prefix that nobody declared, or
// that was declared with a URI that is nobody's (they are often misspelt), means what it usually means. An element
// without a prefix whose namespace is none of a feed's counts as the feed's own: default namespaces are often wrong.
// Names are compared without case.
#ifndef FEEDS_NAMES_H
#define FEEDS_NAMES_H

#include "base/str.h"

enum name_space {
    NS_CORE, // none, or a version of RSS, or one that is nobody's
    NS_ATOM,
    NS_ATOM03,
    NS_RDF,
    NS_RSS090,
    NS_RSS10,
    NS_CDF,
    NS_DC,
    NS_DCTERMS,
    NS_CONTENT,
    NS_MEDIA,
    NS_ITUNES,
    NS_SY,
    NS_FEEDBURNER,
    NS_ADMIN,
    NS_XHTML,
    NS_PODCAST,
    NS_GOOGLEPLAY,
    NS_PRISM,
    NS_OTHER, // somebody's, under a prefix: never a feed's field
};

enum element {
    EL_UNKNOWN,
    // structure
    EL_RSS, EL_RDF, EL_FEED, EL_CHANNEL, EL_ITEM, EL_IMAGE, EL_TEXTINPUT, EL_SOURCE, EL_MEDIA_GROUP,
    // texts
    EL_TITLE, EL_DESCRIPTION, EL_SUMMARY, EL_SUBTITLE, EL_CONTENT, EL_ENCODED, EL_BODY, EL_RIGHTS, EL_GENERATOR,
    EL_MEDIA_TITLE, EL_MEDIA_DESCRIPTION, EL_ITUNES_SUMMARY, EL_ITUNES_SUBTITLE, EL_DC_TITLE, EL_DC_DESCRIPTION,
    // addresses and ids
    EL_LINK, EL_ID, EL_GUID, EL_COMMENTS, EL_URL, EL_LOGO, EL_ICON, EL_ENCLOSURE, EL_MEDIA_CONTENT,
    EL_MEDIA_THUMBNAIL, EL_ITUNES_IMAGE, EL_ORIG_LINK, EL_DC_IDENTIFIER, EL_DC_SOURCE, EL_GENERATOR_AGENT,
    // people
    EL_AUTHOR, EL_CONTRIBUTOR, EL_CREATOR, EL_MANAGING_EDITOR, EL_WEBMASTER, EL_OWNER, EL_NAME, EL_EMAIL, EL_URI,
    EL_ITUNES_AUTHOR,
    // dates
    EL_PUBDATE, EL_PUBLISHED, EL_ISSUED, EL_CREATED, EL_UPDATED, EL_LAST_BUILD, EL_DC_DATE, EL_DC_MODIFIED,
    // the rest
    EL_CATEGORY, EL_SUBJECT, EL_KEYWORDS, EL_ITUNES_CATEGORY, EL_MEDIA_CATEGORY, EL_LANGUAGE, EL_TTL, EL_SKIP_HOURS,
    EL_HOUR, EL_SKIP_DAYS, EL_DAY, EL_UPDATE_PERIOD, EL_UPDATE_FREQUENCY, EL_CDF_ABSTRACT,
};

// Returns the namespace that a URI and a prefix mean; each may be empty.
enum name_space name_space_of(struct str uri, struct str prefix);

// Returns the element of that local name in that namespace; has_prefix says that the feed wrote one.
enum element name_element(enum name_space space, struct str local, bool has_prefix);

#endif
