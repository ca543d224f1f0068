#include "quota/quota.h"

namespace demo {

bool Quota::lacks_elsewhere(unsigned gate) const {
  const std::optional<unsigned> first = line_.first(gate);
  return first && *first != seat_ && !ledger_.has_room(gate);
}

void Quota::wait(unsigned gate, std::uint64_t since_ns) {
  line_.enter(gate, since_ns);
  // It may have let another one get ahead.
  if (ledger_.has_room(gate)) return call_next(gate);
  if (const auto holder = line_.idle_elsewhere(gate, seat_)) area_.ring(*holder);
}

void Quota::call_next(unsigned gate) {
  const std::optional<unsigned> first = line_.first(gate);
  if (!first) return;
  if (ledger_.has_room(gate)) {
    if (*first != seat_) area_.ring(*first);
  } else if (const auto holder = line_.idle_elsewhere(gate, *first)) {
    // It kept an unused connection while there was room for who was first then; this one, itself perhaps.
    area_.ring(*holder);
  }
}

}  // namespace demo
