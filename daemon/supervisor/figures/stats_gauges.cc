#include "supervisor/figures/stats_gauges.h"

namespace demo {

std::uint64_t zero_gauges(StatsPage& page) {
  const std::uint64_t open = page.worker.connections_open.get();
  WorkerStats& worker = page.worker;
  for (Counter* gauge : {&worker.connections_open, &worker.backend_connections_open,
                         &worker.backend_connections_idle, &worker.events_last, &worker.events_min,
                         &worker.events_max, &worker.generation, &worker.draining, &worker.at_limit}) {
    gauge->set(0);
  }
  for (ListenerStats& listener : page.listeners) listener.connections_open.set(0);
  for (BackendStats& backend : page.backends) {
    backend.connections_open.set(0);
    // Counted before: who waits for it to be 0 is told what it went down by.
    backend.lost.add(backend.requests_active.get());
    backend.requests_active.set(0);
    backend.queued.set(0);
    backend.ejected.set(0);
  }
  return open;
}

}  // namespace demo
