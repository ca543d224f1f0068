#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/unique_fd.h"

namespace demo {

// Descriptors that a program hands by name to the one that is executed in its place, or beside it for a
// trial: in an environment variable, as "stats=17 s5=20". Those of a service manager come another way,
// sd_listen_fds(3).
inline constexpr const char* kPassedVariable = "DEMO_HANDOVER";

// Names without '=' and ' ', and descriptors of this process, borrowed.
using NamedDescriptors = std::vector<std::pair<std::string, int>>;

// The value of the variable.
std::string describe_passed(const NamedDescriptors& descriptors);
// The way back. What is no name with a number is left out.
NamedDescriptors read_passed(const std::string& text);

// What was passed to this process, which nobody that it executes is to take for its own: out of the
// environment, and closed by the next exec. Unset where nothing was. Call once, before any thread starts.
std::optional<std::vector<std::pair<std::string, UniqueFd>>> take_passed();

}  // namespace demo
