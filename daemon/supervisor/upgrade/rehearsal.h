#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/handover/passed_descriptors.h"
#include "supervisor/loop/fd_watch.h"
#include "supervisor/loop/loop_timer.h"
#include "supervisor/upgrade/program.h"

namespace demo {

// What a program said that rehearsed.
struct RehearsalReport {
  std::string version;
  std::vector<std::string> warnings;  // what would not be as before, one sentence each
};

// The flag that makes the daemon rehearse: it does all that a start does short of serving, says on standard
// output what it is in lines of the words below, and ends.
inline constexpr const char* kRehearseFlag = "--rehearse";
inline constexpr const char* kVersionWord = "version";
inline constexpr const char* kWarningWord = "warning";
inline constexpr const char* kReadyWord = "ready";

// One process that rehearses to take this one's place, from its start to its end. Owns it; runs on the
// supervisor's loop. The destructor kills what still runs.
class Rehearsal {
 public:
  // What the process may take for it.
  static constexpr std::chrono::milliseconds kPatience{10'000};

  // kFailedPrecondition: why it refused, died or did not end.
  using Done = std::function<void(const Result<RehearsalReport>&)>;

  // passed: duplicates of it go to the process. done is called on the loop, once, and may destroy the object.
  // Error: kFailedPrecondition when the program cannot be started, kResourceExhausted.
  static Result<std::unique_ptr<Rehearsal>> start(boost::asio::io_context& loop, const Program& program,
                                                  const NamedDescriptors& passed, Done done);
  ~Rehearsal();

 private:
  struct Process {
    pid_t pid = 0;
    UniqueFd pidfd;
    UniqueFd words;   // its standard output
    UniqueFd errors;  // and error, of which the last line is why
  };
  Rehearsal(boost::asio::io_context& loop, Process process, Done done);
  void on_ended();
  Result<RehearsalReport> judge(bool by_signal, int number) const;
  // Reads what is there. False at the end.
  static bool read(int fd, std::string& text);
  void end();

  Process process_;
  const Done done_;
  FdWatch exit_watch_;
  FdWatch words_watch_;
  FdWatch errors_watch_;
  LoopTimer timer_;
  std::string words_;
  std::string errors_;
  bool reaped_ = false;
  bool late_ = false;
};

}  // namespace demo
