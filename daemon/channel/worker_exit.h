#pragma once

#include <string_view>

namespace demo {

// Exit statuses of a worker, by which it tells its supervisor why it ended when it can say nothing else.
enum class WorkerExit : int {
  kDone = 0,        // it has drained
  kFailed = 1,      // it could not start: its log says why
  kUsage = 2,       // it does not know its options: started by hand, or by a supervisor of another build
  kOtherBuild = 3,  // what its supervisor shares with it, or says, is of another build
  kNonsense = 4,    // what its supervisor says makes no sense: its log says what
};

// What an exit status of a worker that a supervisor started says; empty where it tells no more than the
// number.
constexpr std::string_view meaning_of(WorkerExit status) {
  switch (status) {
    case WorkerExit::kUsage:
    case WorkerExit::kOtherBuild:
      return "the worker is of another build than its supervisor";
    case WorkerExit::kNonsense:
      return "the worker does not understand its supervisor";
    case WorkerExit::kDone:
    case WorkerExit::kFailed:
      break;
  }
  return "";
}

}  // namespace demo
