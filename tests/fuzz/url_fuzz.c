// SPDX-License-Identifier: MIT
//
// Any bytes as a base and a reference, split at the first line end: the parts must make up the whole, a canonical form
// must be its own canonical form, and nothing secret may be left by redaction.
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "feeds/address.h"
#include "feeds/url.h"

static void check(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "url_fuzz: %s\n", what);
    abort();
}

static void check_parts(struct str text)
{
    struct url u = url_cut(text);
    struct str trimmed = str_trim(text);
    size_t n = u.path.n + (u.scheme.n ? u.scheme.n + 1 : 0) + (u.has_authority ? 2 + u.host.n : 0) +
               (u.userinfo.p ? u.userinfo.n + 1 : 0) + (u.port.p ? u.port.n + 1 : 0) + (u.query.p ? u.query.n + 1 : 0) +
               (u.fragment.p ? u.fragment.n + 1 : 0);
    check(n == trimmed.n, "the parts do not make up the whole");
}

static void check_canonical(struct str url, struct arena *a)
{
    struct str once = url_canonical(a, url);
    if (!str_starts(once, S("//")) || !url_is_http(url))
        return;
    struct str again = url_canonical(a, arena_fmt(a, "https:%.*s", STR_ARG(once)));
    check(once.n > URL_BYTES_MAX / 2 || str_eq(once, again), "the canonical form has another one");
}

static void check_redacted(struct str url, struct arena *a)
{
    struct str text = url_redacted(a, url);
    check(utf8_valid(text) == text.n, "a log line would not be UTF-8");
    for (size_t i = 0; i < text.n; i++)
        check((unsigned char)text.p[i] >= ' ', "a log line would break");
}

static void check_mended(struct str base, struct str reference, struct arena *a)
{
    struct str mended = url_mend(a, base, reference);
    check(utf8_valid(reference) != reference.n || utf8_valid(mended) == mended.n, "a mended address is not UTF-8");
    bool may_be_mended = str_find_char(reference, '&') < reference.n || str_find_char(reference, '<') < reference.n ||
                         str_starts_nocase(url_cut(reference).host, S("http"));
    for (size_t i = 0; i < reference.n; i++)
        may_be_mended |= (unsigned char)reference.p[i] >= 0x80;
    check(may_be_mended || !url_is_fetchable(reference, NULL) || str_eq(mended, reference), "a sound address was mended");
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct str reference = str_make((const char *)data, size), base = str_cut(&reference, '\n');
    struct arena a;
    unsigned char address[16];
    const char *why = NULL;
    arena_init(&a, 64 << 20);
    check_parts(base);
    check_parts(reference);
    check_mended(base, reference, &a);
    struct str resolved = url_resolve(&a, base, reference);
    check(!url_is_http(base) || base.n > URL_BYTES_MAX || url_cut(reference).scheme.n || resolved.n > URL_BYTES_MAX ||
              url_cut(resolved).scheme.n,
          "a reference did not become absolute");
    check_canonical(resolved, &a);
    check_redacted(base, &a);
    check(url_is_fetchable(resolved, &why) || why, "refused without a reason");
    url_host_key(&a, base);
    url_host(&a, base);
    url_is_safe_link(base);
    check(!url_is_safe_link(base) || !str_starts_nocase(base, S("javascript:")), "a script is a safe link");
    size_t n = address_read(base, address);
    if (n)
        is_public_address(address, n);
    arena_done(&a);
    return 0;
}
