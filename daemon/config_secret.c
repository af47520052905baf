// SPDX-License-Identifier: MIT
//
// Secrets, which are never part of the configuration's text: a credential that the service manager passes, or a file.
// What is taken is whole: half a token would be sent, and refused far away.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config_parts.h"

// A service manager takes no name with a colon, nor do we take a key in the place of its name: names are told.
static bool is_credential_name(struct str name)
{
    bool is_secret = str_find_char(name, ':') < name.n || str_starts(name, S("whsec_"));
    bool is_folder = str_eq(name, S(".")) || str_eq(name, S("..")) || str_find_char(name, '/') < name.n;
    return name.n && !is_secret && !is_folder;
}

// Reads an open file, which out may hold at most.
static bool read_whole(int fd, struct secret *out, struct err *err)
{
    size_t n = 0;
    while (n < sizeof out->bytes) {
        ssize_t got = read(fd, out->bytes + n, sizeof out->bytes - n);
        if (got < 0 && errno != EINTR)
            return err_set(err, "%s", strerror(errno));
        if (got == 0)
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    out->text = str_trim(str_make(out->bytes, n));
    if (n > SECRET_BYTES_MAX)
        return err_set(err, "it is over %d bytes", SECRET_BYTES_MAX);
    return n > 0 || err_set(err, "it is empty");
}

static bool read_file(const char *path, struct secret *out, bool *out_is_public, struct err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); // a FIFO that nobody writes is not waited for
    if (fd < 0)
        return err_set(err, "the secret in %s cannot be read: %s", path, strerror(errno));
    bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (ok)
        ok = read_whole(fd, out, err);
    else
        err_set(err, "it is no file");
    close(fd);
    *out_is_public = ok && (st.st_mode & S_IROTH);
    return ok || err_wrap(err, "the secret in %s cannot be read", path);
}

static bool read_credential(struct str name, struct arena *a, struct secret *out, struct err *err)
{
    bool is_public; // the manager's folder keeps others out
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (!folder)
        return err_set(err, "credential \"%.*s\" was not passed: the service manager sets no CREDENTIALS_DIRECTORY",
                       STR_ARG(name));
    return read_file(arena_fmt(a, "%s/%.*s", folder, STR_ARG(name)).p, out, &is_public, err);
}

enum config_secret config_read_secret(const struct conf_node *node, const char *without, struct diags *diags,
                                      struct secret *out, struct err *err)
{
    const struct conf_value *value = &node->args[0];
    struct str path = str_from(value->text, 5), name = str_from(value->text, 11);
    bool is_file = str_starts(value->text, S("file:")) && path.n, is_public = false, ok;
    out->text = (struct str){0};
    if (!is_file && !(str_starts(value->text, S("credential:")) && is_credential_name(name))) {
        struct diag *d = conf_error(diags, node, value, "expected credential:NAME or file:PATH");
        diag_help(diags, d, "a secret stands in a file of its own, never in the configuration");
        return SECRET_WRONG;
    }
    if (is_file) {
        path = config_place(path, node->source->name, &diags->arena);
        ok = read_file(path.p, out, &is_public, err);
    } else {
        ok = read_credential(name, &diags->arena, out, err);
    }
    if (!ok) {
        diag_add(diags, DIAG_WARNING, node->source, value->at, value->n, "%s: %s", without, err->text);
        return SECRET_MISSING;
    }
    if (is_public) {
        struct diag *d = diag_add(diags, DIAG_WARNING, node->source, value->at, value->n,
                                  "everyone on this machine can read the secret");
        diag_help(diags, d, "chmod o-rwx %.*s", STR_ARG(path));
    }
    return SECRET_READ;
}
