#include "supervisor/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace demo {

Result<std::unique_ptr<Signals>> Signals::open(boost::asio::io_context& loop,
                                               std::initializer_list<int> signals,
                                               std::function<void(int signal)> on_signal) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  UniqueFd fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd) return Error{ErrorCode::kResourceExhausted, "signalfd: " + errno_text(errno), "", ""};
  return std::unique_ptr<Signals>(new Signals(loop, std::move(fd), std::move(on_signal)));
}

void Signals::leave_to_kernel(std::initializer_list<int> ending, std::initializer_list<int> ignored) {
  for (const int signal : ignored) ::signal(signal, SIG_IGN);
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : ending) {
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
