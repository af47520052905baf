// SPDX-License-Identifier: MIT
//
// The daemon's configuration by itself: what each mistake is told as and where, what stands for what is not written,
// and each limit at the limit and one past it.
#include "tests/tools/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alerts/retry.h"
#include "daemon/api_socket.h"
#include "daemon/config.h"
#include "tests/tools/folder.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char KEY[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"; // 24 bytes
static const char WEBHOOK[] = "webhook desk {\n url https://desk.example/hook\n @\n}\n";
static const char FEED[] = "feed https://news.example/a.xml {\n @\n}\n";

// Writes `frame` with `line` in the place of its @.
static void fill(const char *frame, const char *line, char text[static 1024])
{
    struct str tail = str_of(frame), head = str_cut(&tail, '@');
    snprintf(text, 1024, "%.*s%s%.*s", STR_ARG(head), tail.p ? line : "", STR_ARG(tail));
}

// A configuration read from a scratch folder, and what was told of it.
struct read {
    char folder[40];
    struct diags diags;
    struct config *config;
};

static void read_open(struct read *r)
{
    snprintf(r->folder, sizeof r->folder, "/tmp/feedwatch-config-XXXXXX");
    assert_non_null(mkdtemp(r->folder));
    diags_init(&r->diags);
    r->config = NULL;
}

static const char *read_path(struct read *r, const char *name, char path[static 128])
{
    snprintf(path, 128, "%s/%s", r->folder, name);
    return path;
}

static void read_put(struct read *r, const char *name, struct str text, mode_t mode)
{
    char path[128];
    assert_true(file_write(read_path(r, name, path), text));
    assert_int_equal(chmod(path, mode), 0);
}

static void read_text(struct read *r, const char *text)
{
    char path[128];
    diags_done(&r->diags);
    diags_init(&r->diags);
    config_unref(r->config);
    read_put(r, "feedwatch.conf", str_of(text), 0600);
    r->config = config_load(read_path(r, "feedwatch.conf", path), 7, &r->diags);
    diags_sort(&r->diags);
}

static void read_done(struct read *r)
{
    diags_done(&r->diags);
    config_unref(r->config);
    folder_remove(r->folder);
}

static void fail_shown(const struct read *r, const char *text, const char *expected)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    diags_render(&r->diags, false, &out);
    fail_msg("expected %s of\n%s\nfound:\n%s", expected, text, buf_z(&out));
}

// Whether the first thing told begins with "LINE:COL: error: MESSAGE" (or warning), and its help with `help`.
static bool is_told(const struct read *r, const char *expected, const char *help)
{
    static const char *const levels[] = {"error", "warning", "note"};
    if (r->diags.n == 0)
        return false;
    const struct diag *d = &r->diags.list[0];
    char head[600];
    uint32_t line, col;
    source_place(d->source, d->at, &line, &col);
    snprintf(head, sizeof head, "%u:%u: %s: %.*s", line, col, levels[d->level], STR_ARG(d->message));
    return strncmp(head, expected, strlen(expected)) == 0 && (!help || str_starts(d->help, str_of(help)));
}

// A table of texts that each have one mistake. `in` is NULL, or a block whose inside `text` is.
struct mistake {
    const char *in, *text, *told, *help;
};

static void check_mistakes(const struct mistake *list, size_t n)
{
    struct read r = {0};
    read_open(&r);
    for (size_t i = 0; i < n; i++) {
        char text[1024];
        fill(list[i].in ? list[i].in : "@\n", list[i].text, text);
        read_text(&r, text);
        if (r.diags.errors != 1 || r.diags.n != 1 || r.config->is_usable || !is_told(&r, list[i].told, list[i].help))
            fail_shown(&r, text, list[i].told);
    }
    read_done(&r);
}

static void a_mistake_at_the_top_is_told_where_it_stands(void **state)
{
    (void)state;
    static const struct mistake list[] = {
        {NULL, "workerz 3", "1:1: error: unknown statement `workerz`", "did you mean workers?"},
        {NULL, "evry 5m", "1:1: error: unknown statement `evry`", NULL},
        {NULL, "every 5m", "1:1: error: unknown statement `every`", "`every` belongs into the block of a `feed`"},
        {NULL, "\nworkers 2\nworkers 3", "3:1: error: `workers` is written twice", "the first is at "},
        {NULL, "workers 0", "1:9: error: \"0\" is out of bounds: between 1 and 64", NULL},
        {NULL, "workers 65", "1:9: error: \"65\" is out of bounds: between 1 and 64", NULL},
        {NULL, "workers -1", "1:9: error: expected a number", NULL},
        {NULL, "workers", "1:", NULL},
        {NULL, "retention 23h", "1:11: error: \"23h\" is out of bounds: between 1d and 3640d", NULL},
        {NULL, "retention 3641d", "1:11: error: \"3641d\" is out of bounds", NULL},
        {NULL, "retention 400", "1:11: error: expected a duration such as", NULL},
        {NULL, "retention 400y", "1:11: error: expected a duration such as", NULL},
        {NULL, "log stdrr", "1:5: error: expected one of auto, journal, stderr, syslog", "did you mean stderr?"},
        {NULL, "budget 100", "1:8: error: expected a count over a duration", NULL},
        {NULL, "budget 0/1h", "1:8: error: expected a count over a duration", NULL},
        {NULL, "budget 1/2h", "1:8: error: expected one poll an hour or more", NULL},
        {NULL, "user-agent \"a\\nX-Evil: b\"", "1:12: error: expected one line", NULL},
        {NULL, "contact \"https://a.example\\n\"", "1:9: error: expected one line", NULL},
        {NULL, "proxy ftp://p.example:1", "1:7: error: expected http://HOST:PORT, socks5h://HOST:PORT or none", NULL},
        {NULL, "proxy http://", "1:7: error: expected http://HOST:PORT", NULL},
        {NULL, "state \"\"", "1:7: error: expected a path, found \"\"", NULL},
        {NULL, "socket \"\"", "1:8: error: expected a path, found \"\"", NULL},
        {NULL, "listen \"\"", "1:8: error: expected ADDRESS:PORT", NULL},
        {NULL, "proxy http://pu:HU#SH@p.example:1", "1:7: error: expected http://HOST:PORT", "in a user or a password"},
        {NULL, "proxy http://pu:12#SH@p.example:1", "1:7: error: expected http://HOST:PORT", "in a user or a password"},
        {NULL, "proxy http://pu:1/SH@p.example:1", "1:7: error: expected http://HOST:PORT", "in a user or a password"},
        {NULL, "proxy http://pu:1?SH@p.example:1", "1:7: error: expected http://HOST:PORT", "in a user or a password"},
        {NULL, "proxy \"http://pu:a b@p.example:1\"", "1:7: error: expected http://HOST:PORT", "in a user or a "},
        {NULL, "proxy http://pu:a@b@p.example:1", "1:7: error: expected http://HOST:PORT", "in a user or a password"},
        {NULL, "proxy http://p.example:65536", "1:7: error: expected http://HOST:PORT", NULL},
        {NULL, "proxy http://p.example:1/way", "1:7: error: expected http://HOST:PORT", NULL},
        {NULL, "proxy p.example:65536", "1:7: error: expected http://HOST:PORT", NULL},
        {NULL, "proxy \"\"", "1:7: error: expected http://HOST:PORT", NULL},
        {WEBHOOK, "proxy http://pu:HU#SH@p.example:1", "3:8: error: expected http://HOST:PORT", NULL},
        {NULL, "listen 127.0.0.1", "1:8: error: expected ADDRESS:PORT", NULL},
        {NULL, "listen 127.0.0.1:", "1:8: error: expected ADDRESS:PORT", NULL},
        {NULL, "listen 127.0.0.1:0", "1:8: error: expected ADDRESS:PORT", NULL},
        {NULL, "listen 127.0.0.1:65536", "1:8: error: expected ADDRESS:PORT", NULL},
        {NULL, "listen 127.0.0.1:http", "1:8: error: expected ADDRESS:PORT", NULL},
        {NULL, "listen ::1:8377", "1:8: error: expected ADDRESS:PORT", "an IPv6 address goes in brackets"},
    };
    check_mistakes(list, COUNT(list));
}

static void a_mistake_in_a_feed_is_told_where_it_stands(void **state)
{
    (void)state;
    static const struct mistake list[] = {
        {NULL, "feed ftp://news.example/a {\n}", "1:6: error: expected the http or https address of a feed", NULL},
        {NULL, "feed news.example/a.xml {\n}", "1:6: error: expected the http or https address of a feed", NULL},
        {NULL, "feed https://a.example/ {\n}\nfeed https://a.example/ {\n}",
         "3:6: error: feed https://a.example/ is written twice",
         "the first is at "},
        {FEED, "evry 5m", "2:2: error: unknown statement `evry`", "did you mean every?"},
        {FEED, "workers 5", "2:2: error: unknown statement `workers`", "`workers` belongs outside of the block"},
        {FEED, "every 59s", "2:8: error: a public feed is asked at most once a minute", "write 60s or more"},
        {FEED, "every 0s", "2:8: error: \"0s\" is out of bounds", NULL},
        {FEED, "every 24h1s", "2:8: error: \"24h1s\" is out of bounds: between 1s and 1d", NULL},
        {FEED, "proxy gopher://p.example:1", "2:8: error: expected http://HOST:PORT", NULL},
        {NULL, "feed https://a.example/", "1:24: error: expected { at the end of this line", "{ } is enough"},
        {NULL, "webhook desk", "1:13: error: expected { at the end of this line", ""},
        {NULL, "feed https://a.example/ { name \"x\" }", "1:36: error: unexpected } after `name`",
         "a } stands on a line of its own"},
        {NULL, "rule a { when truce }\nrule b {\n when grain\n}", "1:21: error: unexpected } after `when`",
         "a } stands on a line of its own"},
        {NULL, "rule a {\n when truce } # so\nrule b {\n when grain\n}", "2:13: error: unexpected } after `when`",
         NULL},
        {FEED, "every 5", "2:8: error: expected a duration such as", NULL},
        {FEED, "every \"5m\"", "2:8: error: expected a duration such as 30s, 5m or 12h without quotes", NULL},
        {FEED, "floor 25h", "2:8: error: \"25h\" is out of bounds", NULL},
        {FEED, "timeout 601s", "2:10: error: \"601s\" is out of bounds", NULL},
        {FEED, "weight 0", "2:9: error: \"0\" is out of bounds", NULL},
        {FEED, "weight 1001", "2:9: error: \"1001\" is out of bounds", NULL},
        {FEED, "first-run last:0", "2:12: error: \"0\" is out of bounds", NULL},
        {FEED, "first-run last:2001", "2:12: error: \"2001\" is out of bounds", NULL},
        {FEED, "first-run last:", "2:12: error: expected a number", NULL},
        {FEED, "first-run since:59s", "2:12: error: \"59s\" is out of bounds", NULL},
        {FEED, "first-run since:366d", "2:12: error: \"366d\" is out of bounds", NULL},
        {FEED, "first-run everything",
         "2:12: error: expected baseline, last:N, since:DURATION or all, found \"everything\"", NULL},
        {FEED, "identity lnk", "2:11: error: expected one of auto, id, link, text", "did you mean link?"},
        {FEED, "allow-private maybe", "2:16: error: expected yes or no", NULL},
        {FEED, "tags", "2:", NULL},
        {FEED, "was ftp://old.example/", "2:6: error: expected the address that the feed had before", NULL},
        {FEED, "credential password", "2:13: error: expected credential:NAME or file:PATH",
         "a secret stands in a file of its own"},
    };
    check_mistakes(list, COUNT(list));
}

static void a_mistake_in_a_receiver_is_told_where_it_stands(void **state)
{
    (void)state;
    static const struct mistake list[] = {
        {NULL, "webhook desk {\n}", "1:1: error: webhook desk has no `url`", NULL},
        {NULL, "file log {\n}", "1:1: error: file log has no `path`", NULL},
        {NULL, "file log {\n path \"\"\n}", "2:7: error: expected a path, found \"\"", NULL},
        {NULL, "webhook desk {\n url \"\"\n}", "2:6: error: expected an http or https address", NULL},
        {NULL, "webhook desk {\n url mailto:a@b\n}", "2:6: error: expected an http or https address", NULL},
        {NULL, "file syslog {\n path /x\n}", "1:6: error: syslog is the name of the built-in receiver", NULL},
        {NULL, "file a {\n path /x\n}\nfile a {\n path /y\n}", "4:6: error: file a is written twice", NULL},
        {NULL, "webhook a {\n url https://a.example\n}\nfile a {\n path /y\n}",
         "4:6: error: another receiver is called a already", NULL},
        {WEBHOOK, "format standrd", "3:9: error: no format is called \"standrd\"", "did you mean standard?"},
        {WEBHOOK, "format slack", "3:9: error: no format is called \"slack\"", "there is standard"},
        {WEBHOOK, "concurrency 0", "3:14: error: \"0\" is out of bounds", NULL},
        {WEBHOOK, "concurrency 65", "3:14: error: \"65\" is out of bounds", NULL},
        {WEBHOOK, "timeout 500ms", "3:10: error: \"500ms\" is out of bounds", NULL},
        {WEBHOOK, "timeout 301s", "3:10: error: \"301s\" is out of bounds", NULL},
        {WEBHOOK, "expire 59s", "3:9: error: \"59s\" is out of bounds", NULL},
        {WEBHOOK, "expire 5w", "3:9: error: \"5w\" is out of bounds", NULL},
        {WEBHOOK, "order stric", "3:8: error: expected one of any, strict", "did you mean strict?"},
        {WEBHOOK, "header X-Team", "3:9: error: expected \"Name: value\" on one line", NULL},
        {WEBHOOK, "header \": x\"", "3:9: error: expected \"Name: value\" on one line", NULL},
        {WEBHOOK, "header \"X: a\\nY: b\"", "3:9: error: expected \"Name: value\" on one line", NULL},
        {WEBHOOK, "header \"content-type: text/plain\"", "3:9: error: feedwatchd writes content-type itself", NULL},
        {WEBHOOK, "header \"Webhook-Id: x\"", "3:9: error: feedwatchd writes Webhook-Id itself", NULL},
        {WEBHOOK, "header \"Idempotency-Key: x\"", "3:9: error: feedwatchd writes Idempotency-Key itself", NULL},
        {WEBHOOK, "secret whsec_x", "3:9: error: expected credential:NAME or file:PATH", NULL},
        {NULL, "rule a {\n when truce\n notify desc\n}\nwebhook desk {\n url https://a.example\n}",
         "3:9: error: no receiver is called \"desc\"", "did you mean desk?"},
        {NULL, "rule a {\n when truce\n notify syslog nobody\n}", "3:16: error: no receiver is called \"nobody\"",
         NULL},
    };
    check_mistakes(list, COUNT(list));
}

static void all_mistakes_are_told_in_one_run(void **state)
{
    (void)state;
    struct read r = {0};
    read_open(&r);
    read_text(&r, "workers 0\nlog nowhere\nfeed ftp://x {\n every 1s\n weight 0\n}\nwebhook w {\n format x\n}\n");
    assert_int_equal(r.diags.errors, 6);
    assert_false(r.config->is_usable);
    read_done(&r);
}

static void what_is_not_written_has_its_default(void **state)
{
    (void)state;
    struct read r = {0};
    char host[256] = "";
    read_open(&r);
    read_text(&r,
              "feed https://news.example/a.xml {\n}\nwebhook desk {\n url https://desk.example/hook\n}\n"
              "file log {\n path /x\n}\n");
    const struct config *c = r.config;
    assert_true(c->is_usable && r.diags.n == 0);
    assert_int_equal(c->generation, 7);
    gethostname(host, sizeof host - 1);
    assert_str(c->instance, host);
    assert_int_equal(c->log_to, LOG_TO_AUTO);
    assert_int_equal(c->workers, 0);
    assert_int_equal(c->budget_per_hour, 0);
    assert_int_equal(c->retention_ms, 400LL * DAY_MS);
    assert_str(c->user_agent, "feedwatchd/" FEEDWATCH_VERSION);
    assert_true(c->state.n == 0 && c->socket.n == 0 && c->listen.n == 0 && !c->ca && !c->proxy);

    const struct feed_options *o = &c->feeds[0].options;
    assert_true(o->every_s == 0 && o->floor_s == 0 && o->timeout_s == 0 && o->n_tags == 0 && o->name.n == 0);
    assert_true(o->first_run == FIRST_BASELINE && o->identity == IDENTITY_AUTO && o->was == 0);
    assert_true(!o->allow_private && !o->ignore_validators && !o->no_websub && !o->paused);

    const struct config_receiver *w = config_receiver_find(c, S("desk")), *f = config_receiver_find(c, S("log"));
    assert_str(w->format, "standard");
    assert_true(w->kind == RECEIVER_WEBHOOK && w->concurrency == 4 && w->timeout_ms == 20 * SECOND_MS);
    assert_true(w->expire_ms == 0 && !w->is_public_only && !w->is_strict && !w->is_off && w->n_keys == 0);
    assert_true(f->kind == RECEIVER_FILE && f->concurrency == 1);
    assert_string_equal(f->path, "/x");
    // The log is known, and promised nothing.
    assert_int_equal(config_receiver_find(c, S("syslog"))->kind, RECEIVER_SYSLOG);
    assert_int_equal(c->n_receivers, 3);
    assert_int_equal(c->refs_for_decide.n, 2);
    assert_null(config_receiver_find(c, S("nobody")));
    read_done(&r);
}

static void what_is_written_is_taken_up_to_its_limits(void **state)
{
    (void)state;
    struct read r = {0};
    read_open(&r);
    read_text(&r, "instance \"Desk \\\"one\\\"\"\nlog journal\nworkers 64\nbudget 30/30m\nretention 3640d\n"
                  "listen [::1]:65535\n"
                  "contact https://me.example\nca /dev/null\nproxy socks5h://p.example:1\n"
                  "feed https://a.example/ {\n name \"A b\"\n tags x y\n every 1d\n floor 1s\n timeout 10m\n"
                  " weight 1000\n"
                  " first-run last:2000\n identity text\n ignore-validators yes\n websub no\n paused yes\n ca /dev/zero\n"
                  " proxy none\n language uk\n was https://old.example/\n}\n"
                  "feed https://b.example/ {\n every 60s\n first-run since:365d\n}\n"
                  "feed https://c.example/ {\n every 1s\n allow-private yes\n first-run all\n}\n"
                  "webhook desk {\n url https://desk.example/hook\n concurrency 64\n timeout 5m\n expire 28d\n"
                  " header \"X-Team: a\"\n header X-B:\n allow-private no\n client-certificate /dev/full\n"
                  " client-key /dev/random\n}\n"
                  "webhook row {\n url https://desk.example/hook\n concurrency 9\n order strict\n}\n");
    const struct config *c = r.config;
    if (!c->is_usable || r.diags.n)
        fail_shown(&r, "all of it", "nothing");
    assert_str(c->instance, "Desk \"one\"");
    assert_true(c->log_to == LOG_TO_JOURNAL && c->workers == 64 && c->budget_per_hour == 60);
    assert_int_equal(c->retention_ms, 3640LL * DAY_MS);
    assert_str(c->user_agent, "feedwatchd/" FEEDWATCH_VERSION " (+https://me.example)");
    const struct feed_options *a = &c->feeds[0].options, *b = &c->feeds[1].options, *d = &c->feeds[2].options;
    assert_true(a->every_s == 86400 && a->floor_s == 1 && a->timeout_s == 600 && (int)a->weight == 1000);
    assert_true(a->first_run == FIRST_LAST && a->first_n == 2000 && a->identity == IDENTITY_TEXT);
    assert_true(a->ignore_validators && a->no_websub && a->paused && a->n_tags == 2);
    assert_str(a->tags[1], "y");
    assert_true(a->was == feed_id(S("https://old.example/")));
    assert_true(b->every_s == 60 && b->first_run == FIRST_SINCE && b->first_since_s == 365 * 86400);
    assert_true(d->every_s == 1 && d->allow_private && d->first_run == FIRST_ALL);
    assert_ptr_equal(config_feed_find(c, feed_id(S("https://b.example/"))), &c->feeds[1]);
    assert_ptr_equal(config_feed_heir(c, feed_id(S("https://old.example/"))), &c->feeds[0]);
    assert_null(config_feed_find(c, feed_id(S("https://old.example/"))));
    const struct config_receiver *w = config_receiver_find(c, S("desk"));
    assert_true(w->concurrency == 64 && w->timeout_ms == 300 * SECOND_MS && w->expire_ms == 28LL * DAY_MS);
    assert_true(w->is_public_only && w->n_headers == 2);
    assert_string_equal(w->headers[0], "X-Team: a");
    assert_true(config_receiver_find(c, S("row"))->concurrency == 1); // strict, whatever is written
    read_done(&r);
}

static void repeated_statements_stop_at_their_limit(void **state)
{
    (void)state;
    struct read r = {0};
    read_open(&r);
    read_put(&r, "key", str_of(KEY), 0600);
    static const struct { int n; const char *line, *told; } cases[] = {
        {RECEIVER_HEADERS_MAX, " header \"X: a\"\n", NULL},
        {RECEIVER_HEADERS_MAX + 1, " header \"X: a\"\n", "19:2: error: at most 16 headers"},
        {SIGN_KEYS_MAX, " secret file:@/key\n", NULL},
        {SIGN_KEYS_MAX + 1, " secret file:@/key\n", "7:9: error: at most 4 secrets at once"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf text;
        buf_init(&text, 1 << 16);
        buf_add(&text, S("webhook desk {\n url https://desk.example/hook\n"));
        char line[1024];
        fill(cases[i].line, r.folder, line);
        for (int k = 0; k < cases[i].n; k++)
            buf_add(&text, str_of(line));
        buf_add(&text, S("}\n"));
        read_text(&r, buf_z(&text));
        if (cases[i].told ? r.diags.n != 1 || !is_told(&r, cases[i].told, NULL) : r.diags.n != 0)
            fail_shown(&r, buf_z(&text), cases[i].told ? cases[i].told : "nothing");
        buf_done(&text);
    }
    read_done(&r);
}

// ---- secrets ----

static void read_secret_of(struct read *r, const char *in, const char *word, const char *where)
{
    char line[256], text[1024];
    snprintf(line, sizeof line, "%s %s", word, where);
    fill(in, line, text);
    read_text(r, text);
}

static void a_secret_that_is_missing_turns_its_receiver_off(void **state)
{
    (void)state;
    struct read r = {0};
    read_open(&r);
    unsetenv("CREDENTIALS_DIRECTORY");
    read_secret_of(&r, WEBHOOK, "secret", "credential:desk");
    assert_true(is_told(&r, "3:9: warning: receiver desk is off: credential \"desk\" was not passed", NULL));
    assert_true(r.config->is_usable && config_receiver_find(r.config, S("desk"))->is_off);
    assert_true(str_find(config_receiver_find(r.config, S("desk"))->off_why, S("CREDENTIALS_DIRECTORY")) > 0);

    setenv("CREDENTIALS_DIRECTORY", r.folder, 1);
    read_secret_of(&r, WEBHOOK, "secret", "credential:desk");
    assert_true(is_told(&r, "3:9: warning: receiver desk is off: the secret in ", NULL));
    read_put(&r, "desk", S(""), 0600);
    read_secret_of(&r, WEBHOOK, "secret", "credential:desk");
    assert_true(is_told(&r, "3:9: warning: receiver desk is off: ", NULL));
    char key[128];
    snprintf(key, sizeof key, "  %s\r\n", KEY); // as an editor leaves it
    read_put(&r, "desk", str_of(key), 0600);
    read_secret_of(&r, WEBHOOK, "secret", "credential:desk");
    const struct config_receiver *w = config_receiver_find(r.config, S("desk"));
    assert_true(r.diags.n == 0 && !w->is_off && w->n_keys == 1 && w->keys[0].n == 24);
    read_put(&r, "desk", S("whsec_c2hvcnQ="), 0600);
    read_secret_of(&r, WEBHOOK, "secret", "credential:desk");
    assert_true(r.diags.errors == 1 && is_told(&r, "3:9: error: the secret has 5 bytes: expected 24 to 64", NULL));
    unsetenv("CREDENTIALS_DIRECTORY");
    read_done(&r);
}

static void a_credential_names_a_file_of_its_folder_alone(void **state)
{
    (void)state;
    struct read r = {0};
    char inner[128], where[128];
    read_open(&r);
    read_put(&r, "key", str_of(KEY), 0600);
    folder_make(read_path(&r, "inner", inner));
    setenv("CREDENTIALS_DIRECTORY", inner, 1);
    static const char *const names[] = {"credential:../key", "credential:", "credential:.."};
    for (size_t i = 0; i < COUNT(names); i++) {
        read_secret_of(&r, WEBHOOK, "secret", names[i]);
        if (r.diags.errors != 1 || !is_told(&r, "3:9: error: expected credential:NAME", NULL))
            fail_shown(&r, names[i], "an error");
    }
    snprintf(where, sizeof where, "file:%s", inner);
    read_secret_of(&r, WEBHOOK, "secret", where); // a folder
    assert_true(is_told(&r, "3:9: warning: receiver desk is off: the secret in ", NULL));
    unsetenv("CREDENTIALS_DIRECTORY");
    read_done(&r);
}

static void a_secret_is_whole_or_refused(void **state)
{
    (void)state;
    enum { MAX = 4096 };
    struct read r = {0};
    char where[128], path[128];
    struct buf text;
    read_open(&r);
    buf_init(&text, 2 * MAX);
    snprintf(where, sizeof where, "file:%s", read_path(&r, "token", path));
    buf_add(&text, S("user:"));
    while (text.n < MAX)
        buf_add_char(&text, 'x');
    read_put(&r, "token", buf_str(&text), 0600);
    read_secret_of(&r, FEED, "credential", where);
    assert_int_equal(r.diags.n, 0);
    assert_int_equal(r.config->feeds[0].options.credential.n, MAX);
    buf_add_char(&text, 'x'); // cut off it would be sent, and be wrong
    read_put(&r, "token", buf_str(&text), 0600);
    read_secret_of(&r, FEED, "credential", where);
    assert_true(is_told(&r, "2:13: warning: the feed is asked without it: the secret in ", NULL));
    assert_true(str_find(r.diags.list[0].message, S("over 4096 bytes")) < r.diags.list[0].message.n);
    assert_int_equal(r.config->feeds[0].options.credential.n, 0);
    buf_done(&text);

    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0); // nobody writes: it must not be waited for
    alarm(10);
    read_secret_of(&r, FEED, "credential", where);
    alarm(0);
    assert_true(is_told(&r, "2:13: warning: the feed is asked without it: the secret in ", NULL));
    read_done(&r);
}

static void a_secret_that_everyone_may_read_is_warned_of(void **state)
{
    (void)state;
    static const struct { mode_t mode; bool is_told; } cases[] = {
        {0600, false}, {0400, false}, {0640, false}, {0644, true}, {0604, true},
    };
    struct read r = {0};
    char where[128], path[128];
    read_open(&r);
    snprintf(where, sizeof where, "file:%s", read_path(&r, "key", path));
    for (size_t i = 0; i < COUNT(cases); i++) {
        read_put(&r, "key", str_of(KEY), cases[i].mode);
        read_secret_of(&r, WEBHOOK, "secret", where);
        assert_int_equal(r.diags.warnings, cases[i].is_told);
        assert_true(!cases[i].is_told || is_told(&r, "3:9: warning: everyone on this machine can read the secret",
                                                   "chmod o-rwx "));
        assert_int_equal(config_receiver_find(r.config, S("desk"))->n_keys, 1); // it is taken all the same
    }
    read_done(&r);
}

static void what_a_feed_logs_in_with_is_one_line(void **state)
{
    (void)state;
    static const struct { const char *text, *taken; } cases[] = {
        {"user:password\n", "user:password"},
        {"\tAuthorization: Bearer abc \r\n", "Authorization: Bearer abc"},
        {"user:pass\nuser2:pass2\n", NULL},
        {"X: a\rY: b", NULL},
        {"password", NULL},
        {"\n \n", NULL},
    };
    struct read r = {0};
    char where[128], path[128];
    read_open(&r);
    snprintf(where, sizeof where, "file:%s", read_path(&r, "login", path));
    for (size_t i = 0; i < COUNT(cases); i++) {
        read_put(&r, "login", str_of(cases[i].text), 0600);
        read_secret_of(&r, FEED, "credential", where);
        if (cases[i].taken)
            assert_str(r.config->feeds[0].options.credential, cases[i].taken);
        else if (r.diags.errors != 1 || !is_told(&r, "2:13: error: expected user:password, or a header line", NULL))
            fail_shown(&r, cases[i].text, "an error");
    }
    read_done(&r);
}

// ---- what is made of it ----

static const char WHOLE[] =
    "instance \"Desk \\\"one\\\"\"\nstate \"/var/lib/a b\"\nsocket /run/x.sock\nlisten 127.0.0.1:8377\nlog stderr\n"
    "workers 3\nbudget 60/1h\nretention 36h\nuser-agent \"me\\\\you\"\nca /dev/null\nproxy http://p.example:1\n"
    "feed https://a.example/ {\n name \"A \\\"b\\\"\"\n tags x y\n every 90s\n floor 2m\n timeout 10s\n weight 5\n"
    " first-run since:36h\n identity link\n allow-private yes\n ignore-validators yes\n websub no\n paused yes\n"
    " ca /dev/zero\n proxy none\n language uk\n was https://old.example/\n}\n"
    "feed https://b.example/ {\n first-run last:5\n}\nfeed https://c.example/ {\n first-run all\n}\n"
    "webhook desk {\n url https://desk.example/\n format standard\n concurrency 7\n timeout 90s\n expire 36h\n"
    " ca /dev/full\n client-certificate /dev/random\n client-key /dev/urandom\n proxy http://q.example:2\n"
    " allow-private no\n}\n"
    "webhook row {\n url https://row.example:8443/\n order strict\n}\nfile log {\n path \"/x y\"\n}\n";

static void a_dump_says_all_and_reads_as_the_same(void **state)
{
    (void)state;
    struct read r = {0};
    struct buf first, second;
    read_open(&r);
    buf_init(&first, 1 << 16);
    buf_init(&second, 1 << 16);
    read_text(&r, WHOLE);
    assert_int_equal(r.diags.n, 0);
    config_dump(r.config, &first);
    // Each statement that was written is there, whatever the order.
    for (struct str rest = str_of(WHOLE); rest.n;) {
        struct str line = str_trim(str_cut(&rest, '\n')), tail = line, word = str_cut(&tail, ' ');
        struct str value = str_ends(tail, S(" {")) ? str_head(tail, tail.n - 2) : str_trim(tail);
        bool is_said = false;
        for (struct str more = buf_str(&first); more.n && !is_said;) {
            struct str said = str_trim(str_cut(&more, '\n')), said_tail = said;
            is_said = str_eq(str_cut(&said_tail, ' '), word) && str_find(said_tail, value) < said_tail.n + !value.n;
        }
        if (!is_said)
            fail_msg("not in the dump: %.*s\n%s", STR_ARG(line), buf_z(&first));
    }
    read_text(&r, buf_z(&first));
    if (r.diags.n)
        fail_shown(&r, buf_z(&first), "nothing");
    config_dump(r.config, &second);
    assert_string_equal(buf_z(&first), buf_z(&second));
    buf_done(&first);
    buf_done(&second);
    read_done(&r);
}

// ---- paths ----

static const char PATHS[] =
    "state var\nsocket run/control.sock\nca ca.pem\n"
    "feed https://news.example/a.xml {\n ca ../feed.pem\n credential file:token\n}\n"
    "webhook desk {\n url https://desk.example/hook\n ca hook.pem\n client-certificate c.pem\n client-key k.pem\n"
    " secret file:keys/desk\n}\nfile log {\n path alerts.jsonl\n}\n";

static void check_path(const char *found, const struct read *r, const char *expected)
{
    char path[256];
    snprintf(path, sizeof path, "%s%s", r->folder, expected);
    assert_string_equal(found, path);
}

static void check_paths(const struct read *r)
{
    const struct config *c = r->config;
    const struct config_receiver *desk = config_receiver_find(c, S("desk"));
    check_path(c->state.p, r, "/sub/var");
    check_path(c->socket.p, r, "/sub/run/control.sock");
    check_path(c->ca, r, "/sub/ca.pem");
    check_path(c->feeds[0].options.ca_file.p, r, "/sub/../feed.pem");
    assert_str(c->feeds[0].options.credential, "user:word");
    check_path(desk->ca, r, "/sub/hook.pem");
    check_path(desk->client_certificate, r, "/sub/c.pem");
    check_path(desk->client_key, r, "/sub/k.pem");
    assert_int_equal(desk->n_keys, 1);
    check_path(config_receiver_find(c, S("log"))->path, r, "/sub/alerts.jsonl");
}

static void read_at(struct read *r, const char *path)
{
    diags_done(&r->diags);
    diags_init(&r->diags);
    config_unref(r->config);
    r->config = config_load(path, 7, &r->diags);
}

static void a_relative_path_starts_at_the_file_that_says_it(void **state)
{
    (void)state;
    struct read r = {0};
    char path[128], here[512];
    read_open(&r);
    folder_make(read_path(&r, "sub", path));
    folder_make(read_path(&r, "sub/keys", path));
    read_put(&r, "sub/all.conf", str_of(PATHS), 0600);
    read_put(&r, "sub/token", S("user:word\n"), 0600);
    read_put(&r, "sub/keys/desk", str_of(KEY), 0600);
    static const char *const files[] = {"feed.pem", "sub/ca.pem", "sub/hook.pem", "sub/c.pem", "sub/k.pem"};
    for (size_t i = 0; i < COUNT(files); i++)
        read_put(&r, files[i], S("pem"), 0600);
    read_text(&r, "include sub/all.conf\n"); // included
    assert_int_equal(r.diags.n, 0);
    check_paths(&r);
    read_at(&r, read_path(&r, "sub/all.conf", path)); // by itself
    check_paths(&r);

    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(r.folder), 0); // by a relative name, from another folder: the same
    read_at(&r, "sub/all.conf");
    assert_int_equal(chdir(here), 0);
    check_paths(&r);

    assert_int_equal(unlink(read_path(&r, "sub/keys/desk", path)), 0);
    read_text(&r, "include sub/all.conf\n");
    const struct config_receiver *desk = config_receiver_find(r.config, S("desk"));
    assert_true(desk->is_off && str_find(desk->off_why, str_of(path)) < desk->off_why.n); // says where it looked
    read_done(&r);
}

static void a_pattern_finds_files_in_a_folder_of_any_name(void **state)
{
    (void)state;
    static const char *const folders[] = {"g[prod]", "a*b", "what?", "back\\slash", "[", "plain"};
    struct read r = {0};
    char path[128], name[128];
    read_open(&r);
    folder_make(read_path(&r, "gp/rules.d", path)); // what g[prod] would mean
    read_put(&r, "gp/rules.d/other.rules", S("rule other {\n when war\n}\n"), 0600);
    for (size_t i = 0; i < COUNT(folders); i++) {
        snprintf(name, sizeof name, "%s/rules.d/b.rules", folders[i]);
        folder_make_parents(read_path(&r, name, path));
        read_put(&r, name, S("rule truce {\n when truce\n}\n"), 0600);
        snprintf(name, sizeof name, "%s/b.conf", folders[i]);
        read_put(&r, name, S("include rules.d/*.rules\n"), 0600);
        read_at(&r, read_path(&r, name, path));
        if (r.diags.errors || ruleset_count(r.config->rules) != 1)
            fail_shown(&r, folders[i], "its one rule");
        assert_str(ruleset_rule(r.config->rules, 0)->name, "truce");
    }
    read_done(&r);
}

static void a_proxy_that_curl_takes_is_taken(void **state)
{
    (void)state;
    static const char *const list[] = {
        "http://p.example:65535", "https://p.example", "http://p.example:1/", "socks5h://pu:a%23b%20c@p.example:1",
        "SOCKS4A://10.0.0.1:1080", "http://[::1]:3128", "p.example:3128", "none",
    };
    struct read r = {0};
    read_open(&r);
    for (size_t i = 0; i < COUNT(list); i++) {
        char text[256];
        snprintf(text, sizeof text, "proxy \"%s\"\n", list[i]);
        read_text(&r, text);
        if (r.diags.n || !r.config->is_usable)
            fail_shown(&r, text, "nothing");
    }
    read_done(&r);
}

static void none_is_no_proxy(void **state)
{
    (void)state;
    struct read r = {0};
    read_open(&r);
    read_text(&r, "proxy none\nwebhook desk {\n url https://desk.example/hook\n proxy none\n}\n");
    assert_int_equal(r.diags.n, 0);
    assert_null(r.config->proxy);
    assert_null(config_receiver_find(r.config, S("desk"))->proxy);
    read_done(&r);
}

static void what_is_not_there_yet_is_warned_of_with_its_reason(void **state)
{
    (void)state;
    static const struct mistake list[] = {
        {NULL, "ca /nowhere/ca.pem", "1:4: warning: the file cannot be read: No such file or directory;", NULL},
        {FEED, "ca /nowhere/ca.pem", "2:5: warning: the file cannot be read: No such file", NULL},
        {WEBHOOK, "client-key /nowhere/k", "3:13: warning: the file cannot be read: No such file", NULL},
        {NULL, "file log {\n path /nowhere/a.jsonl\n}", "2:7: warning: there is no folder /nowhere;", NULL},
    };
    struct read r = {0};
    read_open(&r);
    for (size_t i = 0; i < COUNT(list); i++) {
        char text[1024];
        fill(list[i].in ? list[i].in : "@\n", list[i].text, text);
        read_text(&r, text);
        if (r.diags.n != 1 || !r.config->is_usable || !is_told(&r, list[i].told, NULL))
            fail_shown(&r, text, list[i].told);
    }
    read_done(&r);
}

static void a_socket_path_is_as_long_as_the_system_allows(void **state)
{
    (void)state;
    struct read r = {0};
    char path[API_SOCKET_PATH_BYTES_MAX + 2], text[256];
    read_open(&r);
    for (size_t n = API_SOCKET_PATH_BYTES_MAX; n < sizeof path; n++) {
        bool is_fine = n == API_SOCKET_PATH_BYTES_MAX;
        snprintf(path, sizeof path, "/%0*d", (int)n - 1, 7);
        snprintf(text, sizeof text, "socket %s\n", path);
        read_text(&r, text);
        if (r.config->is_usable != is_fine || (!is_fine && !is_told(&r, "1:8: error: the path has 108 bytes", NULL)))
            fail_shown(&r, text, is_fine ? "nothing" : "an error");
    }
    read_done(&r);
}

static void a_secret_file_of_two_lines_is_told_as_that(void **state)
{
    (void)state;
    struct read r = {0};
    char text[1024], keys[256], line[256];
    read_open(&r);
    snprintf(keys, sizeof keys, "%s\n%s\n", KEY, KEY);
    read_put(&r, "keys", str_of(keys), 0600);
    snprintf(line, sizeof line, "secret file:%s/keys", r.folder);
    fill(WEBHOOK, line, text);
    read_text(&r, text);
    if (!is_told(&r, "3:9: error: the secret has more than one line", "one key a file"))
        fail_shown(&r, text, "an error");
    read_done(&r);
}

static void a_dump_holds_no_secret(void **state)
{
    (void)state;
    struct read r = {0};
    struct buf out;
    char text[1024];
    read_open(&r);
    buf_init(&out, 1 << 16);
    read_put(&r, "key", str_of(KEY), 0600);
    read_put(&r, "login", S("user:hunter2"), 0600);
    snprintf(text, sizeof text,
             "proxy http://me:hunter2@p.example:1\n"
             "feed \"https://u:hunter2@a.example/?key=hunter2\" {\n credential file:%s/login\n"
             " proxy http://me:hunter2@p.example:1\n was \"https://u:hunter2@b.example/?key=hunter2\"\n}\n"
             "webhook chat {\n url \"https://chat.example:8443/hooks/hunter2\"\n}\n"
             "webhook query {\n url \"https://chat.example/?hunter2\"\n}\n"
             "webhook desk {\n url \"https://u:hunter2@a.example/?key=hunter2\"\n secret file:%s/key\n"
             " header \"X-Key: hunter2\"\n proxy http://me:hunter2@p.example:1\n}\n",
             r.folder, r.folder);
    read_text(&r, text);
    if (r.diags.n)
        fail_shown(&r, text, "nothing");
    config_dump(r.config, &out);
    assert_null(strstr(buf_z(&out), "hunter2"));
    assert_null(strstr(buf_z(&out), "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    assert_non_null(strstr(buf_z(&out), "X-Key"));
    assert_non_null(strstr(buf_z(&out), "url \"https://chat.example:8443/...\"\n"));
    read_text(&r, buf_z(&out)); // it is a configuration all the same
    assert_int_equal(r.diags.n, 0);
    buf_done(&out);
    read_done(&r);
}

// HUSH stands in each text where a person may put a secret by mistake.
static void what_is_told_of_a_mistake_holds_no_secret(void **state)
{
    (void)state;
    static const struct { const char *in, *text, *shown; } list[] = {
        {NULL, "feed http://a.example/f?key=HUSH {\n}\nfeed http://a.example/f?key=HUSH {\n}",
         "3:6: error: feed http://a.example/f?*** is written twice\n    3 | feed ***\n      = help: the first is at "},
        {NULL, "feed http://me:HUSH@a.example/f {\n}\nfeed http://me:HUSH@a.example/f {\n}",
         "3:6: error: feed *** is written twice"},
        {NULL, "feed me:HUSH@a.example/f {\n}\nfeed me:HUSH@a.example/f {\n}", "feed *** is written twice"},
        {NULL, "feed HUSH {\n}", "1:6: error: expected the http or https address of a feed"},
        {NULL, "feed http://a.example/f HUSH {\n}", "unexpected *** after `feed`"},
        {NULL, "feed http://a.example/HUSH", "error: expected { at the end of this line"},
        {NULL, "fed http://me:HUSH@a.example/f {\n}", "    1 | fed ***\n      | ^~~\n"},
        {NULL, "feed http://a.example/f { credential bob:HUSH\n}", "    1 | feed ***\n"},
        {NULL, "set war truce\nprxy pu:HUSH@p.example:1", "    2 | prxy ***\n"},
        {NULL, "proxy ftp://pu:HUSH@p.example:1", "    1 | proxy ***\n"},
        {NULL, "user-agent http://pu:HUSH@p.example log", "    1 | user-agent ***\n"},
        {NULL, "webhook https://hooks.example/HUSH {\n url https://a.example\n}", "found \"***\"\n    1 | webhook ***\n"},
        {NULL, "webhook desk { secret whsec_HUSH\n url https://a.example\n}", "    1 | webhook desk { secret ***\n"},
        {FEED, "credential bob:HUSH", "    2 |  credential ***\n"},
        {FEED, "credential\n bob:HUSH", "unknown statement `***`\n    3 |  ***\n"},
        {FEED, "credential credential:bob:HUSH", "expected credential:NAME or file:PATH"},
        {FEED, "pass bob:HUSH", "    2 |  pass ***\n      |  ^~~~\n"},
        {FEED, "user bob:HUSH", "    2 |  user ***\n"},
        {FEED, "passwd HUSH", "    2 |  passwd ***\n"},
        {FEED, "weigt HUSH", "expected a number\n    2 |  weigt ***\n"},
        {FEED, "identty HUSH", "expected one of: auto id link text\n    2 |  identty ***\n"},
        {FEED, "evry 5m HUSH@a.example", "    2 |  evry 5m ***\n"},
        {FEED, "evry 5m # and HUSH@a.example", "    2 |  evry 5m # and ***\n"},
        {NULL, "user bob HUSH", "unexpected *** after `user-agent`\n    1 | user ***\n"},
        {FEED, "not HUSH", "    2 |  not ***\n"},
        {FEED, "title x\n was ftp://a.example/HUSH", "    3 |  was ***\n"},
        {FEED, "name http://u:HUSH@a.example/ x", "    2 |  name ***\n"},
        {FEED, "every 5 credential bob:HUSH", "    2 |  every 5 credential ***\n      |        ^\n"},
        {FEED, "was ftp://me:HUSH@a.example/", "    2 |  was ***\n"},
        {WEBHOOK, "header \"Authorization Bearer HUSH\"", "    3 |  header ***\n"},
        {WEBHOOK, "header Authorization: Bearer HUSH", "unexpected *** after `header`\n    3 |  header ***\n"},
        {WEBHOOK, "header \"Authorization: Bearer HUSH", "    3 |  header ***\n"},
        {WEBHOOK, "header Auth\"HUSH", "    3 |  header ***\n"},
        {WEBHOOK, "secret whsec_HUSH", "    3 |  secret ***\n"},
        {WEBHOOK, "secret\n whsec_HUSH", "unknown statement `***`\n    4 |  ***\n"},
        {WEBHOOK, "secret\n \"HUSH\"", "    4 |  ***\n"},
        {WEBHOOK, "secrt whsec_HUSH", "    3 |  secrt ***\n      |  ^~~~~\n"},
        {WEBHOOK, "secret=whsec_HUSH", "unknown statement `***`\n    3 |  ***\n"},
        {WEBHOOK, "secret credential:whsec_HUSH", "expected credential:NAME or file:PATH"},
        {WEBHOOK, "order any https://hooks.example/HUSH", "unexpected *** after `order`\n    3 |  order any ***\n"},
        {WEBHOOK, "url gopher://a.example/HUSH", "    3 |  url ***\n"},
        {WEBHOOK, "proxy ftp://pu:HUSH@p.example:1", "    3 |  proxy ***\n"},
        {WEBHOOK, "order any\n} whsec_HUSH", "unexpected *** after }\n    4 | } ***\n"},
        {WEBHOOK, "order any # whsec_HUSH\n # \xff HUSH", "this is not UTF-8\n    4 |  ***\n"},
        {NULL, "rule a {\n when truce\n}\nfeed HUSH {\n}", "    4 | feed ***\n"},
    };
    struct read r = {0};
    read_open(&r);
    for (size_t i = 0; i < COUNT(list); i++) {
        char text[1024];
        struct buf out;
        buf_init(&out, 1 << 16);
        fill(list[i].in ? list[i].in : "@\n", list[i].text, text);
        read_text(&r, text);
        config_hide(&r.diags);
        diags_render(&r.diags, false, &out);
        if (strstr(buf_z(&out), "HUSH") || !strstr(buf_z(&out), list[i].shown))
            fail_msg("expected no HUSH, and\n%s\nof\n%s\nfound:\n%s", list[i].shown, text, buf_z(&out));
        buf_done(&out);
    }
    read_done(&r);
}

static void options_of_a_feed_added_by_hand_are_the_same_grammar(void **state)
{
    (void)state;
    struct arena a;
    struct feed_options o;
    struct err err;
    arena_init(&a, 1 << 20);
    assert_true(config_feed_options(S("name \"A b\"\ntags x y\nevery 5m\nlanguage uk\n"), &a, &o, &err));
    assert_str(o.name, "A b");
    assert_str(o.tags[1], "y");
    assert_str(o.language, "uk");
    assert_int_equal(o.every_s, 300);

    const struct feed_options before = o;
    static const struct { const char *text, *told; } cases[] = {
        {"evry 5m\n", "unknown statement `evry`"},
        {"every 59s\n", "a public feed is asked at most once a minute"},
        {"first-run most\n", "expected baseline, last:N, since:DURATION or all, found \"most\""},
        {"}\nworkers 3\nfeed https://b.example/ {\n", "expected the inside of a feed's block"},
        {"}\nrule x {\n", NULL},
        {"name {\n", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (config_feed_options(str_of(cases[i].text), &a, &o, &err))
            fail_msg("taken: %s", cases[i].text);
        if (cases[i].told)
            assert_str(str_of(err.text), cases[i].told);
        assert_memory_equal(&o, &before, sizeof o); // untouched
    }
    arena_done(&a);
}

static void a_feed_takes_over_what_was_known_and_not_its_troubles(void **state)
{
    (void)state;
    struct read r = {0};
    read_open(&r);
    read_text(&r, "feed https://new.example/ {\n was https://old.example/\n}\n");
    const struct config_feed *heir = config_feed_heir(r.config, feed_id(S("https://old.example/")));
    assert_non_null(heir);
    struct feed feed = {
        .id = feed_id(S("https://old.example/")), .url = S("https://moved.example/"),
        .flags = FEED_BASELINED | FEED_PAUSED | FEED_RELEARN | FEED_STOPPED | FEED_BROKEN_TOLD | FEED_FORCE,
        .title = S("Old"), .validators = {.etag = S("\"x\"")}, .history = {.posts = 3},
    };
    config_feed_inherit(heir, (wall_t){5000}, &feed);
    assert_true(feed.id == heir->id && feed.options == &heir->options && feed.due.ms == 5000);
    assert_str(feed.url, "https://new.example/");
    assert_str(feed.title, "Old");
    assert_int_equal(feed.flags, FEED_BASELINED | FEED_PAUSED | FEED_RELEARN);
    assert_int_equal(feed.validators.etag.n, 0);
    assert_true(feed.history.posts > 2);
    read_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistake_at_the_top_is_told_where_it_stands),
        cmocka_unit_test(a_mistake_in_a_feed_is_told_where_it_stands),
        cmocka_unit_test(a_mistake_in_a_receiver_is_told_where_it_stands),
        cmocka_unit_test(all_mistakes_are_told_in_one_run),
        cmocka_unit_test(what_is_not_written_has_its_default),
        cmocka_unit_test(what_is_written_is_taken_up_to_its_limits),
        cmocka_unit_test(repeated_statements_stop_at_their_limit),
        cmocka_unit_test(a_secret_that_is_missing_turns_its_receiver_off),
        cmocka_unit_test(a_credential_names_a_file_of_its_folder_alone),
        cmocka_unit_test(a_secret_is_whole_or_refused),
        cmocka_unit_test(a_secret_that_everyone_may_read_is_warned_of),
        cmocka_unit_test(what_a_feed_logs_in_with_is_one_line),
        cmocka_unit_test(a_dump_says_all_and_reads_as_the_same),
        cmocka_unit_test(a_relative_path_starts_at_the_file_that_says_it),
        cmocka_unit_test(a_pattern_finds_files_in_a_folder_of_any_name),
        cmocka_unit_test(a_proxy_that_curl_takes_is_taken),
        cmocka_unit_test(none_is_no_proxy),
        cmocka_unit_test(what_is_not_there_yet_is_warned_of_with_its_reason),
        cmocka_unit_test(a_socket_path_is_as_long_as_the_system_allows),
        cmocka_unit_test(a_secret_file_of_two_lines_is_told_as_that),
        cmocka_unit_test(a_dump_holds_no_secret),
        cmocka_unit_test(what_is_told_of_a_mistake_holds_no_secret),
        cmocka_unit_test(options_of_a_feed_added_by_hand_are_the_same_grammar),
        cmocka_unit_test(a_feed_takes_over_what_was_known_and_not_its_troubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
