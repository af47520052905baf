// SPDX-License-Identifier: MIT
//
// The kinds of messages that the journal knows by a fixed MESSAGE_ID. systemd/feedwatchd.catalog explains each to
// "journalctl -x"; a test holds that it has these and no others. An id is for ever: scripts filter by it.
#ifndef DAEMON_MESSAGE_ID_H
#define DAEMON_MESSAGE_ID_H

#define MESSAGE_ALERT             "6b902f21d8b0487288de05376a7c18ce" // alert: an alert was committed
#define MESSAGE_DIGEST            "4fa9f7ce21654ba89bc25bab1d200cdd" // digest: several alerts told at once
#define MESSAGE_FEED_BROKEN       "f0882fd64c6642e39cd9d8bfb47fdc80" // feed.broken: a feed failed for a day
#define MESSAGE_FEED_RECOVERED    "0d9c1b2d07614de5a8263d852f292587" // feed.recovered: it is well again
#define MESSAGE_FEED_REBASELINED  "ff1c8f156d954c4489fae5e193acb568" // feed.rebaselined: it announced its archive again
#define MESSAGE_FEED_GONE         "2c700e3ee05e4fabb3448d2abf482016" // feed.gone: 410 twice in a day
#define MESSAGE_FEED_MOVED        "8fe1916bc18049f3826916f009b0a01e" // feed.moved: a permanent redirect was accepted
#define MESSAGE_RECEIVER_DISABLED "e5a0d4d6c0534b8aad9f3f2ebe364db2" // receiver.disabled: 410, or a missing credential
#define MESSAGE_DELIVERY_DEAD     "496105a2581040b7b28e1c1aa36ad157" // delivery.dead: no further attempt will be made
#define MESSAGE_RELOADED          "3a3262bed7f44e5092bf3a41edb76441" // reloaded: a new generation runs
#define MESSAGE_RELOAD_REFUSED    "6b2775ace0f6462a86dfadcaa67e6fb0" // reload.refused: the old generation goes on
#define MESSAGE_STORE_TROUBLE     "4ce3c14625c148af87569b0f650fbcb1" // store.trouble: a commit failed

#endif
