// SPDX-License-Identifier: MIT
//
// The table of commands: what help lists, what the parser accepts, what completions offer.
#include "daemon/ctl/commands.h"

#define OPTIONS(...) ((const struct ctl_option[]){__VA_ARGS__, {0}})
#define ANY ((size_t)-1)
#define RULE_OPTIONS                                                                                                   \
    OPTIONS({"rules", "PATH", "rule files; else those of the configuration", 0},                                       \
            {"lang", "LANGUAGE", "the language of the text, as en", 0})
#define TEXT_DETAILS                                                                                                   \
    "The text comes from FILE or standard input: its first line is the title, the rest the\n"                          \
    "body; HTML is read as text. Exit status 0: it matches, 1: it does not."
// A feed, in every command that takes one.
#define FEED_DETAILS "FEED is its id, its URL, or the name that the configuration gives it."

const struct ctl_option ctl_options[] = {
    {"json", NULL, "the answer as JSON, for programs", 0},
    {"socket", "PATH", "the daemon's socket; else $FEEDWATCH_SOCKET, else found", 0},
    {"config", "FILE", "the configuration, for what needs no daemon", 0},
    {"no-colour", NULL, "no colour on a terminal (also NO_COLOR=1)", 0},
    {"help", NULL, "help on the program, a group or a command", 'h'},
    {"version", NULL, "the version", 0},
    {0},
};

// clang-format off
const struct ctl_command ctl_commands[] = {
    {.heading = "The daemon",
     .group = "status", .words = "", .about = "what the daemon is doing", .run = ctl_status},
    {.group = "top", .words = "", .about = "the same, live, with alerts and failing feeds", .run = ctl_top},
    {.group = "health", .words = "", .about = "is all well? exit 1 with the reasons if not", .run = ctl_health,
     .details = "Prints what is wrong, a line each, and what to do. Made for monitoring: the exit\n"
                "status is the answer."},
    {.group = "check", .words = "", .about = "what is wrong with the configuration (no daemon)", .run = ctl_check,
     .options = OPTIONS({"strict", NULL, "warnings are errors", 0}),
     .details = "Reads it as the daemon does, with feeds, receivers and rules, and runs the tests\n"
                "beside the rules. Exit status 78: it would be refused."},
    {.group = "reload", .words = "", .about = "read the configuration and the rules again", .run = ctl_reload,
     .options = OPTIONS({"wait", NULL, "until the new generation runs or was refused", 'w'}),
     .details = "The new generation is built beside the old one and takes its place at once. With\n"
                "any error the old one goes on and, with --wait, all errors are shown (exit 78)."},
    {.group = "metrics", .words = "", .about = "all counters, as Prometheus reads them", .run = ctl_metrics},
    {.group = "backup", .words = "", .about = "copy the store while the daemon runs", .run = ctl_backup,
     .details = "The copy is made in the folder backup of the state; the newest 7 are kept. An old\n"
                "copy may be put back at any time: alerts that were sent since then are sent\n"
                "again, under the same ids."},
    {.group = "log", .verb = "level", .words = "[LEVEL]", .words_max = 1,
     .about = "show or set how much is logged", .run = ctl_log_level,
     .details = "LEVEL is debug, info, notice, warning or error. It lasts until the next start."},

    {.heading = "Feeds",
     .group = "feeds", .verb = "list", .words = "", .about = "all feeds and how they are", .run = ctl_feeds_list,
     .options = OPTIONS({"state", "STATE", "only ok, failing, gone, paused or new ones", 0},
                        {"tag", "TAG", "only feeds with this tag", 0},
                        {"limit", "N", "at most N", 'n'})},
    {.group = "feeds", .verb = "show", .words = "FEED...", .words_min = 1, .words_max = ANY,
     .about = "all that is known of a feed", .run = ctl_feeds_show, .details = FEED_DETAILS},
    {.group = "feeds", .verb = "why", .words = "FEED...", .words_min = 1, .words_max = ANY,
     .about = "when a feed is polled next, and why then", .run = ctl_feeds_why, .details = FEED_DETAILS},
    {.group = "feeds", .verb = "add", .words = "URL...", .words_min = 1, .words_max = ANY,
     .about = "poll more feeds from now on", .run = ctl_feeds_add,
     .options = OPTIONS({"name", "NAME", "how it is called in lists and alerts", 0},
                        {"tag", "TAG", "a tag, for rules and lists; several with commas", 0},
                        {"every", "TIME", "poll at this interval, as 15m", 0}),
     .details = "The first poll records what is there and alerts nothing. Feeds that are added so\n"
                "live in the store; a feed of the configuration with the same URL wins over them."},
    {.group = "feeds", .verb = "rm", .words = "FEED...", .words_min = 1, .words_max = ANY,
     .about = "poll a feed no more", .run = ctl_feeds_rm,
     .details = FEED_DETAILS "\nFeeds of the configuration are removed there."},
    {.group = "feeds", .verb = "poll", .words = "FEED...", .words_min = 1, .words_max = ANY,
     .about = "poll as soon as the host may be asked", .run = ctl_feeds_poll,
     .options = OPTIONS({"force", NULL, "the whole of it, without the validators", 'f'}), .details = FEED_DETAILS},
    {.group = "feeds", .verb = "pause", .words = "FEED...", .words_min = 1, .words_max = ANY,
     .about = "leave a feed alone until it is resumed", .run = ctl_feeds_pause, .details = FEED_DETAILS},
    {.group = "feeds", .verb = "resume", .words = "FEED...", .words_min = 1, .words_max = ANY,
     .about = "poll a paused feed again", .run = ctl_feeds_resume, .details = FEED_DETAILS},
    {.group = "feeds", .verb = "import", .words = "FILE", .words_min = 1, .words_max = 1,
     .about = "add the feeds of an OPML file (or -)", .run = ctl_feeds_import,
     .options = OPTIONS({"tag", "TAG", "a tag for all of them", 0})},
    {.group = "feeds", .verb = "export", .words = "", .about = "all feeds as OPML", .run = ctl_feeds_export},
    {.group = "feeds", .verb = "parse", .words = "[FILE|-]...", .words_max = ANY,
     .about = "what a feed is, item by item (no daemon)", .run = ctl_feeds_parse,
     .options = OPTIONS({"url", "URL", "the address it came from, for relative links", 0},
                        {"limits", "off", "no caps on items and sizes; items are not kept", 0},
                        {"batch", NULL, "a line {\"file\", \"env\"} for each document, an answer a line", 0}),
     .details = "Reads as the daemon does and says what it made of it: format, encoding and why,\n"
                "what had to be mended and where, each item and what it is known by. Exit status 1:\n"
                "not a feed. FEED_URL, FEED_CONTENT_TYPE and FEED_CONTENT_LANGUAGE in the\n"
                "environment stand for what a response would have said."},

    {.heading = "Alerts",
     .group = "alerts", .verb = "list", .words = "", .about = "alerts, newest first", .run = ctl_alerts_list,
     .options = OPTIONS({"rule", "RULE", "only of this rule", 0},
                        {"feed", "FEED", "only from this feed", 0},
                        {"severity", "LEVEL", "only debug, info, notice, warning or critical ones", 0},
                        {"state", "STATE", "only sent, waiting, held, dead, silenced, ... ones", 0},
                        {"since", "TIME", "a time back (24h) or a date", 0},
                        {"until", "TIME", "likewise", 0},
                        {"text", "TEXT", "only with this in the title", 0},
                        {"limit", "N", "at most N", 'n'})},
    {.group = "alerts", .verb = "show", .words = "ID...", .words_min = 1, .words_max = ANY,
     .about = "its hits, what was decided, every attempt", .run = ctl_alerts_show},
    {.group = "alerts", .verb = "tail", .words = "", .about = "the last alerts, and those that come",
     .run = ctl_alerts_tail,
     .options = OPTIONS({"follow", NULL, "go on as alerts come", 'f'},
                        {"lines", "N", "begin with the last N (10)", 'n'},
                        {"rule", "RULE", "only of this rule", 0},
                        {"severity", "LEVEL", "only of this severity", 0}),
     .details = "With --json one object a line."},
    {.group = "alerts", .verb = "resend", .words = "ID", .words_min = 1, .words_max = 1,
     .about = "send an alert again, under the same id", .run = ctl_alerts_resend,
     .options = OPTIONS({"receiver", "NAME", "only to this receiver", 0})},

    {.heading = "Deliveries",
     .group = "deliveries", .verb = "list", .words = "", .about = "what waits to be sent, and what is dead",
     .run = ctl_deliveries_list,
     .options = OPTIONS({"receiver", "NAME", "only to this receiver", 0},
                        {"state", "STATE", "only waiting, held, done, dead, digested or dropped ones", 0},
                        {"limit", "N", "at most N", 'n'})},
    {.group = "deliveries", .verb = "retry", .words = "[ID...]", .words_max = ANY,
     .about = "send now what waits or is dead", .run = ctl_deliveries_retry,
     .options = OPTIONS({"receiver", "NAME", "all to this receiver", 0},
                        {"state", "STATE", "all waiting, all held or all dead ones", 0},
                        {"all", NULL, "all of them", 0})},
    {.group = "deliveries", .verb = "drop", .words = "[ID...]", .words_max = ANY,
     .about = "give up what waits or is dead", .run = ctl_deliveries_drop,
     .options = OPTIONS({"receiver", "NAME", "all to this receiver", 0},
                        {"state", "STATE", "all waiting, all held or all dead ones", 0},
                        {"all", NULL, "all of them", 0}),
     .details = "The alert itself stays in the list of alerts and can be resent."},

    {.group = "receivers", .verb = "list", .words = "", .about = "where alerts go, and how that goes",
     .run = ctl_receivers_list},
    {.group = "receivers", .verb = "test", .words = "NAME...", .words_min = 1, .words_max = ANY,
     .about = "send a webhook a test message, now", .run = ctl_receivers_test,
     .details = "The message (type endpoint.test) is signed and shaped as alerts are; it is kept\n"
                "nowhere and not tried again. Exit status 0: it was accepted, 1: it was not."},

    {.heading = "Silences",
     .group = "silence", .verb = "add", .words = "MATCHER", .words_min = 1, .words_max = ANY,
     .about = "hide alerts for a time", .run = ctl_silence_add,
     .options = OPTIONS({"for", "TIME", "how long, as 2h", 0}, {"until", "DATE", "till then", 0},
                        {"comment", "TEXT", "why, for the others", 0}),
     .details = "MATCHER is words that must all be met, as\n"
                "  rule=ceasefire-* feed=\"Example World\" severity<=notice tag!=world title=*gold*\n"
                "Silenced alerts are kept and listed, and can be resent."},
    {.group = "silence", .verb = "list", .words = "", .about = "what is silenced", .run = ctl_silence_list},
    {.group = "silence", .verb = "expire", .words = "ID...", .words_min = 1, .words_max = ANY,
     .about = "end a silence now", .run = ctl_silence_expire},
    {.group = "silence", .verb = "preview", .words = "MATCHER", .words_min = 1, .words_max = ANY,
     .about = "what it would have hidden in the last 7 days", .run = ctl_silence_preview},

    {.heading = "Rules (without a daemon)",
     .group = "rules", .verb = "check", .words = "[PATH...]", .words_max = ANY,
     .about = "errors, lint and tests of rule files", .run = ctl_rules_check,
     .options = OPTIONS({"strict", NULL, "warnings count as errors", 0}),
     .details = "PATH is a file, a folder with *.rules, or - for standard input; without one, the\n"
                "configuration and all that it includes. Exit status 78: a reload would refuse it."},
    {.group = "rules", .verb = "test", .words = "RULE [FILE|-]", .words_min = 1, .words_max = 2,
     .about = "does the rule match this text?", .run = ctl_rules_test, .options = RULE_OPTIONS,
     .details = TEXT_DETAILS},
    {.group = "rules", .verb = "explain", .words = "RULE [FILE|-]", .words_min = 1, .words_max = 2,
     .about = "why it matches, or which branch fails", .run = ctl_rules_explain,
     .options = OPTIONS({"item", "ID", "an article of the archive: its address or id, or an alert's id", 0},
                        {"rules", "PATH", "rule files; else those of the configuration", 0},
                        {"lang", "LANGUAGE", "the language of the text, as en", 0}),
     .details = TEXT_DETAILS "\n"
                "With --item the text is an archived article: ID is its address, its id as rules\n"
                "replay and the payloads show it, or the id of an alert about it."},
    {.group = "rules", .verb = "replay", .words = "[RULE]", .words_max = 1,
     .about = "what the rules would have found in the archive", .run = ctl_rules_replay,
     .options = OPTIONS({"since", "TIME", "a time back (30d, the default) or a date", 0},
                        {"until", "TIME", "likewise; else up to now", 0},
                        {"rules", "PATH", "rule files; else those of the configuration", 0},
                        {"against", "PATH", "compare with these; else with the rules that run", 0},
                        {"limit", "N", "show at most N of the items (20)", 'n'}),
     .details = "Hits of every rule (or of RULE alone), and how many are new or gone compared with\n"
                "the rules that run, or with those of --against; then the items themselves: those\n"
                "that are new or gone where there are any, else the newest hits. Matched as the\n"
                "daemon does; baseline, stories, silences, hours and throttles are left out. Without\n"
                "a daemon the archive is read from the state directory and nothing is written."},
    {.group = "rules", .verb = "match", .words = "[ITEMS.jsonl|-]", .words_max = 1,
     .about = "which rules match each item", .run = ctl_rules_match,
     .options = OPTIONS({"rules", "PATH", "rule files; else those of the configuration", 0}),
     .details = "An item a line: {\"id\", \"title\", \"description\" (HTML), \"lang\"?, \"link\"?}, also\n"
                "summary, feed, author, categories, tags. An answer a line: {\"id\", \"rules\", \"tags\"}."},
    {.group = "rules", .verb = "fmt", .words = "FILE...", .words_min = 1, .words_max = ANY,
     .about = "bring files into their canonical form", .run = ctl_rules_fmt,
     .options = OPTIONS({"check", NULL, "change nothing; exit 1 where a file would change", 0}),
     .details = "Comments are kept. Prints the files that changed; - reads standard input and prints."},
    {.group = "rules", .verb = "list", .words = "", .about = "the rules and what they found lately",
     .run = ctl_rules_list,
     .options = OPTIONS({"rules", "PATH", "the rules of these files, and what they cost", 0}),
     .details = "24 HOURS, 7 DAYS and 30 DAYS count alerts, silenced and joined ones as well.\n"
                "RUNS ON is what a rule costs: it is run only on articles that hold a word which\n"
                "each of its matches needs, or one of so many where there is a choice; on all\n"
                "others it costs nothing. A rule that needs no such word runs on every article."},

    {.heading = "Other",
     .group = "completion", .words = "bash|zsh|fish", .words_min = 1, .words_max = 1,
     .about = "completions, for the shell's start-up file", .run = ctl_completion,
     .details = "bash:  source <(feedwatchctl completion bash)\n"
                "zsh:   source <(feedwatchctl completion zsh)\n"
                "fish:  feedwatchctl completion fish | source"},
    {0},
};
