#include "supervisor/handover/passed_descriptors.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/whole_number.h"

namespace demo {
namespace {

// More than any process may have (proc(5), "nr_open").
constexpr unsigned kDescriptorsEnd = 1U << 30;

}  // namespace

std::string describe_passed(const NamedDescriptors& descriptors) {
  std::string text;
  for (const auto& [name, fd] : descriptors) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, fd);
  }
  return text;
}

NamedDescriptors read_passed(const std::string& text) {
  NamedDescriptors descriptors;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const auto fd = whole_number<unsigned>(entry.substr(equals + 1));
    if (fd && *fd < kDescriptorsEnd) descriptors.emplace_back(entry.substr(0, equals), static_cast<int>(*fd));
  }
  return descriptors;
}

std::optional<std::vector<std::pair<std::string, UniqueFd>>> take_passed() {
  const char* const text = std::getenv(kPassedVariable);
  if (text == nullptr) return std::nullopt;
  std::vector<std::pair<std::string, UniqueFd>> taken;
  for (auto& [name, fd] : read_passed(text)) {
    // One that is not open was never passed.
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0) taken.emplace_back(name, UniqueFd(fd));
  }
  ::unsetenv(kPassedVariable);
  return taken;
}

}  // namespace demo
