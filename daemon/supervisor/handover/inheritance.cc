#include "supervisor/handover/inheritance.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "base/diagnosis_socket.h"
#include "base/log.h"
#include "base/whole_number.h"
#include "supervisor/handover/passed_descriptors.h"

namespace demo {
namespace {

// Of a name that is this letter and a number.
std::optional<std::uint64_t> number_behind(char letter, std::string_view name) {
  if (!name.starts_with(letter)) return std::nullopt;
  return whole_number<std::uint64_t>(name.substr(1));
}

// More of why another version could not take over is not read.
constexpr std::size_t kRefusalBytes = 2048;

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

using Bells = std::map<std::uint64_t, UniqueFd>;

template <typename Message>
void take_text(Inheritance& inheritance, const char* name, UniqueFd memory,
               std::optional<SurvivingText>& text, Message& message) {
  if (!read_text(std::move(memory), text, message)) inheritance.useless.insert(name);
}

bool listens(int fd) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
}

// False for a name that is none of ours, or a socket unit's (FileDescriptorName=) that happens to be one.
bool take(Inheritance& inheritance, Bells& bells, std::string_view name, UniqueFd& fd) {
  const auto socket = number_behind('s', name);
  if (!socket && listens(fd.get())) return false;
  if (name == kStatsName) {
    inheritance.stats = std::move(fd);
  } else if (name == kQuotaName) {
    inheritance.quota = std::move(fd);
  } else if (name == kHandoverName) {
    take_text(inheritance, kHandoverName, std::move(fd), inheritance.handover_text, inheritance.handover);
  } else if (name == kPlacesName) {
    take_text(inheritance, kPlacesName, std::move(fd), inheritance.places_text, inheritance.places);
  } else if (const auto bell = number_behind('b', name)) {
    bells[*bell] = std::move(fd);
  } else if (socket) {
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

// False for another name. Of several the first is the newest.
bool take_diagnosis(Inheritance& inheritance, std::string_view name, UniqueFd& fd) {
  if (name != kDiagnosisSocketName || listens(fd.get())) return false;
  if (!inheritance.diagnosis) inheritance.diagnosis = std::move(fd);
  return true;
}

// What comes by an exec alone.
void take_of_program(Inheritance& inheritance, std::string_view name, UniqueFd& fd) {
  std::optional<SurvivingText> text;
  if (name == kRunStateName) {
    take_text(inheritance, kRunStateName, std::move(fd), text, inheritance.run_state.emplace());
    if (!text) inheritance.run_state.reset();
  } else if (name == kRefusalName) {
    std::string why(kRefusalBytes, '\0');
    const ssize_t got = ::pread(fd.get(), why.data(), why.size(), 0);
    why.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    inheritance.refusal = std::move(why);
  } else if (name == kWorkerProgramName) {
    inheritance.worker_program = std::move(fd);
  } else if (name.starts_with(kApiNames)) {
    inheritance.api[std::string(name)] = std::move(fd);
  }
}

// The manager holds what it held when the exec came. Of a version that could not take over nobody knows what
// it gave away and what it took back since.
void note_held(Inheritance& inheritance) {
  if (!inheritance.run_state || inheritance.run_state->held().empty()) return;
  for (const std::string& name : inheritance.run_state->held()) inheritance.held.insert(name);
  if (!inheritance.came_back()) return;
  for (const internal::v1::SocketGroup& group : inheritance.handover.groups()) {
    for (const auto& socket : group.sockets()) inheritance.held.insert(name_of_socket(socket.number()));
  }
  for (const internal::v1::Process& process : inheritance.handover.processes()) {
    inheritance.held.insert(name_of_process(process.channel()));
    inheritance.held.insert(name_of_channel(process.channel()));
  }
}

void read_of_manager(Inheritance& inheritance, Bells& bells) {
  char** names = nullptr;
  const int count = ::sd_listen_fds_with_names(1, &names);
  std::vector<std::pair<std::string, UniqueFd>> given;
  for (int i = 0; i < count; ++i) {
    const std::unique_ptr<char, decltype(&std::free)> name(names[i], &std::free);
    UniqueFd fd(SD_LISTEN_FDS_START + i);
    if (take_diagnosis(inheritance, name.get(), fd)) {
      inheritance.held.insert(name.get());
    } else {
      given.emplace_back(name.get(), std::move(fd));
    }
  }
  std::free(names);
  // Sockets are kept beside what says what they are: without it they are a socket unit's, whatever its name.
  const bool any_kept = std::ranges::any_of(
      given, [](const auto& one) { return !number_behind('s', one.first) && !listens(one.second.get()); });
  for (auto& [name, fd] : given) {
    if (any_kept && take(inheritance, bells, name, fd)) {
      inheritance.names.insert(name);
    } else {
      inheritance.passed.emplace_back(name, std::move(fd));
    }
  }
  inheritance.held.insert(inheritance.names.begin(), inheritance.names.end());
}

}  // namespace

std::string name_of_bell(std::size_t number) { return fmt::format("b{}", number); }
bool is_name_of_bell(std::string_view name) { return number_behind('b', name).has_value(); }
std::string name_of_socket(std::uint64_t number) { return fmt::format("s{}", number); }
std::string name_of_channel(std::uint64_t number) { return fmt::format("c{}", number); }
std::string name_of_process(std::uint64_t number) { return fmt::format("p{}", number); }

Inheritance read_inheritance() {
  Inheritance inheritance;
  Bells bells;
  if (auto passed = take_passed()) {
    inheritance.of_program = true;
    for (auto& [name, fd] : *passed) {
      if (take(inheritance, bells, name, fd)) {
        inheritance.names.insert(name);
      } else if (!take_diagnosis(inheritance, name, fd)) {
        take_of_program(inheritance, name, fd);
      }
    }
    note_held(inheritance);
  } else {
    read_of_manager(inheritance, bells);
  }
  for (auto& [number, bell] : bells) inheritance.bells.push_back(std::move(bell));
  return inheritance;
}

}  // namespace demo
