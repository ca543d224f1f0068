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
// Of the main thread: the next program begins with these signals blocked, whatever thread was interrupted.
sigset_t mask_in_force;
// A stack that grew too far has no room for the handler.
alignas(16) char handler_stack[64 * 1024];

void write_refusal(int fd, std::string_view why) noexcept {
  // What cannot be written is not told.
  (void)!::ftruncate(fd, 0);
  (void)!::pwrite(fd, why.data(), why.size(), 0);
}

}  // namespace

Result<std::unique_ptr<Fallback>> Fallback::prepare(int argc, const char* const* argv) {
  const auto arrived = look_at_passed();
  if (!arrived) return std::unique_ptr<Fallback>();
  const auto program = std::find_if(arrived->begin(), arrived->end(),
                                    [](const auto& passed) { return passed.first == kProgramName; });
  if (program == arrived->end()) return std::unique_ptr<Fallback>();
  const std::vector<std::string> arguments(argv, argv + argc);
  auto kept = keep(*arrived, program->second, arguments);
  // There is no room to try it: the version before goes on at once.
  if (!kept) give_back(*arrived, program->second, arguments);
  return kept;
}

Result<std::unique_ptr<Fallback>> Fallback::keep(const NamedDescriptors& arrived, int program,
                                                 const std::vector<std::string>& arguments) {
  std::unique_ptr<Fallback> fallback(new Fallback);
  const auto exhausted = [] {
    return Error{ErrorCode::kResourceExhausted,
                 "cannot keep what the version before passed on: " + errno_text(errno), "", ""};
  };
  NamedDescriptors passed;
  const auto add = [&](const std::string& name, UniqueFd kept) {
    passed.emplace_back(name, kept.get());
    fallback->kept_.push_back(std::move(kept));
  };
  Program before{"", {}, arguments};
  for (const auto& [name, fd] : arrived) {
    UniqueFd kept(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!kept && errno == EBADF) continue;
    if (!kept) return exhausted();
    if (fd == program) {
      before.file = SharedFd(std::move(kept));
    } else {
      add(name, std::move(kept));
    }
  }
  UniqueFd refusal(::memfd_create("demo-refusal", MFD_CLOEXEC));
  if (!refusal || !before.file) return exhausted();
  fallback->refusal_ = refusal.get();
  add(kRefusalName, std::move(refusal));
  auto plan = ExecPlan::make(before, passed);
  if (!plan) return plan.error();
  fallback->plan_ = std::move(*plan);
  return fallback;
}

void Fallback::give_back(NamedDescriptors arrived, int program, const std::vector<std::string>& arguments) {
  std::erase_if(arrived, [program](const auto& passed) { return passed.second == program; });
  const UniqueFd refusal(::memfd_create("demo-refusal", MFD_CLOEXEC));
  write_refusal(refusal.get(), "it had no descriptors left");
  arrived.emplace_back(kRefusalName, refusal.get());
  const auto plan = ExecPlan::make({"", SharedFd(UniqueFd(program)), arguments}, arrived);
  if (plan) (*plan)->run();
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
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_in_force);
  stack_t stack{};
  stack.ss_sp = handler_stack;
  stack.ss_size = sizeof handler_stack;
  ::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = &Fallback::on_signal;
  action.sa_flags = SA_RESETHAND | SA_ONSTACK;
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
  ::pthread_sigmask(SIG_SETMASK, &mask_in_force, nullptr);
  plan_in_force->run();
  ::raise(signal);
}

}  // namespace demo
