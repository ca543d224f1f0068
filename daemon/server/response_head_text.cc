#include "server/response_head_text.h"

#include <fmt/format.h>

#include <iterator>

#include "http/reason_phrase.h"

namespace demo {
namespace {

constexpr std::string_view kVersion = "HTTP/1.1 ";
constexpr std::string_view kDateField = "\r\nDate: ";

}  // namespace

std::size_t response_date_offset(unsigned status) {
  return kVersion.size() + std::string_view("200 ").size() + reason_phrase(status).size() + kDateField.size();
}

void append_response_head(std::string& out, const ResponseHeadText& head) {
  const auto end = std::back_inserter(out);
  fmt::format_to(end, "{}{:03} {}{}{}", kVersion, head.status, reason_phrase(head.status), kDateField,
                 head.date);
  if (!head.content_type.empty() && !status_has_no_body(head.status)) {
    fmt::format_to(end, "\r\nContent-Type: {}", head.content_type);
  }
  if (head.chunked) {
    out += "\r\nTransfer-Encoding: chunked";
  } else if (head.content_length) {
    fmt::format_to(end, "\r\nContent-Length: {}", *head.content_length);
  }
  if (head.headers != nullptr) {
    for (const auto& [name, value] : *head.headers) fmt::format_to(end, "\r\n{}: {}", name, value);
  }
  switch (head.persistence) {
    case Persistence::kKeep:
      break;
    case Persistence::kKeepExplicit:
      out += "\r\nConnection: keep-alive";
      break;
    case Persistence::kClose:
      out += "\r\nConnection: close";
      break;
  }
  out += "\r\n\r\n";
}

}  // namespace demo
