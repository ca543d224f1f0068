#pragma once

#include "config/snapshot.h"
#include "event/loop.h"
#include "net/buffer_pool.h"
#include "net/lingering_close.h"
#include "net/session_policy.h"
#include "net/turn_allowance.h"
#include "server/answers.h"
#include "server/session_owner.h"
#include "stats/stats_page.h"

namespace demo {

// What the sessions of one server work with. The server's; outlives the sessions, which keep one reference
// for all of it.
struct SessionEnvironment {
  SessionEnvironment(Loop& its_loop, BufferPool& its_buffers, LingeringClose& its_lingering, StatsPage& page,
                     Answers& its_answers, SessionOwner& its_owner)
      : loop(its_loop),
        buffers(its_buffers),
        lingering(its_lingering),
        stats(page.worker),
        service_time(page.service_time),
        answers(its_answers),
        owner(its_owner) {}

  void apply(const Snapshot& snapshot) { policy.apply(snapshot); }

  Loop& loop;
  BufferPool& buffers;
  LingeringClose& lingering;
  WorkerStats& stats;
  Histogram& service_time;
  Answers& answers;
  SessionOwner& owner;
  SessionPolicy policy;
  TurnAllowance allowance;  // of the session that is being worked on
};

}  // namespace demo
