#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"

namespace demo {

// The desired state as JSON of the API's Config message, every field written: the format of the state file
// and of `democtl config`. Ends with a newline.
std::string config_to_json(const Config& config);

// The way back; absent fields get their defaults. kInvalidArgument for text that is not such JSON (the
// message says where) and for values that the API would refuse. Does not validate() the whole.
Result<Config> config_from_json(std::string_view json);

}  // namespace demo
