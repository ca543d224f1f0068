#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "supervisor/api/acknowledgement.h"
#include "supervisor/figures/stats_pages.h"
#include "supervisor/figures/stats_sampler.h"
#include "supervisor/workers/held_notices.h"
#include "supervisor/workers/restraints.h"
#include "supervisor/workers/worker_slot.h"

namespace demo::internal::v1 {
class Handover;
}

namespace demo {

// The workers of the plan, those that are leaving it, and those that are to succeed one: several slots of one
// index, of which one is the present worker. Owns the slots; runs on the supervisor's loop.
class WorkerSet {
 public:
  // What a process counted that is gone for good, before its page is used again.
  using PageEnd = std::function<void(unsigned index, unsigned page)>;

  // All references are borrowed and outlive the set.
  WorkerSet(boost::asio::io_context& loop, const WorkerSettings& settings, StatsArea& stats,
            QuotaKeeper& quota, WorkerSlot::Observer& observer);

  // Descriptors of processes, or ends of channels, by the number of the channel.
  using Numbered = std::map<std::uint64_t, UniqueFd>;

  // The processes of a supervisor before this one; what is theirs is taken out of the lists. Each goes on as
  // it is until a worker of its index is ready. Before the first resize(). How many there are. Error:
  // kResourceExhausted.
  Result<std::size_t> adopt(const internal::v1::Handover& handover, Numbered& processes, Numbered& channels);
  // For the supervisor after this one.
  void record(internal::v1::Handover& handover) const;
  // Of each process, borrowed.
  struct Descriptors {
    std::uint64_t number = 0;
    int process = -1;
    int channel = -1;
    bool operator==(const Descriptors&) const = default;
  };
  std::vector<Descriptors> descriptors() const;
  // The processes live on, and are somebody else's.
  void let_go();
  // What an upgrade passes on beside the processes: whom all workers distrust, whom the worker of an index
  // holds ejected, and how often the workers of
  // the plan were started again. Given before the first resize().
  const std::vector<HeldNotice>& distrusts() const { return distrusts_.all(); }
  void distrust(const HeldNotice& held) { distrusts_.note(held.notice, held.since_ns, held.since); }
  std::vector<HeldNotice> ejections_of(unsigned index) const;
  void remember_ejection(unsigned index, HeldNotice held) {
    ejections_before_[index].push_back(std::move(held));
  }
  void remember_respawns(unsigned index, std::uint64_t respawns) { respawns_before_[index] = respawns; }

  // The workers that shall run from now on, their indexes 0 to n-1: new ones start, beside those of the same
  // index that still drain, others move to their core, those beyond drain and leave.
  void resize(const std::vector<WorkerPlace>& places);
  // Forgets the slots of those that left, and starts workers that had to wait for it. Not to be called from
  // an observer.
  void forget_gone(const PageEnd& page_end);

  // Ascending by index; the leaving ones and successors too.
  std::vector<WorkerStanding> standings() const;
  // As StatsLayout wants them.
  std::vector<StatsLayout::WorkerEntry> stats_entries() const;
  // The workers of the plan ascending by index, then the others.
  std::vector<WorkerReport> reports() const;
  // Of the workers that take requests, at this moment (monotonic ns).
  Restraints restraints(std::uint64_t now_ns) const;
  Acknowledgement acknowledgement(std::uint64_t version) const;
  // Somebody accepts connections, and the workers of the plan that do not have failed: there is nobody left
  // to wait for.
  bool have_started() const;
  // Whether anybody accepts connections.
  bool any_ready() const;
  // Whether all workers of the plan do, or some, those of a supervisor before left out.
  bool all_ready() const;
  bool any_of_plan_ready() const;
  // Whether some worker died, or could not be started the last time.
  bool any_failed() const;
  // Whether a worker of the plan fails and no process before it serves in its stead.
  bool any_lost() const;
  // So many workers of the plan have no place for a process, as all are held by those that drain.
  std::size_t homeless() const;
  // Whether so many processes as the plan has can be started beside those that are there. Error:
  // kResourceExhausted.
  Status check_room_for_all() const;
  bool empty() const { return slots_.empty(); }

  // loans by worker index.
  void offer(std::uint64_t version, std::shared_ptr<const Snapshot> snapshot,
             const std::vector<std::vector<SocketLoan>>& loans);
  // Once a second. watched_ns: of a WatchedTime.
  void check_heartbeats(std::uint64_t watched_ns);
  // A worker distrusts an address: all are to do the same, it too in its other pools.
  void spread_distrust(const BackendNotice& notice);
  // A process that has just started is to distrust whom the others do.
  void pass_distrusts(WorkerSlot& started) const;
  // Descriptor 2 of this process is another file: the workers are to write there too.
  void pass_log();
  // Starts a process that takes the worker's place when it is ready; only for a worker of the plan, and one
  // at a time. Error: it could not be started, and the present one stays.
  Status restart(unsigned index);
  // A successor is ready: the process before it drains. False for any other worker.
  bool take_over(WorkerSlot& ready);
  // All adopted processes drain, though nobody serves in their place yet.
  void drain_predecessors();
  // They are killed.
  void end_predecessors();
  // Adopted processes drain whose work others do by now: the worker of their index, or, where the plan has
  // none, those of the plan. The number of those that begin to.
  std::size_t relieve_predecessors();
  // Whether the worker's successor is on its way.
  bool has_successor(unsigned index) const { return find(index, SlotRole::kSuccessor) != nullptr; }
  // The next version takes over, or does not after all.
  void grant_patience(bool granted);
  // Ends all processes but those of supervisors before: another one goes on with these.
  void end_own();
  // Everybody leaves, within the time that a drain may take.
  void drain_all();
  void end_all();

  // Null for an index that is not of the plan.
  const WorkerSlot* find(unsigned index) const { return find(index, SlotRole::kPresent); }

 private:
  WorkerSlot* find(unsigned index, SlotRole role) const;
  // Whether the worker of this index accepts connections.
  bool is_ready(unsigned index) const;
  void fill();
  // At the end of those of its index.
  void insert(std::unique_ptr<WorkerSlot> slot);

  boost::asio::io_context& loop_;
  const WorkerSettings& settings_;
  StatsArea& stats_;
  QuotaKeeper& quota_;
  WorkerSlot::Observer& observer_;
  StatsPages pages_;
  std::map<unsigned, std::vector<HeldNotice>> ejections_before_;  // of a supervisor before, by index
  HeldNotices distrusts_;                                         // of all workers, those that are gone too
  std::map<unsigned, std::uint64_t> respawns_before_;             // by index, until there is a worker of it
  std::vector<WorkerPlace> places_;
  std::vector<std::unique_ptr<WorkerSlot>> slots_;  // ascending by index
};

}  // namespace demo
