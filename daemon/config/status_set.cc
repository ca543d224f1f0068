#include "config/status_set.h"

#include <algorithm>

#include "base/whole_number.h"

namespace demo {
namespace {

// The whole of text as a status, 0 when it is none.
unsigned status_of(std::string_view text) {
  const unsigned status = whole_number<unsigned>(text).value_or(0);
  return status >= StatusSet::kFirst && status <= StatusSet::kLast ? status : 0;
}

}  // namespace

std::optional<StatusSet> StatusSet::parse(std::string_view text) {
  StatusSet set;
  if (text.empty()) return set;
  for (bool more = true; more;) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, comma);
    more = comma < text.size();
    text.remove_prefix(more ? comma + 1 : comma);
    const std::size_t dash = part.find('-');
    const unsigned first = status_of(part.substr(0, dash));
    const unsigned last = dash == std::string_view::npos ? first : status_of(part.substr(dash + 1));
    if (first == 0 || last < first) return std::nullopt;
    for (unsigned status = first; status <= last; ++status) set.codes_.set(status - kFirst);
  }
  return set;
}

}  // namespace demo
