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
  if (const auto holder = line_.idle_elsewhere(gate)) area_.ring(*holder);
}

void Quota::call_next(unsigned gate) {
  const std::optional<unsigned> first = line_.first(gate);
  if (first && *first != seat_ && ledger_.has_room(gate)) area_.ring(*first);
}

}  // namespace demo
