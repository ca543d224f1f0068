#pragma once

#include <array>
#include <string_view>

#include "http/error_response.h"
#include "http/head_cache.h"
#include "http/request_parser.h"
#include "server/output_batch.h"
#include "server/session_environment.h"

namespace demo {

// What sessions that speak HTTP work with besides: one of each is enough, since no session keeps anything
// there from one step to the next.
struct HttpEnvironment : SessionEnvironment {
  using SessionEnvironment::SessionEnvironment;

  void apply(const Snapshot& snapshot);
  // Valid until the next call.
  std::string_view error_response(Rejection rejection);

  RequestParser parser;
  HeadCache heads;
  OutputBatch batch;

 private:
  std::array<char, kErrorResponseBytes> error_text_;
  bool shaping_ = true;
};

}  // namespace demo
