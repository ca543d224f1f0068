#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace demo {

// What a state file says.
struct DecodedState {
  Config config;
  std::vector<std::string> unknown;  // paths of fields that a later version wrote: ignored
};

}  // namespace demo
