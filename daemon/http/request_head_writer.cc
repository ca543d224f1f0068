#include "http/request_head_writer.h"

#include "http/character_class.h"
#include "http/forwarded_fields.h"
#include "http/text_buffer.h"
#include "http/upgrade_protocol.h"

namespace demo {
namespace {

constexpr std::string_view kOwnName = "demo-server";

// The values that received fields of one role have, joined as one list (RFC 9110 section 5.3), each followed
// by a comma: the caller ends the list.
void append_received_list(TextBuffer& text, const RequestHead& head, const ForwardedFields& fields,
                          FieldRole role) {
  for (std::size_t i = 0; i < head.field_count; ++i) {
    const Field& field = head.fields[i];
    if (field.value.empty() || fields.role_of(field) != role) continue;
    text.append(field.value).append(", ");
  }
}

void append_x_forwarded(TextBuffer& text, const RequestHead& head, const ForwardedFields& fields,
                        const RequestForwarding& forwarding) {
  text.append("X-Forwarded-For: ");
  append_received_list(text, head, fields, FieldRole::kForwardedFor);
  text.append(forwarding.peer.empty() ? "unknown" : forwarding.peer).append("\r\n");
  append_field(text, "X-Forwarded-Proto", "http");
  if (!head.host.empty()) append_field(text, "X-Forwarded-Host", head.host);
}

// RFC 7239 section 4. A host needs quotes for its port, an IPv6 address has brackets within quotes (section
// 6).
void append_forwarded(TextBuffer& text, const RequestHead& head, const ForwardedFields& fields,
                      const RequestForwarding& forwarding) {
  text.append("Forwarded: ");
  append_received_list(text, head, fields, FieldRole::kForwarded);
  text.append("for=");
  if (forwarding.peer.empty()) {
    text.append("unknown");
  } else if (forwarding.peer.find(':') != std::string_view::npos) {
    text.append("\"[").append(forwarding.peer).append("]\"");
  } else {
    text.append(forwarding.peer);
  }
  if (!head.host.empty()) text.append(";host=\"").append(head.host).append("\"");
  text.append(";proto=http\r\n");
}

void append_via(TextBuffer& text, const RequestHead& head, const ForwardedFields& fields) {
  text.append("Via: ");
  append_received_list(text, head, fields, FieldRole::kVia);
  text.append(head.minor_version == 0 ? "1.0 " : "1.1 ").append(kOwnName).append("\r\n");
}

// RFC 9110 section 7.6.2: one less for each who passes the request on. What does not limit it stays as it is.
void append_max_forwards(TextBuffer& text, const RequestHead& head, const Field& field) {
  if (!head.max_forwards) return append_field(text, field.name, field.value);
  const std::uint32_t left = *head.max_forwards;
  text.append(field.name).append(": ").append_number(left > 0 ? left - 1 : 0).append("\r\n");
}

// The protocols of the field that the backend may switch to, if any.
void append_upgrade(TextBuffer& text, const Field& field) {
  std::string_view between = ": ";
  for_each_element(field.value, [&](std::string_view protocol) {
    if (!may_switch_to(protocol)) return;
    if (between != ", ") text.append(field.name);
    text.append(between).append(protocol);
    between = ", ";
  });
  if (between == ", ") text.append("\r\n");
}

bool is_passed_on(FieldRole role, const RequestForwarding& forwarding) {
  switch (role) {
    case FieldRole::kHopByHop:
    case FieldRole::kHost:
    case FieldRole::kContentLength:
    case FieldRole::kTransferEncoding:
    case FieldRole::kUpgrade:
    case FieldRole::kMaxForwards:
    case FieldRole::kLookAlike:
      return false;
    case FieldRole::kExpect:
      return !forwarding.drop_expect;
    case FieldRole::kForwardedFor:
    case FieldRole::kForwardedProto:
    case FieldRole::kForwardedHost:
      return !forwarding.x_forwarded;
    case FieldRole::kForwarded:
      return !forwarding.forwarded;
    case FieldRole::kVia:
      return !forwarding.via;
    case FieldRole::kEndToEnd:
    case FieldRole::kCdnLoop:
    case FieldRole::kDate:
      return true;
  }
  return false;
}

}  // namespace

std::string_view write_request_head(std::span<char> out, const RequestHead& head,
                                    const RequestForwarding& forwarding) {
  TextBuffer text(out);
  const ForwardedFields fields({head.fields.data(), head.field_count});
  text.append(head.method_text).append(" ");
  // An absolute-form target may have a query and no path.
  if (head.path_query.starts_with('?')) text.append("/");
  text.append(head.path_query).append(" HTTP/1.1\r\n");
  append_field(text, "Host", head.host.empty() ? forwarding.default_host : head.host);
  bool has_length = false;
  for (std::size_t i = 0; i < head.field_count; ++i) {
    const Field& field = head.fields[i];
    const FieldRole role = fields.role_of(field);
    if (role == FieldRole::kContentLength) has_length = true;
    if (is_passed_on(role, forwarding)) {
      append_field(text, field.name, field.value);
    } else if (role == FieldRole::kUpgrade && forwarding.upgrade) {
      append_upgrade(text, field);
    } else if (role == FieldRole::kMaxForwards) {
      append_max_forwards(text, head, field);
    }
  }
  if (head.body == BodyKind::kChunked) {
    append_field(text, "Transfer-Encoding", "chunked");
  } else if (has_length) {
    text.append("Content-Length: ").append_number(head.content_length).append("\r\n");
  }
  if (forwarding.x_forwarded) append_x_forwarded(text, head, fields, forwarding);
  if (forwarding.forwarded) append_forwarded(text, head, fields, forwarding);
  if (forwarding.via) append_via(text, head, fields);
  if (!forwarding.loop_mark.empty()) append_field(text, "CDN-Loop", forwarding.loop_mark);
  if (forwarding.upgrade) {
    append_field(text, "Connection", "upgrade");
  } else if (forwarding.close) {
    append_field(text, "Connection", "close");
  }
  text.append("\r\n");
  return text.overflowed() ? std::string_view() : text.text();
}

}  // namespace demo
