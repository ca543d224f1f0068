#include "supervisor/upgrade/exec_plan.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "supervisor/loop/spawn_plan.h"

namespace demo {

std::vector<std::string> environment_with(int list) {
  const std::string variable = std::string(kPassedVariable) + "=";
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with(variable)) environment.emplace_back(*entry);
  }
  environment.push_back(variable + std::to_string(list));
  return environment;
}

Result<std::unique_ptr<ExecPlan>> ExecPlan::make(const Program& program, const NamedDescriptors& passed) {
  auto list = list_passed(passed);
  if (!list) return list.error();
  return std::unique_ptr<ExecPlan>(new ExecPlan(program, passed, std::move(*list)));
}

ExecPlan::ExecPlan(const Program& program, const NamedDescriptors& passed, UniqueFd list)
    : program_(program),
      list_(std::move(list)),
      passed_{list_.get()},
      environment_(environment_with(list_.get())),
      argv_(pointers_to(program_.arguments)),
      envp_(pointers_to(environment_)) {
  for (const auto& [name, fd] : passed) passed_.push_back(fd);
}

// Libraries leave descriptors open for whoever is executed.
int ExecPlan::run() const noexcept {
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  for (const int fd : passed_) ::fcntl(fd, F_SETFD, 0);
  ::execveat(program_.file.get(), "", argv_.data(), envp_.data(), AT_EMPTY_PATH);
  const int error = errno;
  for (const int fd : passed_) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return error;
}

}  // namespace demo
