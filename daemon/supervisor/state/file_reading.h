#pragma once

#include "config/config.h"

namespace demo {

// What configuration file and flags say together.
struct FileReading {
  Config config;
  bool sets_nothing = false;  // there is a file, and ConfigFile::sets_nothing
};

}  // namespace demo
