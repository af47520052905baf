// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <netinet/in.h>
#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/http_parts.h"
#include "feeds/address.h"
#include "feeds/url.h"

static bool fail(struct http_transfer *t, enum fault fault, const char *text)
{
    if (t->fault != FAULT_NONE)
        return false;
    t->fault = fault;
    snprintf(t->own, sizeof t->own, "%s", text);
    return false;
}

// Tells whether the request may go to this address, and notes why not.
static bool may_connect(struct http_transfer *t, const unsigned char *bytes, size_t n)
{
    if (t->request.proxy || t->request.reach == HTTP_ANY) // a proxy is the administrator's word
        return true;
    bool is_public_only = t->request.reach == HTTP_PUBLIC;
    if (is_public_only ? is_public_address(bytes, n) : !is_metadata_address(bytes, n))
        return true;
    char address[INET6_ADDRSTRLEN] = "?";
    inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, address, sizeof address);
    char text[160];
    snprintf(text, sizeof text, is_public_only ? "blocked: %s is not a public address (allow-private yes lets it)" :
             "blocked: %s is where clouds answer with credentials", address);
    return fail(t, FAULT_PRIVATE, text);
}

static curl_socket_t on_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_transfer *t = context;
    (void)purpose;
    const struct sockaddr *sa = &address->addr;
    bool ok = false;
    if (sa->sa_family == AF_INET)
        ok = may_connect(t, (const unsigned char *)&((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
    else if (sa->sa_family == AF_INET6)
        ok = may_connect(t, (const unsigned char *)&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
    if (!ok)
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// A kept connection was opened under another request's permission.
static int on_before_request(void *context, char *peer, char *local, int peer_port, int local_port)
{
    struct http_transfer *t = context;
    (void)local, (void)local_port;
    unsigned char bytes[16];
    size_t n = address_read(str_of(peer), bytes);
    bool has_colon = strchr(peer, ':');
    snprintf(t->address, sizeof t->address, has_colon ? "[%.45s]:%d" : "%.45s:%d", peer, peer_port);
    return n && !may_connect(t, bytes, n) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct http_transfer *t = context;
    size_t n = size * count;
    t->head_bytes += n;
    if (t->head_bytes > HTTP_HEAD_BYTES_MAX) {
        fail(t, FAULT_PROTOCOL, "the header is longer than 64 KiB");
        return 0;
    }
    struct str line = str_trim(str_make(bytes, n));
    if (line.n && t->request.line)
        t->request.line(t->request.context, line);
    if (!line.n) {
        long status = 0;
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
        t->has_head = t->has_head || status >= 200;
    }
    return n;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct http_transfer *t = context;
    size_t n = size * count;
    t->body_bytes += n;
    if (t->body_bytes > t->request.body_bytes_max) {
        if (t->request.cut_body)
            return n;
        char text[96];
        snprintf(text, sizeof text, "the body is larger than %llu MiB, unpacked",
                 (unsigned long long)(t->request.body_bytes_max >> 20));
        fail(t, FAULT_TOO_LARGE, text);
        return 0;
    }
    if (t->request.piece && !t->request.piece(t->request.context, bytes, n))
        return fail(t, FAULT_BROKEN_OFF, "given up"), (size_t)0;
    return n;
}

struct http_transfer *transfer_new(struct http *http)
{
    struct http_transfer *t = mem_alloc(sizeof *t);
    t->http = http;
    t->had_rare = true; // nothing is set yet
    t->easy = curl_easy_init();
    assert(t->easy);
    CURL *e = t->easy;
    curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, 30L);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, (long)HTTP_SLOW_BYTES_S);
    curl_easy_setopt(e, CURLOPT_NOPROXY, ""); // else looked for in the environment at each transfer
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->text);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_before_request);
    curl_easy_setopt(e, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    return t;
}

void transfer_free(struct http_transfer *t)
{
    transfer_clear(t);
    curl_easy_cleanup(t->easy);
    mem_free(t);
}

void transfer_clear(struct http_transfer *t)
{
    mem_free(t->headers);
    curl_slist_free_all(t->resolve);
    t->headers = t->resolve = NULL;
}

// The cache entry that the handle's last use made goes, this use's comes: nothing piles up for a million hosts.
static void hand_over_addresses(struct http_transfer *t, struct str addresses)
{
    if (!t->drop[0] && !addresses.n)
        return; // as the last time: the URL holds an address
    if (t->drop[0])
        t->resolve = curl_slist_append(t->resolve, t->drop);
    t->drop[0] = 0;
    struct arena a;
    arena_init(&a, URL_BYTES_MAX);
    struct str url = str_of(t->request.url), host = url_host(&a, url);
    if (addresses.n && host.n < sizeof t->drop - 8) {
        char entry[RESOLVE_TEXT_BYTES + sizeof t->drop];
        snprintf(t->drop, sizeof t->drop, "-%.*s:%u", STR_ARG(host), url_port(url));
        snprintf(entry, sizeof entry, "%.*s:%u:%.*s", STR_ARG(host), url_port(url), STR_ARG(addresses));
        t->resolve = curl_slist_append(t->resolve, entry);
    }
    arena_done(&a);
    curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->resolve);
}

static struct curl_slist *add_line(struct curl_slist *at, const char *line)
{
    *at = (struct curl_slist){.data = (char *)(uintptr_t)line}; // curl reads it alone
    at[-1].next = at;
    return at + 1;
}

// curl writes its own lines letter by letter, twice; given as these they are written once. The list is one piece of
// memory, and its lines are where they were: curl's own functions would copy each.
static void add_headers(struct http_transfer *t)
{
    enum { OWN = 4 }; // a head for the list, and the three lines below
    const struct http_request *r = &t->request;
    size_t n = OWN;
    for (const char *const *h = r->headers; h && *h; h++)
        n++;
    t->headers = mem_alloc_array(n, sizeof *t->headers);
    struct curl_slist *at = add_line(t->headers + 1, t->http->agent_line);
    if (r->encodings) {
        snprintf(t->encodings_line, sizeof t->encodings_line, "Accept-Encoding: %s", r->encodings);
        at = add_line(at, t->encodings_line);
    }
    for (const char *const *h = r->headers; h && *h; h++)
        at = add_line(at, *h);
    if (r->body.p)
        add_line(at, "Expect:"); // no 100-continue: one round trip
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers->next);
}

// What few requests have is set only for them, and for the next one of the handle.
static void set_rare(struct http_transfer *t)
{
    CURL *e = t->easy;
    const struct http_request *r = &t->request;
    bool has_rare = r->ca || r->client_certificate || r->client_key || r->proxy || r->user_password || r->head_ms;
    if (has_rare || t->had_rare) {
        curl_easy_setopt(e, CURLOPT_CAINFO, r->ca ? r->ca : t->http->ca);
        curl_easy_setopt(e, CURLOPT_SSLCERT, r->client_certificate);
        curl_easy_setopt(e, CURLOPT_SSLKEY, r->client_key);
        curl_easy_setopt(e, CURLOPT_PROXY, r->proxy ? r->proxy : ""); // "": not the environment's either
        curl_easy_setopt(e, CURLOPT_USERPWD, r->user_password);
        curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, r->head_ms ? 0L : (long)HTTP_SLOW_S);
    }
    t->had_rare = has_rare;
}

void transfer_prepare(struct http_transfer *t, struct str addresses)
{
    CURL *e = t->easy;
    const struct http_request *r = &t->request;
    hand_over_addresses(t, addresses);
    add_headers(t);
    if (r->body.p) {
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, r->body.p);
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        curl_easy_setopt(e, CURLOPT_POST, 1L);
    } else {
        curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(e, CURLOPT_URL, r->url);
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, r->encodings);
    set_rare(t);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)(r->connect_ms ? r->connect_ms : HTTP_CONNECT_MS));
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
}

static enum fault fault_of(CURLcode code)
{
    switch ((int)code) {
    case CURLE_OK:
        return FAULT_NONE;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return FAULT_ADDRESS;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return FAULT_RESOLVE;
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED:
        return FAULT_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return FAULT_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return FAULT_TLS;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
        return FAULT_BROKEN_OFF;
    case CURLE_BAD_CONTENT_ENCODING:
        return FAULT_ENCODING;
    default:
        return FAULT_PROTOCOL;
    }
}

// Tells whether curl's text quotes the proxy, which may have a password in it. Its text has room for 255 bytes: the
// beginning is looked for.
static bool quotes_proxy(const struct http_transfer *t)
{
    struct str proxy = str_head(str_of(t->request.proxy), 10), text = str_of(t->text);
    return proxy.n && str_find(text, proxy) < text.n;
}

void transfer_note_end(struct http_transfer *t, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->status = status > 0 && status < 1000 ? (uint32_t)status : 0;
    if (code == CURLE_OK) {
        t->fault = FAULT_NONE; // a refused address does not count when another one served
        t->text[0] = 0;
    } else if (t->fault != FAULT_NONE) {
        snprintf(t->text, sizeof t->text, "%s", t->own);
    } else {
        t->fault = fault_of(code);
        if (!t->text[0] || quotes_proxy(t))
            snprintf(t->text, sizeof t->text, "%s", curl_easy_strerror(code));
        if (t->text[0] >= 'A' && t->text[0] <= 'Z' && t->text[1] >= 'a' && t->text[1] <= 'z')
            t->text[0] = char_lower(t->text[0]); // our errors begin in lower case
    }
}
