#pragma once

#include <string>

namespace demo {

// What open(2) with O_WRONLY | O_CREAT would say of the path, without making or changing anything: 0 or
// errno. Never waits: a FIFO that nobody reads is ENXIO, as for O_NONBLOCK.
int write_fault(const std::string& path);

// What making a file in the folder would say, faccessat(2): 0 or errno.
int making_fault(const std::string& folder);

// The folder that the path's last name is in: "." for a name alone.
std::string folder_of(const std::string& path);

}  // namespace demo
