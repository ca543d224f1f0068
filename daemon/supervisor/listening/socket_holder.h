#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace demo {

struct SocketHolder {
  pid_t pid = 0;
  std::string name;  // of the program, proc(5) comm
};

// A process that holds the socket of this inode number. None when this user may not see it. Reads all of
// /proc: for messages about what went wrong.
std::optional<SocketHolder> find_holder(std::uint64_t inode);

}  // namespace demo
