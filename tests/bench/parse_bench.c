// SPDX-License-Identifier: MIT
//
// bench-parse: whole feeds through the parser, everything included (sniff, decode, clean, libxml2, fields, dates,
// addresses, and the plain text of every title and body), beside raw libxml2 push SAX2 with empty handlers on the same
// bytes in the same pieces; and the fields alone, as the daemon reads a feed without news. The feeds are the real ones of the corpora where they are, else made ones; broken feeds are made from them.
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "feeds/html.h"
#include "feeds/parse.h"
#include "tests/tools/bench.h"
#include "tests/tools/feed_file.h"
#include "tests/tools/hostile_feeds.h"

enum { PIECE = 16384, ROUNDS = 9, FILES_MAX = 4096, SMALL_MAX = 2048 };

struct work {
    struct str *bodies;
    size_t n;
    uint64_t bytes;
    size_t items; // so that nothing is optimised away
    bool with_text;
};

// ---- what is measured

static void on_start(void *c, const xmlChar *l, const xmlChar *p, const xmlChar *u, int nn, const xmlChar **n, int na,
                     int nd, const xmlChar **a)
{
    (void)c, (void)l, (void)p, (void)u, (void)nn, (void)n, (void)na, (void)nd, (void)a;
}

static void on_end(void *c, const xmlChar *l, const xmlChar *p, const xmlChar *u)
{
    (void)c, (void)l, (void)p, (void)u;
}

static void on_text(void *c, const xmlChar *p, int n) { (void)c, (void)p, (void)n; }

static void run_raw(void *context)
{
    struct work *w = context;
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .endElementNs = on_end,
                         .characters = on_text, .cdataBlock = on_text};
    for (size_t i = 0; i < w->n; i++) {
        xmlParserCtxt *ctxt = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
        xmlCtxtUseOptions(ctxt, XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
        struct str body = w->bodies[i];
        for (size_t at = 0; at < body.n; at += PIECE)
            xmlParseChunk(ctxt, body.p + at, (int)(body.n - at < PIECE ? body.n - at : PIECE), 0);
        xmlParseChunk(ctxt, NULL, 0, 1);
        if (ctxt->myDoc)
            xmlFreeDoc(ctxt->myDoc);
        xmlFreeParserCtxt(ctxt);
    }
}

static void run_ours(void *context)
{
    struct work *w = context;
    struct parse_options options = {.url = S("http://example.org/feed"), .now = {1795478400000}};
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    for (size_t i = 0; i < w->n; i++) {
        struct parser *parser = parser_open(&options, &arena);
        struct str body = w->bodies[i];
        for (size_t at = 0; at < body.n; at += PIECE)
            parser_feed(parser, body.p + at, body.n - at < PIECE ? body.n - at : PIECE);
        const struct document *doc = parser_end(parser, false);
        w->items += doc->n_items;
        for (size_t k = 0; w->with_text && k < doc->n_items; k++) {
            const struct item *item = &doc->items[k];
            html_text_of(&item->title, &arena);
            html_text_of(item->content.body.n ? &item->content : &item->summary, &arena);
        }
        arena_reset(&arena);
    }
    arena_done(&arena);
}

// ---- the feeds

struct gather {
    struct work *valid;
    struct arena *arena;
};

static bool is_well_formed(struct str body)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC};
    xmlParserCtxt *ctxt = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
    xmlCtxtUseOptions(ctxt, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    bool is_good = xmlParseChunk(ctxt, body.p, (int)body.n, 1) == 0 && ctxt->wellFormed;
    if (ctxt->myDoc)
        xmlFreeDoc(ctxt->myDoc);
    xmlFreeParserCtxt(ctxt);
    return is_good;
}

static void add(struct work *w, struct str body)
{
    if (w->n == FILES_MAX)
        return;
    w->bodies[w->n++] = body;
    w->bytes += body.n;
}

static void take_file(void *context, const char *path)
{
    struct gather *g = context;
    struct str body = feed_file_read(g->arena, path);
    if (body.n >= SMALL_MAX && utf8_valid(body) == body.n && is_well_formed(body))
        add(g->valid, body);
}

static const struct str made_head = STR(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
    "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Made</title>"
    "<link>http://example.org/</link><description>made</description>\n");
static const struct str made_tail = STR("</channel></rss>\n");

// An item as programs write them: escaped HTML, CDATA, ASCII and Cyrillic.
static void made_item(struct buf *out, size_t i)
{
    buf_addf(out,
             "<item><title>Item %zu of the made feed</title><link>http://example.org/%zu?a=1&amp;b=2</link>\n"
             "<guid isPermaLink=\"false\">made-%zu</guid><pubDate>Mon, 02 Nov 2026 11:30:00 +0100</pubDate>\n"
             "<description>&lt;p&gt;A summary with &lt;a href=\"/x\"&gt;a link&lt;/a&gt; in it.&lt;/p&gt;"
             "</description><content:encoded><![CDATA[<p>%s</p><p>A second paragraph of plain words, long enough "
             "to look like an article's beginning.</p>]]></content:encoded></item>\n",
             i, i, i, i % 2 ? "Слова другого языка, которые занимают больше байтов" : "Words, words and words");
}

static struct str made_feed(struct arena *a, size_t items)
{
    struct buf out;
    buf_init(&out, SIZE_MAX);
    buf_add(&out, made_head);
    for (size_t i = 0; i < items; i++)
        made_item(&out, i);
    buf_add(&out, made_tail);
    struct str body = arena_str(a, buf_str(&out));
    buf_done(&out);
    return body;
}

// What goes wrong in feeds, a defect about every 2 KiB, as it is found: bare '&' and '<', lost end tags, controls,
// HTML entities.
static struct str broken(struct arena *a, struct str body, uint64_t seed)
{
    static const struct str defects[] = {STR(" & "), STR(" < 3 "), STR("\x01"), STR("&nbsp;"), STR("<br>"), STR("\xe9")};
    struct rng rng;
    rng_init(&rng, seed);
    struct buf out;
    buf_init(&out, SIZE_MAX);
    size_t from = 0;
    for (size_t next = 512; next < body.n; next += 512 + rng_below(&rng, 3072)) {
        while (next < body.n && body.p[next] != '>')
            next++;
        if (next >= body.n)
            break;
        buf_add(&out, str_make(body.p + from, next + 1 - from));
        buf_add(&out, defects[rng_below(&rng, sizeof defects / sizeof defects[0])]);
        from = next + 1;
    }
    buf_add(&out, str_from(body, from));
    struct str made = arena_str(a, buf_str(&out));
    buf_done(&out);
    return made;
}

// ---- races

// Races a set of feeds; broken ones against libxml2 on the sound originals, as it gives up at the first defect.
static void race(const char *label, struct work *ours, struct work *raw)
{
    struct work text = *ours;
    text.with_text = true;
    struct contender list[] = {
        {"raw libxml2 push, empty handlers", run_raw, raw, (double)raw->bytes, 0},
        {"feedwatch, everything", run_ours, &text, (double)text.bytes, 0},
        {"feedwatch, fields without texts", run_ours, ours, (double)ours->bytes, 0},
    };
    char name[64];
    printf("%s feeds: %zu, %.1f MB, bytes\n", label, ours->n, (double)ours->bytes / 1e6);
    bench_race(list, 3, ROUNDS);
    snprintf(name, sizeof name, "parse_%s_ratio_raw", label);
    bench_result(name, list[1].median / list[0].median, "ratio");
    snprintf(name, sizeof name, "parse_%s_fields_ratio_raw", label);
    bench_result(name, list[2].median / list[0].median, "ratio");
    if (ours == raw)
        bench_result("parse_valid_mb_s", list[1].median / 1e6, "MB/s");
}

// ---- processes

static double process_seconds(const char *command)
{
    double begun = bench_seconds();
    int status = system(command);
    return status == 0 ? bench_seconds() - begun : -1;
}

static double median_process(const char *command)
{
    double seconds[5];
    for (int i = 0; i < 5; i++) {
        seconds[i] = process_seconds(command);
        if (seconds[i] < 0)
            return -1;
    }
    return bench_median(seconds, 5);
}

static void race_processes(struct str body)
{
    char path[] = "/tmp/parse_bench.XXXXXX";
    char command[512];
    int fd = mkstemp(path);
    FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!out)
        return;
    fwrite(body.p, 1, body.n, out);
    fclose(out);
    printf("processes on one made feed, %.1f MB\n", (double)body.n / 1e6);
    snprintf(command, sizeof command, "build/feedwatchctl feeds parse --json --limits off %s >/dev/null", path);
    double ours = median_process(command);
    snprintf(command, sizeof command, "sfeed <%s >/dev/null", path);
    double sfeed = median_process(command);
    snprintf(command, sizeof command,
             "/usr/bin/python3 -c 'import feedparser,sys; feedparser.parse(sys.argv[1])' %s >/dev/null", path);
    double python = process_seconds(command);
    printf("  feedwatchctl feeds parse --json %.3f s, sfeed %.3f s, python3-feedparser %.3f s\n", ours, sfeed, python);
    if (ours > 0 && sfeed > 0)
        bench_result("parse_ratio_sfeed", sfeed / ours, "ratio");
    unlink(path);
}

// ---- gates: generous, because machines are shared; what is wrong is wrong by a factor

enum { HOSTILE_CPU_MS = 250, HOSTILE_SLACK = 4, DOCUMENT_KB = 64 << 10, MEMORY_KB = 2048 };

static bool hostile_feeds_are_cheap(void)
{
    double worst = 0;
    const char *name = "";
    for (size_t i = 0; i < hostile_feeds_n; i++) {
        const struct hostile *h = &hostile_feeds[i];
        struct buf body = hostile_make(h->head, h->unit, h->count, h->tail);
        struct str view = buf_str(&body);
        struct work w = {.bodies = &view, .n = 1, .bytes = view.n};
        double begun = bench_cpu_seconds();
        run_ours(&w);
        double ms = (bench_cpu_seconds() - begun) * 1e3;
        if (ms > worst) {
            worst = ms;
            name = h->name;
        }
        if (ms > HOSTILE_CPU_MS)
            printf("  over %d ms: %s, %.0f ms for %.1f MB\n", HOSTILE_CPU_MS, h->name, ms, (double)view.n / 1e6);
        buf_done(&body);
    }
    printf("hostile feeds: the dearest is \"%s\"\n", name);
    bench_result("parse_hostile_worst_ms", worst, "ms");
    return worst < HOSTILE_CPU_MS * HOSTILE_SLACK;
}

// What the dearest document of the corpora takes: CPU time, and the growth of this process's peak.
struct dearest {
    size_t n;
    double ms;
    char name[160];
};

static long own_peak_kb(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

static void parse_file(void *context, const char *path)
{
    struct dearest *d = context;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    struct str body = feed_file_read(&arena, path);
    struct work w = {.bodies = &body, .n = 1, .bytes = body.n, .with_text = true};
    double begun = bench_cpu_seconds();
    run_ours(&w);
    double ms = (bench_cpu_seconds() - begun) * 1e3;
    if (ms > d->ms) {
        d->ms = ms;
        snprintf(d->name, sizeof d->name, "%s", path);
    }
    d->n++;
    arena_done(&arena);
}

// Goes first, before this process has a peak of its own.
static bool corpora_are_cheap(void)
{
    static const char *const suffixes[] = {".xml", ".rss", ".atom", ".rdf", ".json", ".html", NULL};
    struct dearest d = {0};
    long before = own_peak_kb();
    feed_file_each("../shared/corpora", suffixes, parse_file, &d);
    if (d.n == 0) {
        printf("skipped: no corpora at ../shared/corpora\n");
        return true;
    }
    long grown = own_peak_kb() - before;
    printf("corpora: %zu files, the dearest is %s; peak of this process +%ld kB\n", d.n, d.name, grown);
    bench_result("parse_corpora_worst_ms", d.ms, "ms");
    bench_result("parse_corpora_peak_kb", (double)grown, "kB");
    return d.ms < HOSTILE_CPU_MS * HOSTILE_SLACK && grown < DOCUMENT_KB;
}

// The kernel's own count since exec; what wait4 gives includes this process before it.
static long peak_of(pid_t pid)
{
    char path[64], line[256];
    long peak = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *in = fopen(path, "r");
    while (in && fgets(line, sizeof line, in))
        sscanf(line, "VmHWM: %ld", &peak);
    if (in)
        fclose(in);
    return peak;
}

// Returns the peak memory in kB of feedwatchctl while it reads `items` made items from a pipe, -1 if it fails.
static long peak_kb(size_t items)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        if (!freopen("/dev/null", "w", stdout))
            _exit(1);
        execl("build/feedwatchctl", "feedwatchctl", "feeds", "parse", "--json", "--limits", "off", "-", (char *)NULL);
        _exit(1);
    }
    close(ends[0]);
    FILE *to = fdopen(ends[1], "wb");
    struct buf out;
    buf_init(&out, SIZE_MAX);
    fwrite(made_head.p, 1, made_head.n, to);
    for (size_t i = 0; i < items; i++) {
        buf_reset(&out);
        made_item(&out, i);
        fwrite(out.p, 1, out.n, to);
    }
    fflush(to);
    long peak = peak_of(pid); // it waits for the feed's end now
    fwrite(made_tail.p, 1, made_tail.n, to);
    fclose(to);
    buf_done(&out);
    int status;
    return waitpid(pid, &status, 0) == pid && status == 0 ? peak : -1;
}

static bool memory_is_bounded(void)
{
    long small = peak_kb(4000), large = peak_kb(200000);
    printf("memory of feedwatchctl: %ld kB over 2 MB, %ld kB over 100 MB\n", small, large);
    bench_result("parse_100mb_kb", (double)(large - small), "kB");
    return small > 0 && large > 0 && large - small < MEMORY_KB;
}

int main(void)
{
    static const char *const suffixes[] = {".xml", ".rss", ".atom", ".rdf", NULL};
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    parse_library_init();
    bool is_real_cheap = corpora_are_cheap();
    struct work valid = {.bodies = mem_alloc_array(FILES_MAX, sizeof(struct str))};
    struct work bad = {.bodies = mem_alloc_array(FILES_MAX, sizeof(struct str))};
    struct gather g = {&valid, &arena};
    if (feed_file_each("../shared/corpora/real", suffixes, take_file, &g) == 0)
        printf("skipped: no real feeds at ../shared/corpora/real; a made one instead\n");
    if (valid.n == 0)
        add(&valid, made_feed(&arena, 3000));
    for (size_t i = 0; i < valid.n; i++)
        add(&bad, broken(&arena, valid.bodies[i], i));
    race("valid", &valid, &valid);
    race("broken", &bad, &valid);
    race_processes(made_feed(&arena, 20000));
    bool is_cheap = hostile_feeds_are_cheap(), is_small = memory_is_bounded();
    mem_free(valid.bodies);
    mem_free(bad.bodies);
    arena_done(&arena);
    return is_real_cheap && is_cheap && is_small ? 0 : 1;
}
