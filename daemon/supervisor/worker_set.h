#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "supervisor/change_target.h"
#include "supervisor/worker_slot.h"

namespace demo {

// The workers of the plan, and those that are leaving it. Owns their slots; runs on the supervisor's loop.
class WorkerSet {
 public:
  // All references are borrowed and outlive the set.
  WorkerSet(boost::asio::io_context& loop, const WorkerSettings& settings, StatsArea& stats,
            WorkerSlot::Observer& observer);

  // The workers that shall run from now on, their indexes 0 to n-1: new ones start, others move to their
  // core, those beyond drain and leave.
  void resize(const std::vector<WorkerPlace>& places);
  // Forgets the slots of those that left. Not to be called from an observer.
  void forget_gone();

  // Ascending by index; the leaving ones too.
  std::vector<WorkerStanding> standings() const;
  std::vector<WorkerReport> reports() const;
  Acknowledgement acknowledgement(std::uint64_t version) const;
  // Every worker of the plan has put a snapshot in force.
  bool all_ready() const;
  bool empty() const { return slots_.empty(); }

  // loans by worker index.
  void offer(std::uint64_t version, std::shared_ptr<const Snapshot> snapshot,
             const std::vector<std::vector<SocketLoan>>& loans);
  void check_heartbeats(std::uint64_t now_ns);
  // Descriptor 2 of this process is another file: the workers are to write there too.
  void pass_log();
  // Drains the worker and starts a new process; only for a worker of the plan.
  void restart(unsigned index);
  // Everybody leaves.
  void drain_all();
  void end_all();

  // Null for an index that is not of the plan.
  const WorkerSlot* find(unsigned index) const;

 private:
  boost::asio::io_context& loop_;
  const WorkerSettings& settings_;
  StatsArea& stats_;
  WorkerSlot::Observer& observer_;
  std::vector<std::unique_ptr<WorkerSlot>> slots_;  // ascending by index
};

}  // namespace demo
