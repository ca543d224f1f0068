#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/limits.h"
#include "event/loop.h"
#include "http/date.h"
#include "http/request_parser.h"
#include "http/response_parser.h"
#include "http/written_head.h"

namespace demo {

// Where the heads of one worker's exchanges are read and written. One of each is enough, since nobody leaves
// anything there from one step to the next but what is remembered of the last head.
class HeadDesk {
 public:
  // The loop outlives it.
  explicit HeadDesk(const Loop& loop) : loop_(loop) {}

  RequestParser request_parser{Recall::kLastHead};
  ResponseParser response_parser{Recall::kLastHead};
  WrittenRequestHead written_request;
  WrittenResponseHead written_response;

  // Where a response's heads and its first bytes are put together; anybody's next use overwrites it.
  std::span<char> assembly() { return {assembly_.get(), kAssemblyBytes}; }
  // The part of the assembly area before rest, which is its unused end.
  std::string_view assembled(std::span<char> rest) const {
    return {assembly_.get(), static_cast<std::size_t>(rest.data() - assembly_.get())};
  }
  // For the Date field.
  std::string_view date();

 private:
  // One receive, heads that grew by what is added to them, an error response.
  static constexpr std::size_t kAssemblyBytes = 48 * 1024;
  static_assert(kAssemblyBytes >= limits::kPooledBufferBytes + 2 * limits::kHeadSizeBytes);

  const Loop& loop_;
  std::unique_ptr<char[]> assembly_ = std::make_unique_for_overwrite<char[]>(kAssemblyBytes);
  HttpDate date_{0};
  std::uint64_t date_second_ = 0;  // monotonic
};

}  // namespace demo
