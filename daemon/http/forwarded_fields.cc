#include "http/forwarded_fields.h"

#include "http/character_class.h"

namespace demo {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

// Options that ask for something and name no field to drop, or one that is dropped anyway.
bool names_no_field(std::string_view option) {
  return equals_ignoring_case(option, "close") || equals_ignoring_case(option, "keep-alive") ||
         equals_ignoring_case(option, "upgrade");
}

// Whether a server that hands fields on as variables (RFC 3875 section 4.1.18) could not tell this one from
// the field `lower`: there hyphens become underscores.
bool looks_like(std::string_view name, std::string_view lower) {
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = name[i] == '_' ? '-' : to_lower(name[i]);
    if (c != lower[i]) return false;
  }
  return true;
}

FieldRole role_of_name(std::string_view name) {
  const auto is = [name](std::string_view lower) { return equals_ignoring_case(name, lower); };
  const auto role_if = [name, is](std::string_view lower, FieldRole role) {
    if (!looks_like(name, lower)) return FieldRole::kEndToEnd;
    return is(lower) ? role : FieldRole::kLookAlike;
  };
  switch (name.size()) {
    case 2:
      return is("te") ? FieldRole::kHopByHop : FieldRole::kEndToEnd;
    case 3:
      return is("via") ? FieldRole::kVia : FieldRole::kEndToEnd;
    case 4:
      return is("host") ? FieldRole::kHost : is("date") ? FieldRole::kDate : FieldRole::kEndToEnd;
    case 6:
      return is("expect") ? FieldRole::kExpect : FieldRole::kEndToEnd;
    case 7:
      return is("upgrade") ? FieldRole::kUpgrade : FieldRole::kEndToEnd;
    case 8:
      return is("cdn-loop") ? FieldRole::kCdnLoop : FieldRole::kEndToEnd;
    case 9:
      return is("forwarded") ? FieldRole::kForwarded : FieldRole::kEndToEnd;
    case 10:
      return is("connection") || is("keep-alive") ? FieldRole::kHopByHop : FieldRole::kEndToEnd;
    case 12:
      return is("max-forwards") ? FieldRole::kMaxForwards : FieldRole::kEndToEnd;
    case 14:
      return role_if("content-length", FieldRole::kContentLength);
    case 15:
      return role_if("x-forwarded-for", FieldRole::kForwardedFor);
    case 16:
      if (is("proxy-connection")) return FieldRole::kHopByHop;
      return role_if("x-forwarded-host", FieldRole::kForwardedHost);
    case 17:
      if (to_lower(name.front()) == 't') return role_if("transfer-encoding", FieldRole::kTransferEncoding);
      return role_if("x-forwarded-proto", FieldRole::kForwardedProto);
    default:
      return FieldRole::kEndToEnd;
  }
}

bool can_be_nominated(FieldRole role) {
  return role != FieldRole::kHost && role != FieldRole::kContentLength &&
         role != FieldRole::kTransferEncoding && role != FieldRole::kUpgrade && role != FieldRole::kExpect &&
         role != FieldRole::kCdnLoop && role != FieldRole::kMaxForwards;
}

}  // namespace

ForwardedFields::ForwardedFields(std::span<const Field> fields) {
  for (const Field& field : fields) {
    if (!equals_ignoring_case(field.name, "connection")) continue;
    // The parsers refuse heads with more options than there is room for.
    for_each_element(field.value, [this](std::string_view option) {
      if (names_no_field(option) || nominated_count_ == nominated_.size()) return;
      nominated_[nominated_count_++] = option;
    });
  }
}

FieldRole ForwardedFields::role_of(const Field& field) const {
  const FieldRole role = role_of_name(field.name);
  if (nominated_count_ == 0 || !can_be_nominated(role)) return role;
  return is_nominated(field.name) ? FieldRole::kHopByHop : role;
}

bool ForwardedFields::is_nominated(std::string_view name) const {
  for (std::size_t i = 0; i < nominated_count_; ++i) {
    if (same_name(nominated_[i], name)) return true;
  }
  return false;
}

}  // namespace demo
