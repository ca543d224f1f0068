#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace demo {

// What has to change to get from one desired state to the other, one line a value, in a stable order:
//   client_keepalive.enabled: false -> true
//   listeners: + 127.0.0.1:8081 (tcp, pool "api")
//   pools.default.backends: - 10.0.0.3:80
// Listeners, pools and backends are told apart by their identity; a new order alone is no difference.
std::vector<std::string> diff_config(const Config& from, const Config& to);

// A value's text as differences tell it: of a long one (a response's body) the beginning and the size.
std::string shown_value(const std::string& text);

// The lines in one sentence; of many the first fifty and how many more there are.
std::string summarise_diff(const std::vector<std::string>& lines);

}  // namespace demo
