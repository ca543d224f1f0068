#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "http/request_head.h"

namespace demo {

// A parsed response head. The views live until the parser's next parse(), and no longer than the bytes
// parsed.
struct ResponseHead {
  unsigned status = 0;         // 100 to 999
  std::string_view reason;     // may be empty
  unsigned minor_version = 1;  // HTTP/1.x
  bool persistent = true;      // the connection can take another request after this message
  bool switches = false;       // 101 that was asked for: what follows is another protocol
  BodyKind body = BodyKind::kNone;
  bool has_content_length = false;  // also where body is none: HEAD, 304
  std::uint64_t content_length = 0;
  bool chunked = false;       // Transfer-Encoding is there; also where body is none
  std::uint64_t reading = 0;  // as of a RequestHead
  std::size_t size = 0;       // bytes of the whole head, its last CRLF included
  std::size_t field_count = 0;
  std::array<Field, limits::kFieldCount> fields;

  // An interim response: another one follows (RFC 9110 section 15.2).
  bool interim() const { return status < 200 && !switches; }
  void move_views(std::string_view original, const char* copy);  // as of a Field
};

}  // namespace demo
