// SPDX-License-Identifier: MIT
//
// What a configuration says of the world around it: files that must be there, folders that are written to, proxies, the
// path of the socket. What may yet come (a mount, a folder that another service makes) is warned of, as a missing
// secret is; what can never be is an error.
#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/api_socket.h"
#include "daemon/config_parts.h"

static struct str path_of(const struct conf_node *node, struct arena *a)
{
    return config_place(node->args[0].text, node->source->name, a);
}

static void check_file(const struct conf_node *node, struct diags *diags)
{
    const struct conf_value *value = &node->args[0];
    if (access(path_of(node, &diags->arena).p, R_OK) != 0)
        diag_add(diags, DIAG_WARNING, node->source, value->at, value->n,
                 "the file cannot be read: %s; each request that needs it fails", strerror(errno));
}

// The folder of a file that is written to; the file itself may be missing.
static void check_folder(const struct conf_node *node, struct diags *diags)
{
    const struct conf_value *value = &node->args[0];
    struct str path = path_of(node, &diags->arena);
    size_t n = path.n;
    while (n && path.p[n - 1] != '/')
        n--;
    const char *folder = arena_dupz(&diags->arena, n > 1 ? str_head(path, n - 1) : str_head(path, n));
    struct stat st;
    if (!n || (stat(folder, &st) == 0 && S_ISDIR(st.st_mode)))
        return;
    diag_add(diags, DIAG_WARNING, node->source, value->at, value->n,
             "there is no folder %s; its alerts wait in the outbox until there is one", folder);
}

static bool has_part(CURLU *url, CURLUPart part, const char *but)
{
    char *text = NULL;
    bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK && strcmp(text, but) != 0;
    curl_free(text);
    return has;
}

static bool is_proxy_scheme(CURLU *url)
{
    static const struct str schemes[] = {STR("http"), STR("https"), STR("socks4"), STR("socks4a"), STR("socks5"),
                                         STR("socks5h")};
    char *scheme = NULL;
    bool is_known = false;
    if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK)
        for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
            is_known = is_known || str_eq_nocase(str_of(scheme), schemes[i]);
    curl_free(scheme);
    return is_known;
}

// Reads it as curl will, which tells what it cannot read whole, with the password: nothing of that may get so far. What
// stands behind the port is the rest of a login that has a # ? or / in it, and the host is a wrong one then.
static void check_proxy(const struct conf_node *node, struct diags *diags)
{
    const struct conf_value *value = &node->args[0];
    if (str_eq(value->text, S("none")))
        return;
    CURLU *url = curl_url();
    assert(url);
    bool is_read = curl_url_set(url, CURLUPART_URL, arena_dupz(&diags->arena, value->text),
                                CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME) == CURLUE_OK;
    bool is_known = is_read && is_proxy_scheme(url);
    bool has_rest = is_read && (has_part(url, CURLUPART_PATH, "/") || has_part(url, CURLUPART_QUERY, "") ||
                                has_part(url, CURLUPART_FRAGMENT, ""));
    curl_url_cleanup(url);
    if (is_known && !has_rest)
        return;
    struct diag *d = conf_error(diags, node, value, "expected http://HOST:PORT, socks5h://HOST:PORT or none");
    if (!is_read || has_rest)
        diag_help(diags, d, "in a user or a password # is written %%23, ? %%3F, / %%2F, @ %%40, %% %%25, a blank %%20");
}

static void check_socket(const struct conf_node *node, struct diags *diags)
{
    struct str path = path_of(node, &diags->arena);
    if (path.n > API_SOCKET_PATH_BYTES_MAX)
        conf_error(diags, node, &node->args[0], "the path has %zu bytes, the system allows %d; choose a shorter one",
                   path.n, API_SOCKET_PATH_BYTES_MAX);
}

static void check_one(const struct conf_node *node, struct diags *diags)
{
    static const struct {
        struct str word;
        void (*check)(const struct conf_node *node, struct diags *diags);
    } checks[] = {
        {STR("ca"), check_file},
        {STR("client-certificate"), check_file},
        {STR("client-key"), check_file},
        {STR("path"), check_folder},
        {STR("proxy"), check_proxy},
        {STR("socket"), check_socket},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (!node->is_broken && node->n_args && str_eq(node->spec->word, checks[i].word))
            checks[i].check(node, diags);
}

void config_check_outside(const struct config *config, struct diags *diags)
{
    for (const struct conf_node *node = config->conf.first; node; node = node->next) {
        check_one(node, diags);
        for (const struct conf_node *inner = node->first; inner; inner = inner->next)
            check_one(inner, diags);
    }
}
