#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/limits.h"

namespace demo {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kDelete, kOptions, kPatch, kTrace, kOther };

// How the end of a message's body is found (RFC 9112 section 6.3).
enum class BodyKind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

struct Field {
  std::string_view name;
  std::string_view value;  // without the white space around it

  // The views into the original become views into its copy.
  void move_views(std::string_view original, const char* copy);
};

// A parsed request head. The views point into the bytes that were parsed and live as long as they do.
struct RequestHead {
  Method method = Method::kGet;
  std::string_view method_text;
  std::string_view target;  // as sent
  // The target without scheme and authority: `/path?query`; `*` for OPTIONS *; `?query` for an absolute form
  // that has a query and no path.
  std::string_view path_query;
  std::string_view host;       // of the Host field, or of an absolute-form target, which wins
  unsigned minor_version = 1;  // HTTP/1.x
  bool persistent = true;      // what version and Connection ask for
  bool expects_continue = false;
  bool upgrade = false;    // Connection names upgrade and an Upgrade field is there
  bool passed_us = false;  // a CDN-Loop field names us (RequestParser::set_loop_name())
  // Of TRACE and OPTIONS alone: how many proxies may pass the request on (RFC 9110 section 7.6.2).
  std::optional<std::uint32_t> max_forwards;
  BodyKind body = BodyKind::kNone;
  std::uint64_t content_length = 0;
  // Two heads that one parser read with the same number are the same, byte for byte. 0: nobody says so.
  std::uint64_t reading = 0;
  std::size_t size = 0;  // bytes of the whole head: empty lines before it and its last CRLF included
  std::size_t field_count = 0;
  std::array<Field, limits::kFieldCount> fields;

  void move_views(std::string_view original, const char* copy);  // as of a Field
};

// Why a message is refused: the status to answer with and a phrase for the body and the log.
struct Rejection {
  unsigned status = 400;
  std::string_view reason;  // static storage
  // Of a response: the client can have brought it about, so that it says nothing about the backend.
  bool blameless = false;
  bool lists_methods = false;  // the answer carries Allow
};

enum class ParseOutcome : std::uint8_t { kIncomplete, kComplete, kRejected };

}  // namespace demo
