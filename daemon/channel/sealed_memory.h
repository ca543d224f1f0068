#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

// The bytes in a memfd sealed against any change, memfd_create(2). Error: kResourceExhausted.
Result<UniqueFd> write_sealed_memory(std::string_view bytes);
// Error: kInvalidArgument for a descriptor that is not such a memfd or holds more than 64 MiB.
Result<std::string> read_sealed_memory(int fd);

}  // namespace demo
