#include "quota/quota_keeper.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace demo {

QuotaKeeper::QuotaKeeper(QuotaArea area)
    : area_(std::move(area)), ledger_(area_.memory(), kQuotaSeats), line_(area_.memory(), kQuotaSeats) {
  if (memory().seats_used.load() == 0) return;
  ledger_.settle();
  // Who is to be woken by what the earlier one did: it may have died before it rang.
  area_.ring_all();
}

void QuotaKeeper::take_seat(unsigned seat) {
  if (seat >= kQuotaSeats) std::abort();
  std::atomic<std::uint32_t>& used = memory().seats_used;
  used.store(std::max(used.load(), seat + 1));
}

void QuotaKeeper::free_seat(unsigned seat) {
  line_.free_seat(seat);
  ledger_.free_seat(seat);
  area_.ring_all();
}

void QuotaKeeper::set_limits(const Limits& limits) {
  // A gate that never had a limit is not touched: it would cost memory from then on.
  unsigned used = std::min<unsigned>(memory().gates_used.load(), kClientGate);
  for (unsigned gate = used; gate < kClientGate; ++gate) {
    if (limits[gate] != 0) used = gate + 1;
  }
  // Before the limits are: the next supervisor looks for those below it.
  memory().gates_used.store(used);
  bool more = false;
  for (unsigned gate = 0; gate < kGates; ++gate) {
    if (gate == used) gate = kClientGate;
    std::atomic<std::uint64_t>& limit = memory().gates[gate].limit;
    const std::uint64_t before = limit.load();
    if (before == limits[gate]) continue;
    limit.store(limits[gate]);
    more |= before != 0 && (limits[gate] == 0 || limits[gate] > before);
  }
  if (more) area_.ring_all();
}

}  // namespace demo
