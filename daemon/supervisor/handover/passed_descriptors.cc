#include "supervisor/handover/passed_descriptors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "base/whole_io.h"
#include "base/whole_number.h"

namespace demo {
namespace {

// More than any process may have (proc(5), "nr_open").
constexpr unsigned kDescriptorsEnd = 1U << 30;
// A longer list is none of ours.
constexpr off_t kListBytes = 64 * 1024 * 1024;

std::optional<int> number_in(std::string_view text) {
  const auto number = whole_number<unsigned>(text);
  if (!number || *number >= kDescriptorsEnd) return std::nullopt;
  return static_cast<int>(*number);
}

// Of the list.
std::optional<int> passed_list() {
  const char* const text = std::getenv(kPassedVariable);
  return text == nullptr ? std::nullopt : number_in(text);
}

std::string read_list(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_size > kListBytes) return "";
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  return read_all_at(fd, text.data(), text.size(), 0) ? text : "";
}

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
    if (const auto fd = number_in(entry.substr(equals + 1))) {
      descriptors.emplace_back(entry.substr(0, equals), *fd);
    }
  }
  return descriptors;
}

Result<UniqueFd> list_passed(const NamedDescriptors& descriptors) {
  UniqueFd list(::memfd_create("demo-passed", MFD_CLOEXEC));
  if (!list || !write_all_at(list.get(), describe_passed(descriptors), 0)) {
    return Error{ErrorCode::kResourceExhausted, "cannot list what is passed on: " + errno_text(errno), "",
                 ""};
  }
  return list;
}

std::optional<NamedDescriptors> look_at_passed() {
  const auto list = passed_list();
  if (!list) return std::nullopt;
  return read_passed(read_list(*list));
}

std::optional<std::vector<std::pair<std::string, UniqueFd>>> take_passed() {
  const auto list = passed_list();
  if (!list) return std::nullopt;
  std::vector<std::pair<std::string, UniqueFd>> taken;
  for (auto& [name, fd] : read_passed(read_list(*list))) {
    // One that is not open was never passed.
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0) taken.emplace_back(name, UniqueFd(fd));
  }
  const UniqueFd read(*list);
  ::unsetenv(kPassedVariable);
  return taken;
}

}  // namespace demo
