// SPDX-License-Identifier: MIT
//
// Addresses: resolving, comparing, showing. Nothing here asks the network. Results live in the arena that is given, or
// are views into the argument.
#ifndef FEEDS_URL_H
#define FEEDS_URL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum { URL_BYTES_MAX = 8192 }; // longer ones are no address (RFC 9110 section 4.1 asks for 8,000 at least)

// An address cut at its delimiters, each part a view (RFC 3986 section 3). A part that is not there has p NULL; one
// that is there and empty has p set and n 0. The path is always there.
struct url {
    struct str scheme;
    struct str userinfo; // without its @
    struct str host;     // with the brackets of an IPv6 address
    struct str port;     // digits
    struct str path;
    struct str query;    // without its ?
    struct str fragment; // without its #
    bool has_authority;  // "//" was there
};

// Cuts a reference into its parts; any text can be cut. Surrounding white space is not part of it.
struct url url_cut(struct str text);

// Returns `reference` made absolute against `base` (RFC 3986 section 5.2, strict), with white space at its ends, tabs
// and line breaks taken out, and blanks and control characters escaped; other characters stay as they are, beyond ASCII
// too. "http:page" is relative, as in browsers. Where base is empty or not absolute, or the reference too long, the
// trimmed reference as it is.
struct str url_resolve(struct arena *a, struct str base, struct str reference);

// Returns a reference as its author meant it: without blanks of any script, quotes, angle brackets or a broken tag
// round it (of `<a href="...">` the href), with each '&' that was escaped once too often ("&amp;", "&#038;") unescaped,
// with the colon and the slashes of http and https where they were lost, turned round or doubled ("http:/e.org",
// "http:\\e.org", "http://http://e.org"), and with a scheme, the base's or http, before a host that has none: one with
// "www.", or the base's own. Any other reference as it is. What is no view of the reference lives in the arena.
struct str url_mend(struct arena *a, struct str base, struct str reference);

// Returns the length of what escapes a '&' too often at the start of s, the text behind that '&'; 0 where nothing does.
size_t url_escaped_ampersand(struct str s);

// Appends a path without its dot segments (RFC 3986 section 5.2.4).
void url_add_path(struct buf *out, struct str path);

// Tells whether a text is an absolute address whose scheme is http or https, with a host and a port that can be.
bool url_is_http(struct str url);
bool url_parts_are_http(const struct url *u);

// Tells whether an absolute address may be fetched: http or https, a host, a valid port, no control character or
// blank, at most URL_BYTES_MAX bytes. On false, *out_why says what is wrong (a static phrase); NULL is accepted.
bool url_is_fetchable(struct str url, const char **out_why);

// Returns the form that one page's addresses share, for comparing and for ids, never for fetching: http and https
// alike (written without a scheme: "//host/path"), host in lower case and IDNA's ASCII form, without a final dot,
// userinfo, default port, default path; percent escapes normalised (RFC 3986 section 6.2.2); dot segments resolved;
// without the parameters that only say where a reader came from (utm_*, fbclid, gclid and their like) or name his visit
// (PHPSESSID, ;jsessionid=); the order of the others and the fragment stay, unless that only tracks. Text that is no
// http address comes back trimmed.
struct str url_canonical(struct arena *a, struct str url);

// Tells whether a query parameter of this name only tracks readers.
bool url_is_tracking(struct str name);

// Returns host[:port] in lower case and IDNA's ASCII form, the port only where it is not the scheme's own: the key of a
// server for politeness, TLS sessions and sharding. Empty where the address has no host.
struct str url_host_key(struct arena *a, struct str url);
struct str url_parts_host_key(struct arena *a, const struct url *u);

// Returns an address, or a reference, without what may be a secret of who asks: userinfo, query and fragment. What
// relative links are resolved against, for those leave the process.
struct str url_public(struct arena *a, struct str url);

// Returns the host alone, lower case, ASCII, without brackets, as a resolver wants it. Empty where there is none.
struct str url_host(struct arena *a, struct str url);

// Returns the port that the address leads to: the written one, or the scheme's; 0 where neither is known or it is bad.
uint16_t url_port(struct str url);

// Tells whether two addresses have the same scheme, host and port (RFC 6454): credentials may follow a redirect then.
bool url_same_origin(struct str a, struct str b);

// Appends an address as it may stand in a log or an error: userinfo as "***@", each value of the query as "***" (its
// names stay), no fragment; the rest sanitised.
void url_redact(struct str url, struct buf *out);

// Returns the same in the arena.
struct str url_redacted(struct arena *a, struct str url);

// Tells whether an address may stand as a link in an alert or on a page: http, https, mailto, or relative; never
// javascript:, data:, file: and their like, however written.
bool url_is_safe_link(struct str url);

#endif
