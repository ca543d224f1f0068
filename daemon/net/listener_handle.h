#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "config/listener.h"
#include "config/snapshot.h"
#include "net/connection_budget.h"
#include "stats/stats_page.h"

namespace demo {

class ConnectionTaker;

// What the connections of one listener share in a worker. Owned by the worker's listener set, which keeps it
// until the listener is gone and connections() is 0; connections hold a plain reference.
class ListenerHandle {
 public:
  ListenerHandle(SnapshotListener settings, ListenerStats& figures, WorkerStats& worker_figures,
                 ConnectionBudget& budget)
      : spec(std::move(settings)), stats(figures), worker_stats(worker_figures), budget_(budget) {}

  // Every connection of the listener is counted from accept(2) to close(2), whatever mode serves it.
  void connection_opened() {
    ++connections_;
    worker_stats.connections_accepted.add();
    worker_stats.connections_open.add();
    stats.connections_accepted.add();
    stats.connections_open.add();
    budget_.opened();
  }
  void connection_closed() {
    --connections_;
    worker_stats.connections_closed.add();
    worker_stats.connections_open.subtract();
    stats.connections_open.subtract();
    budget_.closed();
  }
  std::uint64_t connections() const { return connections_; }

  SnapshotListener spec;  // of the snapshot in force
  ConnectionTaker* taker =
      nullptr;  // not owned, set before the first connection: who serves its next request
  ConnectionTaker* entrance =
      nullptr;           // not owned; takes accepted connections ahead of the taker; null: nobody
  bool removed = false;  // the listener is gone: finish the current response with close
  ListenerStats& stats;
  WorkerStats& worker_stats;

 private:
  ConnectionBudget& budget_;
  std::uint64_t connections_ = 0;
};

// Some listeners, borrowed.
using ListenerHandles = std::set<const ListenerHandle*>;

}  // namespace demo
