#include "supervisor/loop/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <utility>

namespace demo {
namespace {

constexpr auto kEnding = {SIGTERM, SIGINT, SIGQUIT};
// Of which C++ does not know that SIGRTMIN is a constant.
const auto kOnlyForTheLoop = std::to_array<int>({SIGHUP, SIGUSR1, SIGUSR2, SIGRTMIN});

sigset_t all_of_them() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : kEnding) ::sigaddset(&set, signal);
  for (const int signal : kOnlyForTheLoop) ::sigaddset(&set, signal);
  return set;
}

}  // namespace

void Signals::block() {
  const sigset_t set = all_of_them();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Result<std::unique_ptr<Signals>> Signals::open(boost::asio::io_context& loop,
                                               std::function<void(int signal)> on_signal) {
  block();
  const sigset_t set = all_of_them();
  UniqueFd fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd) return Error{ErrorCode::kResourceExhausted, "signalfd: " + errno_text(errno), "", ""};
  try {
    return std::unique_ptr<Signals>(new Signals(loop, std::move(fd), std::move(on_signal)));
  } catch (const boost::system::system_error& error) {
    // The loop has no room for it.
    return Error{ErrorCode::kResourceExhausted, "epoll_ctl: " + errno_text(error.code().value()), "", ""};
  }
}

bool Signals::end_is_asked() {
  sigset_t pending;
  ::sigpending(&pending);
  return std::any_of(kEnding.begin(), kEnding.end(),
                     [&](int signal) { return ::sigismember(&pending, signal) == 1; });
}

void Signals::leave_to_kernel() {
  for (const int signal : kOnlyForTheLoop) ::signal(signal, SIG_IGN);
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : kEnding) {
    ::signal(signal, SIG_DFL);
    ::sigaddset(&set, signal);
  }
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

Signals::Signals(boost::asio::io_context& loop, UniqueFd fd, std::function<void(int)> on_signal)
    : fd_(std::move(fd)), on_signal_(std::move(on_signal)), watch_(loop, fd_.get(), [this] { read_all(); }) {
  watch_.watch_reading();
}

void Signals::read_all() {
  signalfd_siginfo info{};
  while (::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    on_signal_(static_cast<int>(info.ssi_signo));
  }
}

}  // namespace demo
