#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"
#include "config/decoded_state.h"

namespace demo {

// The desired state as JSON of the API's Config message (json/write_message.h), every field written: the
// format of the state file and of `democtl config`. Ends with a newline.
std::string config_to_json(const Config& config);

// The way back, also of what other versions wrote; absent fields get their defaults, fields that the message
// does not have are left out and named. kInvalidArgument for text that is not such JSON (the message says
// where) and for values that the API would refuse. Does not validate() the whole.
Result<DecodedState> state_from_json(std::string_view json);

}  // namespace demo
