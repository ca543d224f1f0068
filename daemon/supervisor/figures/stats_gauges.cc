#include "supervisor/figures/stats_gauges.h"

namespace demo {

std::uint64_t zero_gauges(StatsArea& area, unsigned index) {
  StatsPage& page = area.writable_page(index);
  const std::uint64_t open = page.worker.connections_open.get();
  zero_gauges_of(page.worker);
  page.worker.at_limit.set(0);
  for (const std::uint32_t slot : area.used_listeners(index)) zero_gauges_of(page.listeners[slot]);
  for (const std::uint32_t slot : area.used_backends(index)) {
    BackendStats& backend = page.backends[slot];
    // Counted before: who waits for it to be 0 is told what it went down by.
    backend.lost.add(backend.requests_active.get());
    zero_gauges_of(backend);
  }
  return open;
}

}  // namespace demo
