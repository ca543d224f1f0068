#pragma once

#include <string>

namespace demo::ctl {

// All bytes of a file that the user named, of whatever kind it is; "-" is one of that name. Throws a usage
// Failure, "NAME cannot be read: why"; name: how the user calls it, such as "--tls-ca ca.pem".
std::string read_input(const std::string& path, const std::string& name);
inline std::string read_input(const std::string& path) { return read_input(path, path); }
// The same of a text that the daemon is sent, where "-" is standard input.
std::string read_text(const std::string& path);

// What the daemon is told that such a text is called, for its messages: the path as text::printable() shows
// it; of one of more than text::kTextNameBytes the end, whole characters of it, behind a mark. Pure.
std::string name_of_text(const std::string& path);

}  // namespace demo::ctl
