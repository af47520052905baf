// SPDX-License-Identifier: MIT
//
// What a configuration says of the world around it: files that must be there, folders that are written to, proxies, the
// path of the socket. What may yet come (a mount, a folder that another service makes) is warned of, as a missing
// secret is; what can never be is an error.
#include <errno.h>
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

static void check_proxy(const struct conf_node *node, struct diags *diags)
{
    static const struct str schemes[] = {STR("http"), STR("https"), STR("socks4"), STR("socks4a"), STR("socks5"),
                                         STR("socks5h")};
    const struct conf_value *value = &node->args[0];
    size_t n = str_find(value->text, S("://"));
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (str_eq_nocase(str_head(value->text, n), schemes[i]) && n + 3 < value->text.n)
            return;
    if (n < value->text.n || !value->text.n)
        conf_error(diags, node, value, "expected http://HOST:PORT, socks5h://HOST:PORT or none");
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
