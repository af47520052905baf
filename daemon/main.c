// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/daemon.h"

static const char usage[] =
    "usage: feedwatchd [--config FILE] [--check [--strict]] [--foreground] [--once] [--dump-config] [--version]\n"
    "       feedwatchd(8) says more\n";

static const char help[] =
    "\n"
    "  --config FILE  the configuration; else the first of its usual places\n"
    "  --check        read configuration and rules, run their tests, tell all that is wrong\n"
    "  --strict       with --check: a warning is an error\n"
    "  --foreground   log to standard error\n"
    "  --once         poll each feed once, deliver what comes of it, and exit\n"
    "  --dump-config  print the configuration as it is understood, defaults included\n"
    "  --version      print the version\n"
    "\n"
    "feedwatchctl asks and steers it while it runs.\n";

enum { OPT_CONFIG = 256, OPT_CHECK, OPT_STRICT, OPT_FOREGROUND, OPT_ONCE, OPT_DUMP, OPT_VERSION, OPT_HELP };

static const struct option options[] = {
    {"config", required_argument, NULL, OPT_CONFIG},
    {"check", no_argument, NULL, OPT_CHECK},
    {"strict", no_argument, NULL, OPT_STRICT},
    {"foreground", no_argument, NULL, OPT_FOREGROUND},
    {"once", no_argument, NULL, OPT_ONCE},
    {"dump-config", no_argument, NULL, OPT_DUMP},
    {"version", no_argument, NULL, OPT_VERSION},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

// Where one of the three is closed, the next file that is opened would take its place, and the log be written into it.
static void hold_standard_streams(void)
{
    int fd;
    while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
        ;
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    struct daemon_options run = {0};
    bool is_check = false, is_strict = false, is_dump = false;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case OPT_CONFIG:
            run.config_path = optarg;
            break;
        case OPT_CHECK:
            is_check = true;
            break;
        case OPT_STRICT:
            is_strict = true;
            break;
        case OPT_FOREGROUND:
            run.is_foreground = true;
            break;
        case OPT_ONCE:
            run.is_once = true;
            break;
        case OPT_DUMP:
            is_dump = true;
            break;
        case OPT_VERSION:
            puts("feedwatchd " FEEDWATCH_VERSION);
            return EXIT_OK;
        case OPT_HELP:
            fputs(usage, stdout);
            fputs(help, stdout);
            return EXIT_OK;
        default:
            fputs(usage, stderr);
            return EXIT_USAGE;
        }
    }
    if (optind < argc || (is_strict && !is_check)) {
        if (optind < argc)
            fprintf(stderr, "feedwatchd: it takes options alone, found \"%s\"\n", argv[optind]);
        else
            fprintf(stderr, "feedwatchd: --strict goes with --check\n");
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (is_check || is_dump)
        return (int)daemon_check(run.config_path, is_strict, is_dump);
    hold_standard_streams();
    return (int)daemon_run(&run);
}
