#include "http/response_head_writer.h"

#include "http/forwarded_fields.h"
#include "http/text_buffer.h"

namespace demo {
namespace {

// RFC 9110 section 8.6 and RFC 9112 section 6.1: neither field in 1xx and 204.
bool may_have_framing(unsigned status) { return status >= 200 && status != 204; }

void append_framing(TextBuffer& text, const ResponseHead& head, ClientFraming framing) {
  if (!may_have_framing(head.status)) return;
  if (head.chunked && framing == ClientFraming::kAsReceived)
    append_field(text, "Transfer-Encoding", "chunked");
  if (head.has_content_length) {
    text.append("Content-Length: ").append_number(head.content_length).append("\r\n");
  }
}

void append_connection(TextBuffer& text, const ResponseForwarding& forwarding) {
  switch (forwarding.connection) {
    case ClientConnection::kKeep:
      // HTTP/1.1 persists unless told otherwise, HTTP/1.0 only when told.
      if (forwarding.client_minor_version == 0) append_field(text, "Connection", "keep-alive");
      break;
    case ClientConnection::kClose:
      append_field(text, "Connection", "close");
      break;
    case ClientConnection::kSwitch:
      append_field(text, "Connection", "upgrade");
      break;
  }
}

void append_via(TextBuffer& text, const ResponseHead& head, const ForwardedFields& fields) {
  text.append("Via: ");
  for (std::size_t i = 0; i < head.field_count; ++i) {
    const Field& field = head.fields[i];
    if (field.value.empty() || fields.role_of(field) != FieldRole::kVia) continue;
    text.append(field.value).append(", ");
  }
  text.append(head.minor_version == 0 ? "1.0 demo-server\r\n" : "1.1 demo-server\r\n");
}

bool is_passed_on(FieldRole role, const ResponseForwarding& forwarding) {
  switch (role) {
    case FieldRole::kHopByHop:
    case FieldRole::kContentLength:
    case FieldRole::kTransferEncoding:
      return false;
    case FieldRole::kUpgrade:
      return forwarding.connection == ClientConnection::kSwitch;
    case FieldRole::kVia:
      return !forwarding.via;
    case FieldRole::kEndToEnd:
    case FieldRole::kCdnLoop:
    case FieldRole::kHost:
    case FieldRole::kExpect:
    case FieldRole::kForwardedFor:
    case FieldRole::kForwardedProto:
    case FieldRole::kForwardedHost:
    case FieldRole::kForwarded:
    case FieldRole::kDate:
    case FieldRole::kMaxForwards:
    case FieldRole::kLookAlike:
      return true;
  }
  return false;
}

}  // namespace

std::string_view write_response_head(std::span<char> out, const ResponseHead& head,
                                     const ResponseForwarding& forwarding) {
  TextBuffer text(out);
  const ForwardedFields fields({head.fields.data(), head.field_count});
  text.append("HTTP/1.1 ").append_number(head.status).append(" ").append(head.reason).append("\r\n");
  bool has_date = forwarding.date.empty() || head.status < 200;
  for (std::size_t i = 0; i < head.field_count; ++i) {
    const Field& field = head.fields[i];
    const FieldRole role = fields.role_of(field);
    if (!is_passed_on(role, forwarding)) continue;
    if (role == FieldRole::kDate) has_date = true;
    append_field(text, field.name, field.value);
  }
  if (!has_date) append_field(text, "Date", forwarding.date);
  append_framing(text, head, forwarding.framing);
  if (forwarding.via) append_via(text, head, fields);
  // An interim response says nothing about the connection.
  if (!head.interim()) append_connection(text, forwarding);
  text.append("\r\n");
  return text.overflowed() ? std::string_view() : text.text();
}

}  // namespace demo
