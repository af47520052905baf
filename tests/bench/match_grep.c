// SPDX-License-Identifier: MIT
//
// grep as a peer of bench-match. See match_grep.h.
//
// What it prints goes through a pipe and is counted: with /dev/null behind it GNU grep stops at the first match.
#define _GNU_SOURCE // wait4
#include "tests/bench/match_grep.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_line(FILE *file, struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        putc(text.p[i] == '\n' ? ' ' : text.p[i], file);
    putc('\n', file);
}

static bool write_terms(const char *path, const struct str *terms, size_t n)
{
    FILE *file = fopen(path, "we");
    for (size_t i = 0; file && i < n; i++)
        write_line(file, terms[i]);
    return file && fclose(file) == 0;
}

static bool write_docs(const char *path, const struct bench_corpus *c, size_t n)
{
    FILE *file = fopen(path, "we");
    for (size_t i = 0; file && i < n; i++) {
        write_line(file, c->docs[i].title);
        write_line(file, c->docs[i].body);
    }
    return file && fclose(file) == 0;
}

static void exec_grep(const char *terms, const char *docs, int out)
{
    int in = open(docs, O_RDONLY | O_CLOEXEC);
    if (in < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || setenv("LC_ALL", "C", 1))
        _exit(127);
    execlp("grep", "grep", "-o", "-F", "-w", "-i", "-f", terms, (char *)NULL);
    _exit(127);
}

static size_t count_lines(int fd)
{
    char bytes[1 << 16];
    ssize_t got;
    size_t n = 0;
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < got; i++)
            n += bytes[i] == '\n';
    return n;
}

static double run(const char *terms, const char *docs, size_t *out_hits)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    pid_t child = fork();
    if (child == 0)
        exec_grep(terms, docs, ends[1]);
    close(ends[1]);
    *out_hits = child > 0 ? count_lines(ends[0]) : 0;
    close(ends[0]);
    struct rusage used;
    int status = 0;
    if (child < 0 || wait4(child, &status, 0, &used) != child || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
        return -1;
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

double bench_grep(const struct bench_corpus *c, size_t n_docs, const struct str *terms, size_t n_terms,
                  size_t *out_hits)
{
    char folder[] = "/tmp/feedwatch-bench-grep-XXXXXX", terms_path[64], docs_path[64];
    if (!mkdtemp(folder))
        return -1;
    snprintf(terms_path, sizeof terms_path, "%s/terms", folder);
    snprintf(docs_path, sizeof docs_path, "%s/docs", folder);
    bool is_written = write_terms(terms_path, terms, n_terms) && write_docs(docs_path, c, n_docs);
    double took = is_written ? run(terms_path, docs_path, out_hits) : -1;
    unlink(terms_path);
    unlink(docs_path);
    rmdir(folder);
    return took;
}
