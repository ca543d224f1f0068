#include "http/max_forwards.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "http/character_class.h"

namespace demo {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();

std::optional<std::uint32_t> number_of(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : digits) {
    if (!is_in(CharClass::kDigit, c)) return std::nullopt;
    number = std::min(number * 10 + static_cast<std::uint64_t>(c - '0'), kMost);
  }
  return static_cast<std::uint32_t>(number);
}

}  // namespace

std::optional<Rejection> read_max_forwards(RequestHead& head) {
  for (const Field& field : std::span(head.fields).first(head.field_count)) {
    if (!equals_ignoring_case(field.name, "max-forwards")) continue;
    if (head.max_forwards) return Rejection{400, "more than one Max-Forwards"};
    head.max_forwards = number_of(field.value);
    if (!head.max_forwards) return Rejection{400, "invalid Max-Forwards"};
  }
  return std::nullopt;
}

Rejection last_recipient_answer(Method method) {
  Rejection answer;
  answer.status = method == Method::kOptions ? 200 : 405;
  answer.reason = method == Method::kOptions ? "answered by the proxy: Max-Forwards is 0"
                                             : "the proxy does not answer TRACE, and Max-Forwards is 0";
  answer.lists_methods = true;
  return answer;
}

}  // namespace demo
