#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace demo::ctl {

// What scripts rely on (democtl(1)).
enum class ExitCode {
  kDone = 0,
  kFailed = 1,  // anything that has no code of its own
  kUsage = 2,   // the command line, or a value that the daemon refused
  kNotFound = 3,
  kConflict = 4,     // already there, or the state does not allow it
  kPartial = 5,      // applied by some workers only
  kUnreachable = 6,  // no daemon at the target
  kDenied = 7,
  kTimedOut = 8,  // also a drain that had to cut something off
};

// Ends a command: its exit code and the sentence that the user reads, or several of them when several things
// are wrong. Thrown by value, caught in run().
class Failure : public std::exception {
 public:
  // field: of the request that the daemon refused, as it names it; empty when it named none. more: sentences
  // beside the message, a line each. fields_of_more: of each of these the field; empty when none has one.
  Failure(ExitCode code, std::string message, std::string field = "", std::vector<std::string> more = {},
          std::vector<std::string> fields_of_more = {})
      : code_(code),
        message_(std::move(message)),
        field_(std::move(field)),
        more_(std::move(more)),
        fields_of_more_(std::move(fields_of_more)) {}

  ExitCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& field() const { return field_; }
  const std::vector<std::string>& more() const { return more_; }
  const std::vector<std::string>& fields_of_more() const { return fields_of_more_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ExitCode code_;
  std::string message_;
  std::string field_;
  std::vector<std::string> more_;
  std::vector<std::string> fields_of_more_;
};

// A command line that cannot mean anything.
inline Failure usage_failure(std::string message) { return {ExitCode::kUsage, std::move(message)}; }

}  // namespace demo::ctl
