// SPDX-License-Identifier: MIT
//
// The statements of the daemon's configuration, for base/conf. What rules say is rules/load.h.
#ifndef DAEMON_CONFIG_SCHEMA_H
#define DAEMON_CONFIG_SCHEMA_H

#include "base/conf.h"

extern const struct conf_spec config_specs[];      // the top level
extern const struct conf_spec config_feed_specs[]; // inside a feed block

// The places of `log`'s and `identity`'s choices are those of enum log_to and enum identity_choice.
#define CONFIG_LOG_CHOICES "auto journal stderr syslog"
#define CONFIG_IDENTITY_CHOICES "auto id link text"

#endif
