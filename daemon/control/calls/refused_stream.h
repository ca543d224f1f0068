#pragma once

#include "base/result.h"
#include "control/calls/status_map.h"

namespace demo {

// A stream that was refused before it began. Reactor: of gRPC, for the stream's kind. Deletes itself.
template <typename Reactor>
class RefusedStream final : public Reactor {
 public:
  explicit RefusedStream(const Error& error) { this->Finish(to_grpc_status(error)); }
  void OnDone() override { delete this; }
};

}  // namespace demo
