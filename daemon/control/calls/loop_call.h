#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "control/admission/caller_quota.h"
#include "control/calls/timer_thread.h"
#include "supervisor/api/supervisor_api.h"

namespace grpc {
class CallbackServerContext;
class ServerUnaryReactor;
class Status;
}  // namespace grpc

namespace demo {

class OpenCalls;

// A unary call that waits for the supervisor's loop: bridges the callback of SupervisorApi, the deadline, the
// client's leaving and the shutdown to one answer. The first of them wins; request and response are valid
// until then, and only for it. A call that everybody forgot answers UNAVAILABLE.
//
//   waiting --begin()--> begun --finish(), fail(), deadline, client gone--> answered
//   waiting --finish(), fail(), deadline, client gone--> answered
class LoopCall final : public Asker {
 public:
  ~LoopCall() override;
  LoopCall(const LoopCall&) = delete;
  LoopCall& operator=(const LoopCall&) = delete;

  // Answers, unless that was done. fill runs first, when the response may still be written, and its error is
  // the answer.
  void finish(const std::function<Status()>& fill);
  void fail(const Error& error);
  void fail(const std::vector<Error>& mistakes);

  bool begin() override;
  bool gone() const override { return state_ == State::kAnswered; }

  // Keeps the caller's place until the call is forgotten and its client has taken the answer, or is gone.
  // Once, within the RPC.
  void hold(QuotaPlace place);
  // Whom the call counts for; after hold().
  const std::string& account() const { return *place_; }

  // What the RPC returns to gRPC, answered or not. Valid until the RPC returned and the call was answered.
  grpc::ServerUnaryReactor* reactor() const;

 private:
  friend class OpenCalls;
  class Reactor;
  enum class State : std::uint8_t { kWaiting, kBegun, kAnswered };

  LoopCall(std::shared_ptr<OpenCalls> calls, Reactor& reactor);

  bool claim() { return state_.exchange(State::kAnswered) != State::kAnswered; }
  void answer(const grpc::Status& status);
  void expire();

  const std::shared_ptr<OpenCalls> calls_;
  Reactor* const reactor_;  // not owned: deletes itself, once it is answered
  QuotaPlace place_;        // null until hold()
  std::atomic<State> state_ = State::kWaiting;
  TimerThread::Id deadline_ = 0;  // 0: not set yet
};

// All calls that wait, so that a shutdown can end them. Thread-safe; lives as long as the last call that the
// supervisor still holds.
class OpenCalls : public std::enable_shared_from_this<OpenCalls> {
 public:
  // timers lives until shutdown() returned.
  explicit OpenCalls(TimerThread& timers) : timers_(&timers) {}

  // A call that answers DEADLINE_EXCEEDED after the limit or shortly before the client's own deadline, so
  // that the client learns what became of it, or UNAVAILABLE at once when the shutdown has begun. Once for
  // each RPC, which returns the call's reactor().
  std::shared_ptr<LoopCall> start(grpc::CallbackServerContext& context, std::chrono::milliseconds limit);

  // Ends all calls, and every later one, with UNAVAILABLE.
  void shutdown();

 private:
  friend class LoopCall;
  void forget(LoopCall* call);

  std::mutex mutex_;
  TimerThread* timers_;  // not owned; null after the shutdown
  std::unordered_map<LoopCall*, std::weak_ptr<LoopCall>> open_;
};

}  // namespace demo
