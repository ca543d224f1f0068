#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <string>

#include "base/result.h"

namespace demo {

// All bytes from where the descriptor stands to the end. Error: errno of read(2), EFBIG beyond `most` bytes.
boost::system::result<std::string, int> read_all(int fd, std::size_t most);

// The bytes of a regular file, or one that a symbolic link names, of at most `most` bytes; it waits for no
// FIFO and throws nothing. Error: kNotFound, kPermissionDenied, kResourceExhausted (descriptors, memory of
// the kernel) or kInvalidArgument, "cannot read PATH: why", value is the path.
Result<std::string> read_file(const std::string& path, std::size_t most);

}  // namespace demo
