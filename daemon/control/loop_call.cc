#include "control/loop_call.h"

#include <vector>

#include "control/status_map.h"

namespace demo {
namespace {

Error stopping() { return {ErrorCode::kUnavailable, "the daemon is stopping", "", ""}; }

}  // namespace

LoopCall::~LoopCall() {
  if (claim()) answer(to_grpc_status(stopping()));
  calls_->forget(this);
}

void LoopCall::finish(const std::function<Status()>& fill) {
  if (!claim()) return;
  const Status filled = fill();
  answer(filled ? grpc::Status::OK : to_grpc_status(filled.error()));
}

void LoopCall::fail(const Error& error) {
  if (claim()) answer(to_grpc_status(error));
}

void LoopCall::answer(const grpc::Status& status) { reactor_->Finish(status); }

std::shared_ptr<LoopCall> OpenCalls::start(grpc::CallbackServerContext& context,
                                           std::chrono::milliseconds limit) {
  std::shared_ptr<LoopCall> call(new LoopCall(shared_from_this(), *context.DefaultReactor()));
  {
    const std::lock_guard lock(mutex_);
    if (timers_ != nullptr) {
      open_.emplace(call.get(), call);
      call->deadline_ = timers_->after(limit, [weak = std::weak_ptr(call)] {
        if (const auto late = weak.lock()) {
          late->fail({ErrorCode::kDeadlineExceeded, "the daemon did not finish the call in time", "", ""});
        }
      });
    }
  }
  if (call->deadline_ == 0) call->fail(stopping());
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
  for (const auto& call : calls) call->fail(stopping());
}

}  // namespace demo
