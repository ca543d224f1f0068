#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace demo {

// What the query of a request's target asks of the response in server mode:
// `/?s=20k&r=404&t=500&c=1&chunked=1`.
struct ResponseShape {
  // s: bytes of the body, with k, m or g for powers of 1024; at most limits::kPatternBodyBytes
  std::optional<std::uint64_t> size;
  std::optional<unsigned> status;         // r: 200 to 599
  std::optional<std::uint32_t> delay_ms;  // t: at most limits::kShapedDelayMax
  bool close = false;                     // c=1
  bool chunked = false;                   // chunked=1

  bool any() const { return size || status || delay_ms || close || chunked; }
  bool operator==(const ResponseShape&) const = default;
};

// Reads the query of path_query. Parameters of other names, and values that are out of range or no number,
// are ignored: any target is a valid request. Of a repeated parameter the last one counts.
ResponseShape parse_shape_query(std::string_view path_query);

}  // namespace demo
