#include "config/validate_response.h"

#include <strings.h>

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "config/header_text.h"

namespace demo {
namespace {

// Fields that the daemon writes itself; a second one would contradict it.
constexpr std::array<const char*, 9> kOwnFields = {"Connection", "Content-Length",    "Content-Type",
                                                   "Date",       "Keep-Alive",        "Trailer",
                                                   "Upgrade",    "Transfer-Encoding", "TE"};

void validate_headers(const Response& response, Problems& problems) {
  std::size_t bytes = response.content_type.size();
  for (const auto& [name, value] : response.headers) {
    bytes += name.size() + value.size() + 4;  // ": " and the line's end
    const auto is_this = [&name = name](const char* own) { return ::strcasecmp(own, name.c_str()) == 0; };
    if (!is_token(name)) {
      problems.add("headers", name, "not a field name, which is a token (RFC 9110 section 5.6.2)");
    } else if (std::any_of(kOwnFields.begin(), kOwnFields.end(), is_this)) {
      problems.add("headers", name, "this field is written by the daemon itself");
    }
    if (!is_field_value(value)) {
      problems.add("headers", name + ": " + value,
                   "a field value holds no control characters but the tab (RFC 9110 section 5.5)");
    }
  }
  if (bytes > limits::kResponseHeaderBytes) {
    problems.add(
        "headers", fmt::format("{} bytes", bytes),
        fmt::format("the extra fields have at most {} bytes together", limits::kResponseHeaderBytes));
  }
}

}  // namespace

void check_own(const Response& response, Problems problems) {
  if (response.body.size() > limits::kResponseBodyBytes) {
    problems.add(
        "body", fmt::format("{} bytes", response.body.size()),
        fmt::format("has at most {} bytes; body_size is for longer ones", limits::kResponseBodyBytes));
  }
  if (!is_media_type(response.content_type)) {
    problems.add(
        "content_type", response.content_type,
        "must be a media type such as text/plain or text/html; charset=utf-8 (RFC 9110 section 8.3.1)");
  }
  validate_headers(response, problems);
}

}  // namespace demo
