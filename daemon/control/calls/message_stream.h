#pragma once

#include <grpcpp/support/server_callback.h>

#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"
#include "control/admission/caller_quota.h"
#include "control/calls/open_streams.h"
#include "control/calls/status_map.h"

namespace demo {

// The sending side of a stream: at most one message is on its way, nothing blocks, the end is told
// once. Keeps its caller's place; deletes itself after gone().
//
//   idle --pump()--> writing --written--> idle
//   idle --end()--> finished;  writing, when end() was called, --written--> finished
template <typename Message, typename Reactor = grpc::ServerWriteReactor<Message>>
class MessageStream : public Reactor, public OpenStream {
 public:
  explicit MessageStream(QuotaPlace place) : place_(std::move(place)) {}

  void end(const Error& error) override { finish(to_grpc_status(error)); }

  void OnWriteDone(bool ok) final {
    {
      const std::lock_guard lock(mutex_);
      state_ = State::kIdle;
      if (!ok && !ending_) ending_ = grpc::Status::CANCELLED;
    }
    finish_if_due();
    written();
  }
  void OnCancel() final { finish(grpc::Status::CANCELLED); }
  void OnDone() final {
    gone();
    delete this;
  }

 protected:
  virtual ~MessageStream() = default;

  // A message left, another may follow. Called without the lock, also when the stream has just ended.
  virtual void written() {}
  // The last call: nothing of this stream runs any more on behalf of gRPC.
  virtual void gone() = 0;

  // Sends what fill(message) makes, when nothing is on its way and fill returns true. fill runs under the
  // lock. Returns whether fill ran.
  template <typename Fill>
  bool pump(Fill fill) {
    {
      const std::lock_guard lock(mutex_);
      if (state_ != State::kIdle || ending_) return false;
      message_.Clear();
      if (!fill(message_)) return true;
      state_ = State::kWriting;
    }
    this->StartWrite(&message_);
    return true;
  }

  // The first status counts; sent when the message on its way has left.
  void finish(const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (!ending_) ending_ = status;
    }
    finish_if_due();
  }

  std::mutex& lock() { return mutex_; }

 private:
  enum class State { kIdle, kWriting, kFinished };

  void finish_if_due() {
    {
      const std::lock_guard lock(mutex_);
      if (!ending_ || state_ != State::kIdle) return;
      state_ = State::kFinished;
    }
    this->Finish(*ending_);
  }

  const QuotaPlace place_;
  std::mutex mutex_;
  Message message_;
  State state_ = State::kIdle;
  std::optional<grpc::Status> ending_;
};

}  // namespace demo
