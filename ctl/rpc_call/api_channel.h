#pragma once

#include <google/protobuf/message.h>

#include <chrono>
#include <cstdint>
#include <memory>

#include "rpc_call/call_failure.h"
#include "rpc_call/target.h"

// Calls of the daemon's API without gRPC's headers: every RPC has a request type of its own, so the request
// says which RPC is meant.
namespace demo::ctl {

// What the RPC of a request needs.
Access access_of(const google::protobuf::Message& request);

// One running stream of answers. Owned by whoever started it; destroying it cancels the call.
class Stream {
 public:
  enum class Next : std::uint8_t { kMessage, kNothing, kEnded };

  virtual ~Stream() = default;

  // Waits at most `patience` for the next answer, and for room in the daemon's queue of new connections
  // before the first, and reads it into the message. After kEnded, status() says why, after kNothing what is
  // to be said when time is up.
  virtual Next next(google::protobuf::Message& message, std::chrono::milliseconds patience) = 0;
  virtual const CallStatus& status() const = 0;
};

// The way to one target: a connection for calls, made by the first one and made anew when it broke, and one
// for each stream.
class ApiChannel {
 public:
  virtual ~ApiChannel() = default;

  // Throws a usage Failure when the TLS files cannot be read.
  static std::unique_ptr<ApiChannel> open(const Target& target);

  virtual const Target& target() const = 0;

  // Blocks until the answer or the deadline; never throws.
  virtual CallStatus call(const google::protobuf::Message& request, google::protobuf::Message& response,
                          std::chrono::milliseconds deadline) = 0;
  // The stream borrows the channel.
  virtual std::unique_ptr<Stream> start(const google::protobuf::Message& request) = 0;
};

}  // namespace demo::ctl
