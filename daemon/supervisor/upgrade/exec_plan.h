#pragma once

#include <memory>
#include <string>
#include <vector>

#include "supervisor/handover/passed_descriptors.h"
#include "supervisor/upgrade/program.h"

namespace demo {

// Everything that executing a program in the place of this one takes, made ready so that run() may be called
// wherever a signal is handled (signal-safety(7)).
class ExecPlan {
 public:
  // passed: borrowed, and open when run() is called. What else is open is closed by the exec. Error:
  // kResourceExhausted.
  static Result<std::unique_ptr<ExecPlan>> make(const Program& program, const NamedDescriptors& passed);
  ExecPlan(const ExecPlan&) = delete;
  ExecPlan& operator=(const ExecPlan&) = delete;

  // Returns why not, an errno, and then all is as before but for descriptors that were not to be closed by an
  // exec. The program begins with the signals blocked that are blocked here. execveat(2)
  int run() const noexcept;

 private:
  ExecPlan(const Program& program, const NamedDescriptors& passed, UniqueFd list);

  const Program program_;
  const UniqueFd list_;
  std::vector<int> passed_;  // and the list
  std::vector<std::string> environment_;
  std::vector<char*> argv_;  // into the strings above
  std::vector<char*> envp_;
};

// The environment of this process with the number of the list in it, "NAME=VALUE" each.
std::vector<std::string> environment_with(int list);

}  // namespace demo
