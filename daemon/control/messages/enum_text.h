#pragma once

#include <optional>
#include <string_view>

#include "config/config.h"

// The text of each enum of the configuration, read by one name, so that translation needs no case a type.
namespace demo {

template <typename Enum>
bool assign_known(std::optional<Enum> known, Enum& value) {
  if (known) value = *known;
  return known.has_value();
}

// Each: false when the text names no value; value stays.
inline bool parse_enum_text(std::string_view text, LogLevel& value) { return parse_log_level(text, value); }

inline bool parse_enum_text(std::string_view text, AcceptMode& value) {
  return assign_known(parse_accept_mode(text), value);
}
inline bool parse_enum_text(std::string_view text, ListenerMode& value) {
  return assign_known(parse_listener_mode(text), value);
}
inline bool parse_enum_text(std::string_view text, BackendState& value) {
  return assign_known(parse_backend_state(text), value);
}
inline bool parse_enum_text(std::string_view text, BalancePolicy& value) {
  return assign_known(parse_balance_policy(text), value);
}
inline bool parse_enum_text(std::string_view text, HealthCheckKind& value) {
  return assign_known(parse_health_check_kind(text), value);
}
inline bool parse_enum_text(std::string_view text, SendProxyProtocol& value) {
  return assign_known(parse_send_proxy_protocol(text), value);
}

}  // namespace demo
