#include "control/calls/loop_call.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "control/calls/status_map.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// An answer that comes just before the client's own deadline still reaches it.
constexpr milliseconds kAnswerMargin{250};

// The limit, or less when the client gives up before.
milliseconds time_for(const grpc::CallbackServerContext& context, milliseconds limit) {
  const auto now = std::chrono::system_clock::now();
  const auto deadline = context.deadline();
  if (deadline <= now) return milliseconds(0);
  if (deadline - now >= limit + kAnswerMargin) return limit;
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - now);
  return std::min(limit, left - std::min(kAnswerMargin, left / 8));
}

Error not_begun() {
  Error error = daemon_stopping();
  error.message += ", or another version takes its place: not begun, nothing was changed";
  return error;
}

}  // namespace

// What gRPC calls back. A call may be forgotten, and so answered, before or after its client is gone.
class LoopCall::Reactor final : public grpc::ServerUnaryReactor {
 public:
  void set_call(std::weak_ptr<LoopCall> call) { call_ = std::move(call); }
  void hold(QuotaPlace place) { place_ = std::move(place); }
  void OnCancel() override {
    const auto call = call_.lock();
    if (call && call->claim()) call->answer(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  std::weak_ptr<LoopCall> call_;
  QuotaPlace place_;
};

LoopCall::LoopCall(std::shared_ptr<OpenCalls> calls, Reactor& reactor)
    : calls_(std::move(calls)), reactor_(&reactor) {}

LoopCall::~LoopCall() {
  if (claim()) answer(to_grpc_status(daemon_stopping()));
  calls_->forget(this);
}

// The reactor lives until the RPC returned.
void LoopCall::hold(QuotaPlace place) {
  reactor_->hold(place);
  place_ = std::move(place);
}

grpc::ServerUnaryReactor* LoopCall::reactor() const { return reactor_; }

void LoopCall::finish(const std::function<Status()>& fill) {
  if (!claim()) return;
  const Status filled = fill();
  answer(filled ? grpc::Status::OK : to_grpc_status(filled.error()));
}

void LoopCall::fail(const Error& error) {
  if (claim()) answer(to_grpc_status(error));
}

void LoopCall::fail(const std::vector<Error>& mistakes) {
  if (claim()) answer(to_grpc_status(mistakes));
}

bool LoopCall::begin() {
  State expected = State::kWaiting;
  return state_.compare_exchange_strong(expected, State::kBegun) || expected == State::kBegun;
}

void LoopCall::expire() {
  const State before = state_.exchange(State::kAnswered);
  if (before == State::kAnswered) return;
  answer(to_grpc_status(
      {ErrorCode::kDeadlineExceeded,
       before == State::kBegun
           ? "not finished in time, but begun: it may still come into force, which the events tell"
           : "the daemon did not come to it in time: it was dropped, nothing changes",
       "", ""}));
}

void LoopCall::answer(const grpc::Status& status) { reactor_->Finish(status); }

std::shared_ptr<LoopCall> OpenCalls::start(grpc::CallbackServerContext& context, milliseconds limit) {
  auto* const reactor = new LoopCall::Reactor;  // deletes itself
  std::shared_ptr<LoopCall> call(new LoopCall(shared_from_this(), *reactor));
  reactor->set_call(call);
  {
    const std::lock_guard lock(mutex_);
    if (timers_ != nullptr) {
      open_.emplace(call.get(), call);
      call->deadline_ = timers_->after(time_for(context, limit), [weak = std::weak_ptr(call)] {
        if (const auto late = weak.lock()) late->expire();
      });
    }
  }
  if (call->deadline_ == 0) call->fail(not_begun());
  return call;
}

// Holding the lock while the timer is cancelled is safe: the timer's function only waits for it when it holds
// the call itself, and then this does not run.
void OpenCalls::forget(LoopCall* call) {
  const std::lock_guard lock(mutex_);
  if (timers_ != nullptr && call->deadline_ != 0) timers_->cancel(call->deadline_);
  open_.erase(call);
}

void OpenCalls::shutdown() {
  std::vector<std::shared_ptr<LoopCall>> calls;
  {
    const std::lock_guard lock(mutex_);
    timers_ = nullptr;
    for (const auto& [pointer, weak] : open_) {
      if (auto call = weak.lock()) calls.push_back(std::move(call));
    }
  }
  for (const auto& call : calls) {
    // None that has not begun does so any more: nobody turns the loop.
    call->fail(call->state_ == LoopCall::State::kWaiting ? not_begun() : daemon_stopping());
  }
}

}  // namespace demo
