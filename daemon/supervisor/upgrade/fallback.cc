#include "supervisor/upgrade/fallback.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

#include "supervisor/handover/inheritance.h"

namespace demo {
namespace {

constexpr int kFatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};

// For the handler of signals.
const ExecPlan* plan_in_force = nullptr;
int refusal_in_force = -1;

void write_refusal(int fd, std::string_view why) noexcept {
  // What cannot be written is not told.
  (void)!::ftruncate(fd, 0);
  (void)!::pwrite(fd, why.data(), why.size(), 0);
}

}  // namespace

Result<std::unique_ptr<Fallback>> Fallback::prepare(int argc, const char* const* argv) {
  const auto arrived = look_at_passed();
  if (!arrived) return std::unique_ptr<Fallback>();
  std::unique_ptr<Fallback> fallback(new Fallback);
  const auto exhausted = [] {
    return Error{ErrorCode::kResourceExhausted,
                 "cannot keep what the version before passed on: " + errno_text(errno), "", ""};
  };
  NamedDescriptors passed;
  Program before{"", {}, {argv, argv + argc}};
  for (const auto& [name, fd] : *arrived) {
    UniqueFd kept(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!kept && errno == EBADF) continue;
    if (!kept) return exhausted();
    if (name == kProgramName) {
      before.file = SharedFd(std::move(kept));
      continue;
    }
    passed.emplace_back(name, kept.get());
    fallback->kept_.push_back(std::move(kept));
  }
  if (!before.file) return std::unique_ptr<Fallback>();
  UniqueFd refusal(::memfd_create("demo-refusal", MFD_CLOEXEC));
  if (!refusal) return exhausted();
  fallback->refusal_ = refusal.get();
  passed.emplace_back(kRefusalName, refusal.get());
  fallback->kept_.push_back(std::move(refusal));
  auto plan = ExecPlan::make(before, passed);
  if (!plan) return plan.error();
  fallback->plan_ = std::move(*plan);
  return fallback;
}

void Fallback::dismiss() {
  if (std::exchange(catches_, false)) {
    for (const int signal : kFatal) std::signal(signal, SIG_DFL);
    plan_in_force = nullptr;
  }
  plan_.reset();
  kept_.clear();
}

void Fallback::catch_signals() {
  plan_in_force = plan_.get();
  refusal_in_force = refusal_;
  catches_ = true;
  struct sigaction action {};
  action.sa_handler = &Fallback::on_signal;
  action.sa_flags = SA_RESETHAND;
  for (const int signal : kFatal) ::sigaction(signal, &action, nullptr);
}

int Fallback::run(const std::string& why) {
  write_refusal(refusal_, why);
  return plan_->run();
}

// Everything here is allowed where a signal is handled, signal-safety(7). The signals that are blocked
// meanwhile would be blocked for the program as well.
void Fallback::on_signal(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  char why[64] = "it was killed by SIG";
  std::strncat(why, name != nullptr ? name : "?", 16);
  write_refusal(refusal_in_force, why);
  sigset_t fatal;
  ::sigemptyset(&fatal);
  for (const int each : kFatal) ::sigaddset(&fatal, each);
  ::pthread_sigmask(SIG_UNBLOCK, &fatal, nullptr);
  plan_in_force->run();
  ::raise(signal);
}

}  // namespace demo
