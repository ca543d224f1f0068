#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/upgrade/exec_plan.h"

namespace demo {

// The way back to the version that executed this one in its place, with all that it passed on, as long as
// this one does not serve. One in a process; made before any thread starts, used on the main thread, except
// by signals.
class Fallback {
 public:
  // Of what the environment says was passed, before take_passed() takes it: keeps duplicates. Null where
  // nothing was, or no way back goes with it. Where there is no room for them the version before is executed
  // at once. Error: kResourceExhausted, and that could not be, either.
  static Result<std::unique_ptr<Fallback>> prepare(int argc, const char* const* argv);
  ~Fallback() { dismiss(); }

  // This version serves: no way back any more, and the signals are as before.
  void dismiss();

  // A signal that would end this process executes the version before from now on.
  void catch_signals();
  // Executes it now, with a sentence that says why. Returns why it could not, an errno. Not after dismiss().
  int run(const std::string& why);

 private:
  Fallback() = default;
  static Result<std::unique_ptr<Fallback>> keep(const NamedDescriptors& arrived, int program,
                                                const std::vector<std::string>& arguments);
  // Returns where it cannot be executed.
  static void give_back(NamedDescriptors arrived, int program, const std::vector<std::string>& arguments);
  static void on_signal(int signal);

  std::vector<UniqueFd> kept_;
  int refusal_ = -1;  // of those: a memfd
  std::unique_ptr<ExecPlan> plan_;
  bool catches_ = false;
};

}  // namespace demo
