#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "channel/messages.h"
#include "config/snapshot.h"
#include "event/loop.h"
#include "event/slab.h"
#include "net/accept_throttle.h"
#include "net/acceptor.h"
#include "net/connection_budget.h"
#include "net/listener_handle.h"
#include "stats/stats_page.h"
#include "worker/modes.h"

namespace demo {

// The listener table as one worker has it: a handle a listener and an acceptor a granted socket. Applies each
// generation by comparing it with what is there.
class ListenerSet {
 public:
  // All are borrowed.
  ListenerSet(Loop& loop, Modes& modes, StatsPage& stats, Quota& quota);
  ~ListenerSet();

  // A generation goes into force in this order: the listeners, the modes, the sockets; so that modes see who
  // serves what, and no connection is accepted for a mode that does not know its settings yet.
  void apply_listeners(const Snapshot& snapshot);
  // Returns what could not be done, one sentence each.
  std::vector<std::string> apply_sockets(std::vector<SocketGrant> sockets);

  // Something changed in the limits that the workers keep together.
  void hear_others() { budget_.hear_others(); }

  // Accepts what the queues hold and gives up all sockets.
  void stop_accepting();

 private:
  using Handles = std::list<ListenerHandle>;

  // Accepts what the queues of these sockets hold and gives them up.
  template <typename Condition>
  void give_up(Condition goes);
  void forget_left();
  void remove_missing(const Snapshot& snapshot);
  ListenerHandle* find(std::uint32_t slot);
  // Sets the limit of connections by what so many sockets leave of descriptors; a sentence when the listeners
  // leave too few.
  std::string budget_descriptors(std::size_t sockets);

  Loop& loop_;
  Modes& modes_;
  StatsPage& stats_;
  ConnectionBudget budget_;
  AcceptThrottle throttle_;
  bool forwards_ = false;  // as DescriptorBudget has it
  Handles handles_;
  std::vector<ListenerHandle*> by_slot_;  // of those; null where there is none
  Handles leaving_;                       // removed listeners that have connections or sockets yet
  ListenerHandles moved_;                 // changed their mode or vanished with the generation being applied
  Slab<Acceptor> acceptor_places_;
  std::map<std::uint64_t, Acceptor*> acceptors_;  // not owned; by socket id, in acceptor_places_
};

}  // namespace demo
