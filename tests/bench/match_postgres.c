// SPDX-License-Identifier: MIT
//
// PostgreSQL as a peer of bench-match. See match_postgres.h.
//
// It runs in single-user mode (`postgres --single`) on a cluster of its own in a scratch folder: one process that reads
// SQL from a file, opens no socket, has no helpers and ends with its input. The cluster of the Debian package is neither
// started nor touched. PostgreSQL refuses to be root, so root hands the folder to nobody and becomes that in the child.
//
// No index of PostgreSQL answers "which tsqueries does this text satisfy" (GiST over tsquery serves <@ and @> only), so
// the plan is each article's vector, made once, against each rule. The configuration is 'simple': whole words without
// stems, which is what the rules mean here, so both sides must find the same pairs but for what the border between a
// title and its body makes of phrases.
#define _GNU_SOURCE // setgroups, setresuid
#include "tests/bench/match_postgres.h"

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/bench.h"
#include "tests/tools/folder.h"

enum { STATEMENTS = 3, OUTPUT_BYTES_MAX = 1 << 20, PATH_BYTES = 256 };

struct cluster {
    char folder[PATH_BYTES];   // scratch, with the cluster in pg/
    char programs[PATH_BYTES]; // where initdb and postgres are
};

// Debian keeps the programs of each major version in a folder that is not in PATH.
static bool find_programs(char out[PATH_BYTES])
{
    glob_t found;
    bool is_there = glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) == 0;
    if (is_there)
        snprintf(out, PATH_BYTES, "%.*s", (int)(strlen(found.gl_pathv[0]) - strlen("/postgres")), found.gl_pathv[0]);
    globfree(&found);
    return is_there;
}

static void write_rule(FILE *file, const struct bench_rule *rule)
{
    for (size_t t = 0; t < rule->n_terms; t++) {
        struct str rest = rule->terms[t], first = str_cut(&rest, ' ');
        bool is_last = t + 1 == rule->n_terms;
        fprintf(file, "%s'%.*s'", t == 0 ? "(" : is_last ? ") & " : " | ", STR_ARG(first));
        if (!str_is_empty(rest))
            fprintf(file, " <-> '%.*s'", STR_ARG(rest));
    }
    putc('\n', file);
}

static FILE *create(const struct cluster *cluster, const char *name)
{
    char path[PATH_BYTES * 2];
    snprintf(path, sizeof path, "%s/%s", cluster->folder, name);
    FILE *file = fopen(path, "we");
    if (file)
        fchmod(fileno(file), 0644); // nobody reads it, whatever the umask; the folder is closed to others
    return file;
}

static bool write_tables(const struct cluster *cluster, const struct bench_corpus *c, size_t n_docs, size_t n_rules)
{
    FILE *rules = create(cluster, "rules"), *articles = create(cluster, "articles");
    for (size_t i = 0; rules && i < n_rules; i++)
        write_rule(rules, &c->rules[i]);
    for (size_t i = 0; articles && i < n_docs; i++)
        fprintf(articles, "%.*s %.*s\n", STR_ARG(c->docs[i].title), STR_ARG(c->docs[i].body));
    bool is_written = rules && !ferror(rules) && articles && !ferror(articles);
    is_written = rules && fclose(rules) == 0 && is_written;
    return articles && fclose(articles) == 0 && is_written;
}

// A line is a statement. The CTE is materialized: a vector is made once an article, not once a pair.
static bool write_sql(const struct cluster *cluster)
{
    static const char statement[] =
        "with a as materialized (select to_tsvector('simple', body) v from articles) "
        "select count(*) from a join rules r on a.v @@ r.q\n";
    FILE *file = create(cluster, "sql");
    if (!file)
        return false;
    fprintf(file,
            "create table rules (q tsquery)\ncreate table articles (body text)\n"
            "copy rules from '%s/rules'\ncopy articles from '%s/articles'\nanalyze\n%sset log_statement_stats = on\n",
            cluster->folder, cluster->folder, statement);
    for (int i = 0; i < STATEMENTS; i++)
        fputs(statement, file);
    return fclose(file) == 0;
}

static bool become_nobody(void)
{
    const struct passwd *nobody = getpwnam("nobody");
    return nobody && setgroups(0, NULL) == 0 && setresgid(nobody->pw_gid, nobody->pw_gid, nobody->pw_gid) == 0 &&
           setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) == 0;
}

static void exec_program(const struct cluster *cluster, const char *const *argv, const char *input, pid_t parent)
{
    int in = open(input ? input : "/dev/null", O_RDONLY | O_CLOEXEC);
    char path[PATH_BYTES * 2];
    snprintf(path, sizeof path, "%s/output", cluster->folder);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (in < 0 || out < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
        _exit(127);
    if (geteuid() == 0 && !become_nobody())
        _exit(127);
    // After the change of user, which takes it away: a bench that fails leaves nothing behind.
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent || chdir(cluster->folder) || setenv("LC_ALL", "C", 1))
        _exit(127);
    snprintf(path, sizeof path, "%s/%s", cluster->programs, argv[0]);
    execv(path, (char **)(uintptr_t)argv);
    _exit(127);
}

// Runs a program of PostgreSQL to its end; what it says goes into the file output.
static bool run(const struct cluster *cluster, const char *const *argv, const char *input)
{
    pid_t parent = getpid(), child = fork();
    if (child == 0)
        exec_program(cluster, argv, input, parent);
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool open_cluster(struct cluster *cluster)
{
    static const char *const argv[] = {"initdb", "-D", "pg", "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C",
                                       "--no-sync", "--no-instructions", NULL};
    *cluster = (struct cluster){.folder = "/tmp/feedwatch-bench-postgres-XXXXXX"};
    if (!find_programs(cluster->programs) || !mkdtemp(cluster->folder))
        return false;
    const struct passwd *nobody = geteuid() == 0 ? getpwnam("nobody") : NULL;
    bool is_ours = geteuid() != 0 || (nobody && chown(cluster->folder, nobody->pw_uid, nobody->pw_gid) == 0);
    if (is_ours && run(cluster, argv, NULL))
        return true;
    folder_remove(cluster->folder);
    return false;
}

// The statistics of each statement (log_statement_stats) and the last count. False where one is missing.
static bool read_output(const char *text, double *out_seconds, size_t *out_matches)
{
    double took[STATEMENTS];
    int n = 0;
    for (const char *at = text; n < STATEMENTS && (at = strstr(at, "system usage stats:")); n++) {
        double user = 0, kernel = 0;
        at += strlen("system usage stats:");
        if (sscanf(at, "%*[^0-9]%lf s user, %lf s system", &user, &kernel) != 2)
            return false;
        took[n] = user + kernel;
    }
    const char *count = NULL;
    for (const char *at = text; (at = strstr(at, "count = \"")); count = at)
        at += strlen("count = \"");
    if (n < STATEMENTS || !count)
        return false;
    *out_matches = strtoull(count, NULL, 10);
    *out_seconds = bench_median(took, STATEMENTS);
    return true;
}

double bench_postgres(const struct bench_corpus *c, size_t n_docs, size_t n_rules, size_t *out_matches)
{
    // No JIT: it would compile the plan anew for each statement, and has nothing to make faster in a call of @@.
    static const char *const argv[] = {"postgres", "--single", "-D", "pg", "-c", "fsync=off", "-c", "jit=off", "-c",
                                       "work_mem=256MB", "-c", "log_destination=stderr", "postgres", NULL};
    struct cluster cluster;
    if (!open_cluster(&cluster))
        return -1;
    char path[PATH_BYTES * 2];
    snprintf(path, sizeof path, "%s/sql", cluster.folder);
    double took_s = -1;
    struct buf output;
    buf_init(&output, OUTPUT_BYTES_MAX);
    if (write_tables(&cluster, c, n_docs, n_rules) && write_sql(&cluster) && run(&cluster, argv, path)) {
        snprintf(path, sizeof path, "%s/output", cluster.folder);
        if (!file_read(path, &output) || !read_output(buf_z(&output), &took_s, out_matches))
            took_s = -1;
    }
    buf_done(&output);
    folder_remove(cluster.folder);
    return took_s;
}
