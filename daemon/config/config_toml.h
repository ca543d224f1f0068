#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace demo {

// The desired state as a configuration file: load_config_file() makes the same of it, up to what mode auto
// was decided to mean (Listener::auto_forwards), which is told in a comment. What has its default is left
// out, and each value that is there names the default. heading: comment lines at the beginning; may be empty.
// Precondition: validate() has no objection. Pure.
std::string config_to_toml(const Config& config, std::string_view heading);

}  // namespace demo
