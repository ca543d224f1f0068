#pragma once

#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

// A file in memory with these bytes, memfd_create(2), for sendfile(2). name: for /proc/PID/fd, at most 249
// bytes. Error: kResourceExhausted.
Result<UniqueFd> make_memory_file(const char* name, std::string_view bytes);

}  // namespace demo
