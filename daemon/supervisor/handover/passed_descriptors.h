#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

// Descriptors that a program hands by name to the one that is executed in its place, or beside it for a
// trial. An environment variable has the number of one more descriptor, a memfd, which lists them as
// "stats=17 s5=20": execve(2) takes no variable that is as long as a list may be. Those of a service manager
// come another way, sd_listen_fds(3).
inline constexpr const char* kPassedVariable = "DEMO_HANDOVER";

// Names without '=' and ' ', and descriptors of this process, borrowed.
using NamedDescriptors = std::vector<std::pair<std::string, int>>;

// The list.
std::string describe_passed(const NamedDescriptors& descriptors);
// The way back. What is no name with a number is left out.
NamedDescriptors read_passed(const std::string& text);

// A memfd with the list of them. Error: kResourceExhausted.
Result<UniqueFd> list_passed(const NamedDescriptors& descriptors);

// What the environment says was passed to this process; it stays as it is. Unset where nothing was.
std::optional<NamedDescriptors> look_at_passed();
// The same for whom it is for: out of the environment, and closed by the next exec. Call once, before any
// thread starts.
std::optional<std::vector<std::pair<std::string, UniqueFd>>> take_passed();

}  // namespace demo
