#include "supervisor/handover/inheritance.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/whole_number.h"

namespace demo {
namespace {

// Of a name that is this letter and a number.
std::optional<std::uint64_t> number_behind(char letter, std::string_view name) {
  if (!name.starts_with(letter)) return std::nullopt;
  return whole_number<std::uint64_t>(name.substr(1));
}

template <typename Message>
bool read_text(UniqueFd memory, std::optional<SurvivingText>& text, Message& message) {
  auto adopted = SurvivingText::adopt(std::move(memory));
  if (adopted && message.ParseFromString(adopted->text())) {
    text = std::move(*adopted);
    return true;
  }
  message.Clear();
  log(LogLevel::kError, "what the supervisor before wrote down cannot be read: it is left behind");
  return false;
}

// False for a name that is none of ours.
bool take(Inheritance& inheritance, std::map<std::uint64_t, UniqueFd>& bells, std::string_view name,
          UniqueFd& fd) {
  if (name == kStatsName) {
    inheritance.stats = std::move(fd);
  } else if (name == kQuotaName) {
    inheritance.quota = std::move(fd);
  } else if (name == kHandoverName) {
    const bool right = read_text(std::move(fd), inheritance.handover_text, inheritance.handover);
    if (!right) inheritance.useless.insert(kHandoverName);
  } else if (name == kPlacesName) {
    const bool right = read_text(std::move(fd), inheritance.places_text, inheritance.places);
    if (!right) inheritance.useless.insert(kPlacesName);
  } else if (const auto bell = number_behind('b', name)) {
    bells[*bell] = std::move(fd);
  } else if (const auto socket = number_behind('s', name)) {
    inheritance.sockets[*socket] = SharedFd(std::move(fd));
  } else if (const auto channel = number_behind('c', name)) {
    inheritance.channels[*channel] = std::move(fd);
  } else if (const auto process = number_behind('p', name)) {
    inheritance.processes[*process] = std::move(fd);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string name_of_bell(std::size_t number) { return fmt::format("b{}", number); }
bool is_name_of_bell(std::string_view name) { return number_behind('b', name).has_value(); }
std::string name_of_socket(std::uint64_t number) { return fmt::format("s{}", number); }
std::string name_of_channel(std::uint64_t number) { return fmt::format("c{}", number); }
std::string name_of_process(std::uint64_t number) { return fmt::format("p{}", number); }

Inheritance read_inheritance() {
  Inheritance inheritance;
  char** names = nullptr;
  const int count = ::sd_listen_fds_with_names(1, &names);
  std::map<std::uint64_t, UniqueFd> bells;
  for (int i = 0; i < count; ++i) {
    const std::unique_ptr<char, decltype(&std::free)> name(names[i], &std::free);
    UniqueFd fd(SD_LISTEN_FDS_START + i);
    if (take(inheritance, bells, name.get(), fd)) {
      inheritance.names.insert(name.get());
    } else {
      (void)fd.release();
    }
  }
  std::free(names);
  for (auto& [number, bell] : bells) inheritance.bells.push_back(std::move(bell));
  return inheritance;
}

}  // namespace demo
