// SPDX-License-Identifier: MIT
//
// receiver --secret whsec_... [--port N] [--journal FILE] [--fail CHANCE]: a webhook receiver to try the daemon with by
// hand. It prints a line for each alert; SIGINT or SIGTERM ends it with its report, and status 1 where a promise was
// broken.
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/tools/receiver.h"

enum { EXIT_USAGE = 64, DEFAULT_PORT = 8378 };

static int usage(void)
{
    fputs("usage: receiver --secret whsec_BASE64 [--port N] [--journal FILE] [--fail CHANCE]\n", stderr);
    return EXIT_USAGE;
}

static void on_alert(void *context, const struct receiver_alert *a, const char *answer)
{
    (void)context;
    struct buf line;
    buf_init(&line, 1024);
    buf_addf(&line, "%s  attempt %u  %.*s  %.*s", answer, a->attempts, STR_ARG(a->id), STR_ARG(a->key));
    puts(buf_z(&line));
    fflush(stdout);
    buf_done(&line);
}

static void on_signal(uv_signal_t *signal, int number)
{
    (void)number;
    uv_stop(signal->loop);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"secret", required_argument, NULL, 's'},
                                            {"port", required_argument, NULL, 'p'},
                                            {"journal", required_argument, NULL, 'j'},
                                            {"fail", required_argument, NULL, 'f'},
                                            {0}};
    const char *secret = NULL, *journal = NULL;
    uint64_t port = DEFAULT_PORT;
    double chance = 0;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 's')
            secret = optarg;
        else if (c == 'j')
            journal = optarg;
        else if (c == 'f')
            chance = strtod(optarg, NULL);
        else if (c != 'p' || !str_to_u64(str_of(optarg), 65535, &port))
            return usage();
    }
    if (!secret || optind < argc)
        return usage();
    uv_loop_t *loop = uv_default_loop();
    struct receiver r;
    struct err err;
    receiver_init(&r, loop, "127.0.0.1", (int)port, secret, 1);
    r.on_alert = on_alert;
    if (journal && !receiver_journal(&r, journal, &err)) {
        fprintf(stderr, "receiver: %s\n", err.text);
        return 1;
    }
    if (chance > 0)
        receiver_plan(&r, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503, .chance = chance});
    fprintf(stderr, "receiver: %s\n", receiver_url(&r, "/"));
    uv_signal_t signals[2];
    for (int i = 0; i < 2; i++) {
        uv_signal_init(loop, &signals[i]);
        uv_signal_start(&signals[i], on_signal, i == 0 ? SIGINT : SIGTERM);
    }
    uv_run(loop, UV_RUN_DEFAULT);
    struct buf text;
    buf_init(&text, 8192);
    receiver_describe(&r, &text);
    fputs(buf_z(&text), stdout);
    struct receiver_report report = receiver_report(&r);
    return report.bad_signatures + report.two_ids + report.changed_body + report.early_retries > 0;
}
