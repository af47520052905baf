// SPDX-License-Identifier: MIT
//
// feedwatchctl's commands that need no daemon, as a person runs them: what they print, where, and their exit codes.
#include "tests/tools/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/ctl/ctl.h"
#include "tests/tools/ctl_line.h"
#include "tests/tools/folder.h"

struct stage {
    char folder[40];
    struct ctl_line line;
};

static int setup(void **state)
{
    struct stage *s = mem_alloc(sizeof *s);
    *state = s;
    snprintf(s->folder, sizeof s->folder, "/tmp/feedwatch-ctl-XXXXXX");
    return mkdtemp(s->folder) ? 0 : -1;
}

static int teardown(void **state)
{
    struct stage *s = *state;
    ctl_line_done(&s->line);
    folder_remove(s->folder);
    mem_free(s);
    return 0;
}

static const char *path_of(const struct stage *s, const char *name, char path[static 128])
{
    snprintf(path, 128, "%s/%s", s->folder, name);
    return path;
}

static void put(const struct stage *s, const char *name, const char *text)
{
    char path[128];
    assert_true(file_write(path_of(s, name, path), str_of(text)));
}

// Writes `line` with the folder in the place of each @.
static void fill(const struct stage *s, const char *line, struct buf *out)
{
    buf_init(out, 4096);
    for (; *line; line++)
        buf_add(out, *line == '@' ? str_of(s->folder) : str_make(line, 1));
}

// A line, what it reads, its exit code, and what is on its standard output and error ("": nothing, NULL: whatever).
struct run {
    const char *line, *input;
    int code;
    const char *out, *err, *why;
};

static bool has(const struct buf *text, const char *wanted)
{
    return !wanted || (wanted[0] ? str_find(buf_str(text), str_of(wanted)) < text->n : text->n == 0);
}

static void check_runs(struct stage *s, const struct run *runs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buf line, out, err;
        fill(s, runs[i].line, &line);
        fill(s, runs[i].out ? runs[i].out : "", &out);
        fill(s, runs[i].err ? runs[i].err : "", &err);
        int code = ctl_line_run(&s->line, buf_z(&line), runs[i].input);
        if (code != runs[i].code || !has(&s->line.out, runs[i].out ? buf_z(&out) : NULL) ||
            !has(&s->line.err, runs[i].err ? buf_z(&err) : NULL))
            fail_msg("%s (%s): %d, not %d\n%s---\n%s", runs[i].line, runs[i].why, code, runs[i].code,
                     buf_z(&s->line.out), buf_z(&s->line.err));
        buf_done(&line);
        buf_done(&out);
        buf_done(&err);
    }
}
#define CHECK_RUNS(s, runs) check_runs((s), (runs), sizeof(runs) / sizeof *(runs))

static const char GOOD[] = "rule truce {\n    when truce\n    tags peace\n    test match \"A truce holds\"\n}\n"
                           "rule grain {\n    title \"Grain deals\"\n    when grain NEAR/4 (deal OR treaty)\n"
                           "    test match \"A grain deal\"\n    test reject \"A deal\"\n}\n";

static void check_counts_and_refuses(void **state)
{
    struct stage *s = *state;
    put(s, "good.rules", GOOD);
    put(s, "bad.rules", "rule a {\n    wen truce\n}\nrule b {\n    when (truce\n}\n");
    put(s, "fails.rules", "rule a {\n    when truce\n    test match \"grain\"\n}\n");
    put(s, "odd.rules", "rule a {\n    when truce OR truce\n}\n");
    char path[128];
    folder_make(path_of(s, "empty", path));
    folder_make(path_of(s, "g[prod]", path));
    put(s, "g[prod]/good.rules", GOOD);
    static const struct run runs[] = {
        {"rules check @/good.rules", NULL, CTL_OK, "good: 2 rules, 0 sets, 3 tests run; 0 errors, 0 warnings\n", "",
         "a file"},
        {"rules check -", GOOD, CTL_OK, "good: 2 rules", "", "standard input"},
        {"rules check --json @/good.rules", NULL, CTL_OK, "\"ok\":true", "", "for programs"},
        {"rules check @/bad.rules", NULL, CTL_CONFIG, "refused: ", "bad.rules:2:5: error: unknown statement `wen`",
         "the first mistake"},
        {"rules check @/bad.rules", NULL, CTL_CONFIG, "refused: ", "bad.rules:5:", "and the next, in one run"},
        {"rules check --json @/bad.rules", NULL, CTL_CONFIG, "\"ok\":false", "", "told as findings"},
        {"rules check @/fails.rules", NULL, CTL_CONFIG, "1 error", "fails.rules:3:16: error: test fails", "a test"},
        {"rules check @/odd.rules", NULL, CTL_OK, "2 warnings", "2:19: warning: `truce` stands here twice",
         "odd, and good"},
        {"rules check --strict @/odd.rules", NULL, CTL_CONFIG, "refused: ", "warning: ", "unless strict"},
        {"rules check @/empty", NULL, CTL_CONFIG, "refused", "there is no file *.rules in @/empty", "an empty folder"},
        {"rules check @/g[prod]", NULL, CTL_OK, "good: 2 rules", "", "a folder whose name looks like a pattern"},
        {"rules check @/none.rules", NULL, CTL_NOT_FOUND, "", "@/none.rules cannot be read", "no file"},
        {"rules check --config @/none.conf", NULL, CTL_NOT_FOUND, "", "--config FILE", "no configuration"},
    };
    CHECK_RUNS(s, runs);
}

static void list_shows_what_a_rule_costs(void **state)
{
    struct stage *s = *state;
    put(s, "good.rules", GOOD);
    put(s, "none.rules", "");
    static const struct run runs[] = {
        {"rules list --rules @/good.rules", NULL, CTL_OK, "RULE   SEVERITY  TESTS  TERMS  RUNS ON  TITLE\n", "",
         "head"},
        {"rules list --rules @/good.rules", NULL, CTL_OK, "truce  notice        1      1  1 word   truce\n", "",
         "a word"},
        {"rules list --rules @/good.rules", NULL, CTL_OK, "grain  notice        2      3  1 word   Grain deals\n", "",
         "the rarest of its words"},
        {"rules list --json --rules @/good.rules", NULL, CTL_OK, "\"tags\":[\"peace\"]", "", "for programs"},
        {"rules list --rules @/none.rules", NULL, CTL_OK, "RULE", "", "no rule: the head line alone"},
        {"rules list --rules @/gone.rules", NULL, CTL_NOT_FOUND, "", "@/gone.rules cannot be read", "no file"},
    };
    CHECK_RUNS(s, runs);
}

static void match_answers_a_line_an_item(void **state)
{
    struct stage *s = *state;
    put(s, "good.rules", GOOD);
    put(s, "bad.rules", "rule a {\n    when (\n}\n");
    put(s, "items.jsonl",
        "{\"id\": 1, \"title\": \"A truce\"}\n\n{\"id\": \"b\", \"description\": \"<p>a <b>grain</b> deal</p>\"}\n");
    static const struct run runs[] = {
        {"rules match --rules @/good.rules @/items.jsonl", NULL, CTL_OK,
         "{\"id\":1,\"rules\":[\"truce\"],\"tags\":[\"peace\"]}\n{\"id\":\"b\",\"rules\":[\"grain\"],\"tags\":[]}\n",
         "", "a file"},
        {"rules match --rules @/good.rules", "{\"title\": \"nothing\"}", CTL_OK, "\"rules\":[]", "",
         "no id, no line end"},
        {"rules match --rules @/good.rules -", "{\"id\": 1, \"title\": \"truce\"}\n[1]\n", CTL_REFUSED, "\"id\":1",
         "standard input:2: expected a JSON object a line: this is another value", "what came before is answered"},
        {"rules match --rules @/good.rules -", "{\"id\": \n", CTL_REFUSED, "", "standard input:1: expected a JSON",
         "broken"},
        {"rules match --rules @/good.rules @/none", NULL, CTL_NOT_FOUND, "", "@/none: No such file", "no file"},
        {"rules match --rules @/bad.rules -", "{}", CTL_CONFIG, "", "the rules have errors", "bad rules"},
    };
    CHECK_RUNS(s, runs);
}

static void explain_and_test_say_why(void **state)
{
    struct stage *s = *state;
    put(s, "good.rules", GOOD);
    put(s, "page.html", "<html><body><h1>The truce</h1><p>holds.</p></body></html>");
    static const struct run runs[] = {
        {"rules test truce --rules @/good.rules", "A truce\nholds", CTL_OK, NULL, "", "a match"},
        {"rules test truce --rules @/good.rules", "Grain\nprices", CTL_REFUSED, NULL, "", "none"},
        {"rules test truce @/page.html --rules @/good.rules", NULL, CTL_OK, NULL, "", "a page"},
        {"rules explain grain --rules @/good.rules", "A deal\non steel", CTL_REFUSED,
         "    - grain\n    + one of (deal OR treaty)\n", "", "why not"},
        {"rules explain truce --rules @/good.rules", "A truce", CTL_OK, "[truce]", "", "the hit is marked"},
        {"rules explain truc --rules @/good.rules", "x", CTL_NOT_FOUND, "",
         "there is no rule truc; did you mean truce?",
         "nearly"},
        {"rules explain zebra --rules @/good.rules", "x", CTL_NOT_FOUND, "", "there is no rule zebra", "not at all"},
        {"rules test truce @/gone --rules @/good.rules", NULL, CTL_NOT_FOUND, "", "@/gone", "no text"},
    };
    CHECK_RUNS(s, runs);
}

static void read_back(const struct stage *s, const char *name, const char *expected)
{
    char path[128];
    struct buf text;
    buf_init(&text, 1 << 16);
    assert_true(file_read(path_of(s, name, path), &text));
    assert_string_equal(buf_z(&text), expected);
    buf_done(&text);
}

static void fmt_changes_files_and_checks_streams(void **state)
{
    static const char loose[] = "rule  a {\n  when truce\n}\n", neat[] = "rule a {\n    when  truce\n}\n";
    struct stage *s = *state;
    char path[128], link[128];
    struct stat st;
    put(s, "loose.rules", loose);
    put(s, "neat.rules", neat);
    put(s, "bad.rules", "rule a {\n");
    assert_int_equal(chmod(path_of(s, "loose.rules", path), 0640), 0);
    assert_int_equal(symlink("loose.rules", path_of(s, "link.rules", link)), 0);
    static const struct run checks[] = {
        {"rules fmt --check @/neat.rules", NULL, CTL_OK, "", "", "neat"},
        {"rules fmt --check @/loose.rules", NULL, CTL_REFUSED, "", "@/loose.rules is not in canonical form", "loose"},
        {"rules fmt --check -", neat, CTL_OK, "", "", "neat, of a stream"},
        {"rules fmt --check -", loose, CTL_REFUSED, "", "standard input is not in canonical form",
         "loose, of a stream"},
        {"rules fmt -", loose, CTL_OK, neat, "", "to standard output"},
        {"rules fmt -", neat, CTL_OK, neat, "", "whatever it was"},
    };
    CHECK_RUNS(s, checks);
    read_back(s, "loose.rules", loose); // so far nothing was written
    static const struct run writes[] = {
        {"rules fmt @/bad.rules @/link.rules @/neat.rules", NULL, CTL_CONFIG, "@/link.rules\n", "bad.rules:1:",
         "goes on"},
        {"rules fmt @/loose.rules", NULL, CTL_OK, "", "", "neat now"},
        {"rules fmt @/none.rules", NULL, CTL_NOT_FOUND, "", "@/none.rules", "no file"},
    };
    CHECK_RUNS(s, writes);
    read_back(s, "loose.rules", neat);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode)); // what it points at was written
    read_back(s, "bad.rules", "rule a {\n");
}

static const char FEED[] = "<rss version=\"2.0\"><channel><title>Paper</title><item><title>A truce</title>"
                           "<guid>g1</guid></item></channel></rss>";

static void parse_shows_a_feed_and_refuses_what_is_none(void **state)
{
    struct stage *s = *state;
    put(s, "a.xml", FEED);
    put(s, "page.html", "<html><body>no feed</body></html>");
    put(s, "empty", "");
    static const struct run runs[] = {
        {"feeds parse @/a.xml", NULL, CTL_OK, "A truce", "", "a file"},
        {"feeds parse", FEED, CTL_OK, "A truce", "", "standard input"},
        {"feeds parse --json -", FEED, CTL_OK, "{\"entries\":[{", "", "for programs"},
        {"feeds parse --limits off @/a.xml", NULL, CTL_OK, "A truce", "", "without limits, as they come"},
        {"feeds parse --limits on @/a.xml", NULL, CTL_USAGE, "", "--limits: expected off, found \"on\"",
         "no such word"},
        {"feeds parse @/page.html", NULL, CTL_REFUSED, NULL, "", "a page"},
        {"feeds parse @/empty", NULL, CTL_REFUSED, NULL, "", "nothing"},
        {"feeds parse @/none.xml", NULL, CTL_NOT_FOUND, "", "@/none.xml: No such file", "no file"},
        {"feeds parse @", NULL, CTL_NOT_FOUND, "", "@: Is a directory", "a folder"},
        {"feeds parse @/none.xml @/a.xml", NULL, CTL_NOT_FOUND, "A truce", "@/none.xml", "goes on with the next"},
    };
    CHECK_RUNS(s, runs);
}

static void a_batch_has_an_answer_a_line_whatever_is_asked(void **state)
{
    struct stage *s = *state;
    struct buf asked;
    put(s, "a.xml", FEED);
    put(s, "page.html", "<html></html>");
    fill(s, "{\"file\": \"@/a.xml\", \"env\": {\"FEED_URL\": \"https://e.example/f\"}}\n"
            "{\"file\": \"@/none\"}\nno json\n{\"file\": 3}\n"
            "{\"file\": \"@/page.html\"}\n{\"file\": \"@/a.xml\"}\n", &asked);
    assert_int_equal(ctl_line_run(&s->line, "feeds parse --batch", buf_z(&asked)), CTL_OK);
    size_t lines = 0, refused = 0;
    for (struct str rest = buf_str(&s->line.out); rest.n; lines++) {
        struct str line = str_cut(&rest, '\n');
        refused += str_eq(line, S("{\"error\":\"cannot be read\"}"));
        assert_true(str_starts(line, S("{")) && str_ends(line, S("}")));
    }
    assert_int_equal(lines, 6);
    assert_int_equal(refused, 3);
    s->line.to = "/dev/full"; // an answer that could not be written is no success, whatever came before it
    assert_int_equal(ctl_line_run(&s->line, "feeds parse --batch", buf_z(&asked)), CTL_TEMPORARY);
    assert_true(has(&s->line.err, "No space left"));
    buf_done(&asked);
}

// ---- the others ----

static void top_is_for_a_terminal(void **state)
{
    struct stage *s = *state;
    static const struct run runs[] = {
        {"feeds parse https://a.example/feed", NULL, CTL_NOT_FOUND, "", "next: curl -sL URL | ", "an address"},
        {"rules check @/none.rules", NULL, CTL_NOT_FOUND, "", "none.rules cannot be read: No such file", "no file"},
        {"top", NULL, CTL_USAGE, "", "top draws on a terminal", "a pipe"},
        {"check", NULL, CTL_CONFIG, "", "there is no configuration to be found", "none named"},
    };
    CHECK_RUNS(s, runs);
}

static void a_check_says_what_it_read_and_that_nobody_heard_it(void **state)
{
    struct stage *s = *state;
    put(s, "good.rules", GOOD);
    put(s, "good.conf", "feed https://a.example/ {\n}\ninclude good.rules\n");
    static const struct run heard[] = {
        {"check --config @/good.conf", NULL, CTL_OK, "good.conf: 1 feed, 1 receiver, 2 rules; 0 errors, 0 warnings\n", "",
         "counts"},
    };
    CHECK_RUNS(s, heard);
    static const struct run unheard[] = {
        {"check --config @/good.conf", NULL, CTL_TEMPORARY, NULL, "cannot be written", "a full disk"},
        {"rules check @/good.rules", NULL, CTL_TEMPORARY, NULL, "cannot be written", "a full disk"},
        {"rules check --json @/good.rules", NULL, CTL_TEMPORARY, NULL, "cannot be written", "a full disk"},
    };
    s->line.to = "/dev/full";
    CHECK_RUNS(s, unheard);
    s->line.to = NULL;
}

// What bash completes the words of a line to, as its own completion would ask.
static void completes_to(struct stage *s, const char *typed, const char *expected)
{
    char command[512], found[1024] = "", path[128];
    snprintf(command, sizeof command,
             "bash --norc -c 'source %s; words=(feedwatchctl %s); "
             "COMP_WORDS=(\"${words[@]}\"); COMP_CWORD=$((${#words[@]} - 1)); _feedwatchctl; echo \"${COMPREPLY[*]}\"'",
             path_of(s, "complete.bash", path), typed);
    FILE *f = popen(command, "re");
    assert_non_null(f);
    size_t n = fread(found, 1, sizeof found - 1, f);
    found[n] = '\0';
    assert_int_equal(pclose(f), 0);
    if (strcmp(str_trim(str_of(found)).n ? found : "\n", expected) != 0)
        fail_msg("\"%s\" completes to %s, not to %s", typed, found, expected);
}

static void bash_completes_groups_verbs_and_options(void **state)
{
    struct stage *s = *state;
    if (access("/bin/bash", X_OK) != 0)
        skip();
    assert_int_equal(ctl_line_run(&s->line, "completion bash", NULL), CTL_OK);
    put(s, "complete.bash", buf_z(&s->line.out));
    completes_to(s, "fee", "feeds\n");
    completes_to(s, "he", "health help\n");
    completes_to(s, "feeds p", "poll pause parse\n");
    completes_to(s, "--json feeds ex", "export\n");
    completes_to(s, "feeds list --st", "--state\n");
    completes_to(s, "feeds list --so", "--socket\n");
    completes_to(s, "status --st", "\n"); // it has none
    completes_to(s, "rules check --", "--strict --json --socket --config --no-colour --help --version\n");
    completes_to(s, "feeds show x", "\n"); // an id: nobody knows
}

static void each_shell_knows_each_command(void **state)
{
    struct stage *s = *state;
    static const char *const lines[] = {"completion bash", "completion zsh", "completion fish"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ctl_line_run(&s->line, lines[i], NULL), CTL_OK);
        for (const struct ctl_command *c = ctl_commands; c->group; c++)
            if (!has(&s->line.out, c->group) || (c->verb && !has(&s->line.out, c->verb)))
                fail_msg("%s: not %s %s", lines[i], c->group, c->verb ? c->verb : "");
    }
    assert_int_equal(ctl_line_run(&s->line, "completion tcsh", NULL), CTL_USAGE);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(check_counts_and_refuses),
        ON_STAGE(list_shows_what_a_rule_costs),
        ON_STAGE(match_answers_a_line_an_item),
        ON_STAGE(explain_and_test_say_why),
        ON_STAGE(fmt_changes_files_and_checks_streams),
        ON_STAGE(parse_shows_a_feed_and_refuses_what_is_none),
        ON_STAGE(a_batch_has_an_answer_a_line_whatever_is_asked),
        ON_STAGE(top_is_for_a_terminal),
        ON_STAGE(a_check_says_what_it_read_and_that_nobody_heard_it),
        ON_STAGE(bash_completes_groups_verbs_and_options),
        ON_STAGE(each_shell_knows_each_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
