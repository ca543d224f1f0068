#pragma once

#include <string>

namespace demo::ctl {

// All bytes of a file that the user named, of whatever kind it is; "-" is one of that name. Throws a usage
// Failure, "NAME cannot be read: why"; name: how the user calls it, such as "--tls-ca ca.pem".
std::string read_input(const std::string& path, const std::string& name);
inline std::string read_input(const std::string& path) { return read_input(path, path); }
// The same of standard input.
std::string read_standard_input();

}  // namespace demo::ctl
