#pragma once

#include <string>

#include "base/result.h"

namespace demo {

// What whoever started the daemon reads: on standard error, each problem of a file a line. Returns the
// status.
int complain(const Error& error, int status);

// The exit status of a start that only says something on standard output.
int say(const std::string& text);

}  // namespace demo
