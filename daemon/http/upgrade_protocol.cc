#include "http/upgrade_protocol.h"

#include "http/character_class.h"

namespace demo {

bool may_switch_to(std::string_view protocol) {
  const std::string_view name = protocol.substr(0, protocol.find('/'));
  const auto is = [name](std::string_view lower) { return equals_ignoring_case(name, lower); };
  return !(is("h2c") || is("h2") || is("h3") || is("http") || is("tls"));
}

}  // namespace demo
