#include "supervisor/figures/stats_gauges.h"

namespace demo {

std::uint64_t zero_gauges(StatsPage& page) {
  const std::uint64_t open = page.worker.connections_open.get();
  zero_gauges_of(page.worker);
  page.worker.at_limit.set(0);
  for (ListenerStats& listener : page.listeners) zero_gauges_of(listener);
  for (BackendStats& backend : page.backends) {
    // Counted before: who waits for it to be 0 is told what it went down by.
    backend.lost.add(backend.requests_active.get());
    zero_gauges_of(backend);
  }
  return open;
}

}  // namespace demo
