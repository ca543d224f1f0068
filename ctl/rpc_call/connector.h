#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <memory>

#include "rpc_call/call_failure.h"
#include "rpc_call/target.h"

namespace demo::ctl {

// Makes connections to one target; included by what speaks gRPC alone.
class Connector {
 public:
  // Throws a usage Failure when the TLS files cannot be read.
  explicit Connector(const Target& target);

  struct Connection {
    std::unique_ptr<grpc::GenericStub> stub;  // null: there is none
    CallStatus status;                        // why
  };
  // A unix socket is connected at once, or within `patience` where its queue of new connections is full;
  // gRPC itself would fail. A TCP connection is made by the first call.
  Connection connect(std::chrono::milliseconds patience) const;

  const Target& target() const { return target_; }

 private:
  const Target target_;
  const std::shared_ptr<grpc::ChannelCredentials> credentials_;  // of TCP
};

}  // namespace demo::ctl
