// SPDX-License-Identifier: MIT
#include "daemon/daemon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/mem.h"
#include "daemon/daemon_parts.h"
#include "daemon/http.h"
#include "daemon/message_id.h"
#include "daemon/notify.h"
#include "daemon/paths.h"
#include "feeds/parse.h"
#include "feeds/url.h"

static uint64_t random_u64(void)
{
    uint64_t n = 0;
    if (getrandom(&n, sizeof n, 0) != sizeof n)
        abort(); // a kernel without randomness is none of ours
    return n;
}

// ---- the configuration ----

static struct config *load_config(struct daemon *d, const char *asked)
{
    struct err err;
    d->config_path = daemon_find_config(asked, &d->arena, &err);
    if (!d->config_path) {
        fprintf(stderr, "feedwatchd: %s\n", err.text);
        return NULL;
    }
    struct diags diags;
    diags_init(&diags);
    // What status, the log and "next" say of it is read from other folders.
    d->config_path = config_place(str_of(d->config_path), S(""), &d->arena).p;
    struct config *config = config_load(d->config_path, ++d->generation, &diags);
    diags_sort(&diags);
    daemon_print(&diags);
    diags_done(&diags);
    if (config->is_usable)
        return config;
    config_unref(config);
    return NULL;
}

// ---- feeds into shards ----

struct loading {
    struct daemon *d;
    struct index stored; // ids that have come from the store
    struct now now;
    uint32_t n_unnamed;
    struct arena arena;
    struct store_feed *lost; // that a damaged store has forgotten
    size_t n_lost;
};

struct worker *daemon_worker_of(struct daemon *d, struct str url)
{
    return d->workers[shard_virtual(url) % d->n_workers];
}

static void load_feed(void *context, const struct store_feed *row)
{
    struct loading *l = context;
    struct daemon *d = l->d;
    const struct config_feed *named = config_feed_find(d->config, row->feed.id);
    struct feed feed = row->feed;
    struct worker *w = daemon_worker_of(d, feed.url);
    struct err err;
    const struct config_feed *heir = named ? NULL : config_feed_heir(d->config, feed.id);
    if (heir && feed.origin != ORIGIN_ADDED) { // under its former address; a row of its own, if there is one, wins
        if (index_find(&l->stored, heir->id) != INDEX_NONE)
            return;
        config_feed_inherit(heir, l->now.wall, &feed);
        shard_put(worker_shard(daemon_worker_of(d, heir->url)), &feed, l->now);
    } else if (named) {
        feed.origin = ORIGIN_CONFIGURED;
        feed.options = &named->options;
        shard_put(worker_shard(w), &feed, l->now);
    } else if (feed.origin == ORIGIN_ADDED) { // where a reload or `feeds add` looks for it, wherever it has moved
        w = daemon_worker_of(d, feed.first_url);
        if (!worker_add_feed(w, &feed, row->options_text, l->now, &err))
            log_say(d->log, LOG_LEVEL_WARNING, NULL, "feed=%.*s was not restored: %s",
                    STR_ARG(url_redacted(&l->arena, feed.url)), err.text);
    } else {
        l->n_unnamed++; // its state stays in the store: naming it again raises no flood
        return;
    }
    if (index_find(&l->stored, feed.id) == INDEX_NONE)
        index_put(&l->stored, feed.id, 0);
}

// What the store does not know is new; where it was damaged, it may be forgotten. Such a feed learns before it tells
// again, lest it tell under new ids what it told before.
static void add_new_feeds(struct loading *l, bool was_damaged)
{
    struct daemon *d = l->d;
    for (size_t i = 0; i < d->config->n_feeds; i++) {
        const struct config_feed *f = &d->config->feeds[i];
        if (index_find(&l->stored, f->id) != INDEX_NONE)
            continue;
        struct feed feed = {.id = f->id, .first_url = f->url, .url = f->url, .options = &f->options,
                            .due = l->now.wall, .flags = was_damaged ? FEED_RELEARN : 0};
        shard_put(worker_shard(daemon_worker_of(d, f->url)), &feed, l->now);
        feed.options = NULL;
        struct store_feed row = {.feed = feed, .fence.shard = (uint16_t)shard_virtual(f->url)};
        if (was_damaged)
            ARENA_PUSH(&l->arena, l->lost, l->n_lost, row);
    }
    for (uint32_t i = 0; i < d->n_workers; i++) {
        struct shard *shard = worker_shard(d->workers[i]);
        shard_rest_hosts(shard, writer_asked_until(d->writer), l->now);
        worker_resume_price(d->workers[i], writer_price_nano(d->writer));
        if (d->is_once)
            d->to_poll += shard_make_all_due(shard, l->now);
        else
            shard_spread(shard, l->now);
    }
}

// Over a restart, too: the next opening does not say any more that there was damage.
static void keep_lost(struct loading *l, struct store *store)
{
    const struct store_batch batch = {.now = l->now.wall, .feeds = l->lost, .n_feeds = l->n_lost};
    struct err err;
    if (l->n_lost && store_commit(store, &batch, &err) != STORE_OK)
        log_say(l->d->log, LOG_LEVEL_WARNING, NULL,
                "which feeds are to learn anew cannot be kept over another restart: %s", err.text);
}

// ---- opening, in order; each failure says its exit code ----

static bool open_store(struct daemon *d, struct store **out, struct err *err)
{
    struct store_options options = {
        .engine = STORE_SQLITE,
        .directory = d->state,
        .now = clock_now(&d->clock).wall,
    };
    if (getrandom(options.secret, sizeof options.secret, 0) != sizeof options.secret)
        return err_set(err, "the kernel gives no randomness: %s", strerror(errno));
    *out = store_open(&options, err);
    explicit_bzero(options.secret, sizeof options.secret);
    if (!*out)
        return false;
    enum store_opening opening = store_opening(*out);
    log_say(d->log, opening <= STORE_IS_CLEAN ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
            opening >= STORE_WAS_RESTORED ? MESSAGE_STORE_TROUBLE : NULL, "%s", store_opening_text(*out));
    return true;
}

static bool open_workers(struct daemon *d, struct err *err)
{
    d->n_workers = daemon_workers_asked(d->config);
    d->threads.workers = d->workers;
    d->threads.n_workers = d->n_workers;
    for (uint32_t i = 0; i < d->n_workers; i++) {
        d->workers[i] = worker_open(&d->threads, i, config_ref(d->config), random_u64(), err);
        if (!d->workers[i])
            return false;
    }
    return true;
}

static void disable_receiver(struct daemon *d)
{
    for (size_t i = 0; i < d->config->n_receivers; i++)
        if (d->config->receivers[i].is_off)
            log_say(d->log, LOG_LEVEL_WARNING, MESSAGE_RECEIVER_DISABLED,
                    "receiver=%.*s is off: %.*s; its alerts wait in the outbox",
                    STR_ARG(d->config->receivers[i].name), STR_ARG(d->config->receivers[i].off_why));
}

static enum exit_code open_threads(struct daemon *d, struct err *err)
{
    struct store *store = NULL;
    if (!open_store(d, &store, err))
        return EXIT_REFUSED;
    d->threads.key = store_secret(store);
    if (!open_workers(d, err)) {
        store_close(store);
        return EXIT_UNAVAILABLE;
    }
    struct loading l = {.d = d, .now = clock_now(&d->clock)};
    arena_init(&l.arena, SIZE_MAX);
    d->writer = writer_open(&d->threads, store, config_ref(d->config), random_u64(), load_feed, &l, err);
    if (!d->writer)
        return EXIT_TEMPORARY;
    d->threads.writer = writer_queue(d->writer);
    add_new_feeds(&l, store_opening(store) >= STORE_WAS_RESTORED);
    keep_lost(&l, store);
    index_done(&l.stored);
    arena_done(&l.arena);
    struct store_side *for_history = store_side_open(store, err);
    struct store_side *for_keeper = for_history ? store_side_open(store, err) : NULL;
    d->for_backup = for_keeper ? store_side_open(store, err) : NULL;
    if (!d->for_backup) {
        store_side_close(for_keeper);
        store_side_close(for_history);
        return EXIT_TEMPORARY;
    }
    d->history = history_start(&d->threads, for_history);
    d->threads.history = history_queue(d->history);
    d->keeper = keeper_start(&d->threads, for_keeper, d->state);
    d->threads.keeper = keeper_queue(d->keeper);
    d->delivery = delivery_open(&d->threads, config_ref(d->config), random_u64(), err);
    if (!d->delivery)
        return EXIT_UNAVAILABLE;
    d->threads.delivery = &delivery_uv(d->delivery)->inbox;
    struct str gone;
    for (size_t i = 0; (gone = writer_gone(d->writer, i)).n; i++)
        delivery_disable(d->delivery, gone);
    return EXIT_OK;
}

static void start_threads(struct daemon *d)
{
    writer_start(d->writer);
    loop_start(delivery_uv(d->delivery), "fw-delivery");
    loop_poke(delivery_uv(d->delivery));
    for (uint32_t i = 0; i < d->n_workers; i++) {
        loop_start(worker_loop(d->workers[i]), "fw-worker");
        loop_poke(worker_loop(d->workers[i]));
    }
}

static bool open_api(struct daemon *d, struct err *err)
{
    const struct api_options options = {
        .socket_path = arena_dupz(&d->arena, d->socket),
        .listen = d->config->listen.n ? arena_dupz(&d->arena, d->config->listen) : NULL,
        .version = FEEDWATCH_VERSION,
    };
    d->control = control_open(d);
    return api_open(&d->api, &d->loop.uv, d->control, &options, err);
}

// ---- main's loop ----

static void turn(void *owner, struct message *list, struct now now)
{
    struct daemon *d = owner;
    for (struct message *m = list, *next; m; m = next) {
        next = m->next;
        size_t bytes = m->bytes;
        ((struct job *)m)->run((struct job *)m, d, now);
        queue_handled(&d->loop.inbox, bytes);
    }
    if (d->clock_control)
        clock_control_turn(d->clock_control);
}

static void say_reload(void *context, bool ok, struct str text)
{
    (void)context, (void)ok, (void)text; // the log has it
}

static void reopen_files(struct job *job, void *owner, struct now now)
{
    (void)now;
    delivery_reopen_files(owner);
    mem_free(job);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct daemon *d = signal->data;
    if (number == SIGHUP) {
        daemon_reload(d, say_reload, NULL);
    } else if (number == SIGUSR1) {
        struct job *job = mem_alloc(sizeof *job);
        job->run = reopen_files;
        queue_push(d->threads.delivery, &job->message);
    } else {
        daemon_stop(d);
    }
}

static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

// What asks a running daemon for something would end one that still starts: it waits until there is a handler. A file
// that reaches a limit of its size (a log, the store) is an error of that write, as a full disk is.
static void hold_signals(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(how, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static void start_signals(struct daemon *d)
{
    for (size_t i = 0; i < 4; i++) {
        uv_signal_init(&d->loop.uv, &d->signals[i]);
        d->signals[i].data = d;
        uv_signal_start(&d->signals[i], on_signal, signals[i]);
    }
    hold_signals(SIG_UNBLOCK);
}

// ---- the end ----

static void on_api_closed(void *context)
{
    struct daemon *d = context;
    loop_stop(&d->loop);
    uv_stop(&d->loop.uv); // a job of the pool may hang, on a mount that does not answer: the end begins without it
}

void daemon_stop(struct daemon *d)
{
    if (d->is_stopping)
        return;
    d->is_stopping = true;
    notify_stopping();
    log_say(d->log, LOG_LEVEL_INFO, NULL, "stopping");
    for (size_t i = 0; i < 4; i++) {
        uv_close((uv_handle_t *)&d->signals[i], NULL); // this gives it its default back: the end of the process
        signal(signals[i], SIG_IGN);                   // the stop is bounded, whoever is in a hurry
    }
    uv_close((uv_handle_t *)&d->pulse, NULL);
    uv_close((uv_handle_t *)&d->lists, NULL);
    uv_close((uv_handle_t *)&d->wake, NULL);
    clock_control_close(d->clock_control);
    d->clock_control = NULL;
    api_close(d->api, on_api_closed, d);
}

static void on_store_lost(struct job *job, void *owner, struct now now)
{
    (void)now;
    struct daemon *d = owner;
    d->exit_code = EXIT_TEMPORARY; // to be started again
    daemon_stop(d);
    mem_free(job);
}

static enum exit_code serve(struct daemon *d, int clock_fd)
{
    struct err err;
    start_signals(d);
    daemon_start_pulse(d);
    daemon_start_lists(d);
    daemon_start_wake(d);
    if (!open_api(d, &err)) {
        fprintf(stderr, "feedwatchd: %s\n", err.text);
        return EXIT_UNAVAILABLE;
    }
    start_threads(d);
    if (clock_fd >= 0)
        d->clock_control = clock_control_open(d, clock_fd);
    char status[160];
    snprintf(status, sizeof status, "%zu feeds, %zu rules, generation %llu", d->config->n_feeds,
             ruleset_count(d->config->rules), (unsigned long long)d->generation);
    notify_ready(status);
    log_say(d->log, LOG_LEVEL_INFO, NULL, "ready: %s, state %.*s", status, STR_ARG(d->state));
    daemon_log_scopes(d);
    uv_run(&d->loop.uv, UV_RUN_DEFAULT);
    return EXIT_OK;
}

static enum exit_code open_and_serve(struct daemon *d, const struct daemon_options *options, int clock_fd)
{
    struct err err = {0};
    d->config = load_config(d, options->config_path);
    if (!d->config)
        return EXIT_CONFIG;
    d->log = log_start(d->is_foreground ? LOG_TO_STDERR : d->config->log_to, &d->clock, &d->metrics);
    d->threads.log = d->log;
    daemon_note_start(d);
    disable_receiver(d);
    enum exit_code code = EXIT_UNAVAILABLE;
    if (paths_state(&d->arena, d->config->state, &d->state, &err) &&
        paths_socket(&d->arena, d->config->socket, &d->socket, &err))
        code = open_threads(d, &err);
    if (code != EXIT_OK) {
        fprintf(stderr, "feedwatchd: %s\n", err.text);
        daemon_close_all(d, false);
        return code;
    }
    code = serve(d, clock_fd);
    daemon_close_all(d, code == EXIT_OK);
    if (code == EXIT_OK)
        log_say(d->log, LOG_LEVEL_INFO, NULL, "stopped");
    return code == EXIT_OK ? d->exit_code : code;
}

// Something may have become idle: the stepped clock's requests wait for it. Not a poke, which would be under way.
static void wake_main(void *owner)
{
    struct daemon *d = owner;
    uv_async_send(&d->loop.wake);
}

enum exit_code daemon_run(const struct daemon_options *options)
{
    struct daemon *d = mem_alloc(sizeof *d);
    struct err err;
    int clock_fd;
    arena_init(&d->arena, 1 << 20);
    hold_signals(SIG_BLOCK);
    parse_library_init();
    if (!clock_init(&d->clock, &clock_fd, &err) || !http_library_init(&err)) {
        fprintf(stderr, "feedwatchd: %s\n", err.text);
        return EXIT_UNAVAILABLE;
    }
    loop_init(&d->loop, &d->clock, SIZE_MAX, turn, d);
    d->loop.is_observer = true;
    d->clock.owner = d;
    d->clock.on_idle = wake_main;
    d->threads = (struct threads){.clock = &d->clock, .metrics = &d->metrics, .main = &d->loop.inbox,
                                  .on_store_lost = on_store_lost};
    d->started = clock_now(&d->clock).wall;
    d->is_once = options->is_once;
    d->is_foreground = options->is_foreground;
    enum exit_code code = open_and_serve(d, options, clock_fd);
    log_stop(d->log, LOG_STOP_MS, d->is_once); // who asked for one run wants to see all of it
    daemon_close_loop(d, code);
    config_unref(d->config);
    file_watch_done(&d->file_watch);
    arena_done(&d->arena);
    http_library_done();
    mem_free(d);
    return code;
}
