#include "config/validate_response.h"

#include <strings.h>

#include <algorithm>
#include <array>

namespace demo {
namespace {

// Fields that the daemon writes itself; a second one would contradict it.
constexpr std::array<const char*, 9> kOwnFields = {"Connection", "Content-Length",    "Content-Type",
                                                   "Date",       "Keep-Alive",        "Trailer",
                                                   "Upgrade",    "Transfer-Encoding", "TE"};

// tchar of RFC 9110 section 5.6.2.
bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

// RFC 9110 section 5.5: no control characters but the tab, no blank at either end.
bool is_field_value(std::string_view text) {
  const auto allowed = [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  };
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!std::all_of(text.begin(), text.end(), allowed)) return false;
  return text.empty() || (!blank(text.front()) && !blank(text.back()));
}

void validate_headers(const Response& response, Problems& problems) {
  std::size_t bytes = response.content_type.size();
  for (const auto& [name, value] : response.headers) {
    bytes += name.size() + value.size() + 4;  // ": " and the line's end
    const auto is_this = [&name = name](const char* own) { return ::strcasecmp(own, name.c_str()) == 0; };
    if (!is_token(name)) {
      problems.add("headers", name, "not a field name (RFC 9110 section 5.1)");
    } else if (std::any_of(kOwnFields.begin(), kOwnFields.end(), is_this)) {
      problems.add("headers", name, "this field is written by the daemon itself");
    }
    if (!is_field_value(value)) {
      problems.add("headers", name + ": " + value, "not a field value (RFC 9110 section 5.5)");
    }
  }
  if (bytes > limits::kResponseHeaderBytes) {
    problems.add(
        "headers", fmt::format("{} bytes", bytes),
        fmt::format("the extra fields have at most {} bytes together", limits::kResponseHeaderBytes));
  }
}

}  // namespace

void validate_response(const Response& response, Problems problems) {
  problems.require_range("status", response.status, 200U, 599U);
  problems.require_range("body_size", response.body_size, std::uint64_t{0}, limits::kResponseBodyBytes);
  if (response.body.size() > limits::kResponseBodyBytes) {
    problems.add("body", fmt::format("{} bytes", response.body.size()),
                 fmt::format("has at most {} bytes", limits::kResponseBodyBytes));
  }
  if (response.content_type.empty() || !is_field_value(response.content_type)) {
    problems.add("content_type", response.content_type, "must be a media type such as text/plain");
  }
  validate_headers(response, problems);
}

}  // namespace demo
