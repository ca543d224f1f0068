#include "supervisor/loop/spawn_plan.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/shortage.h"

namespace demo {

SpawnPlan::SpawnPlan() {
  ::posix_spawnattr_init(&attributes_);
  ::posix_spawn_file_actions_init(&actions_);
}

SpawnPlan::~SpawnPlan() {
  ::posix_spawn_file_actions_destroy(&actions_);
  ::posix_spawnattr_destroy(&attributes_);
}

void SpawnPlan::set(short flag) {
  short flags = 0;
  ::posix_spawnattr_getflags(&attributes_, &flags);
  ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags | flag));
}

void SpawnPlan::block_signals(std::initializer_list<int> signals) {
  sigset_t blocked;
  ::sigemptyset(&blocked);
  for (const int signal : signals) ::sigaddset(&blocked, signal);
  ::posix_spawnattr_setsigmask(&attributes_, &blocked);
  set(POSIX_SPAWN_SETSIGMASK);
}

void SpawnPlan::heed_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::posix_spawnattr_setsigdefault(&attributes_, &all);
  set(POSIX_SPAWN_SETSIGDEF);
}

void SpawnPlan::lead_group() {
  ::posix_spawnattr_setpgroup(&attributes_, 0);
  set(POSIX_SPAWN_SETPGROUP);
}

void SpawnPlan::open_to_read(int fd, const char* path) {
  ::posix_spawn_file_actions_addopen(&actions_, fd, path, O_RDONLY, 0);
}

void SpawnPlan::move(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }

void SpawnPlan::close_from(int first) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, first); }

int SpawnPlan::spawn(pid_t& pid, const std::string& program, const std::vector<std::string>& arguments,
                     const std::vector<std::string>* environment) {
  std::vector<char*> own;
  if (environment != nullptr) own = pointers_to(*environment);
  return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, pointers_to(arguments).data(),
                       environment != nullptr ? own.data() : environ);
}

std::vector<char*> pointers_to(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& text : strings) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// EAGAIN: for one more process, fork(2).
bool is_no_room_to_spawn(int error_number) { return is_shortage(error_number) || error_number == EAGAIN; }

void end_child(pid_t pid) {
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string signal_name(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

}  // namespace demo
