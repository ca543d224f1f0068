#pragma once

#include <cstdint>

#include "net/socket_ops.h"
#include "stats/stats_page.h"

namespace demo {

// Where a client was when it left without the end that its connection would have had.
enum class AbortPlace : std::uint8_t {
  kIdle,       // between requests, with a reset; an end there is no abort
  kHead,       // in the middle of a request's head, or of a PROXY header
  kBody,       // in the middle of a request's body
  kWaiting,    // its request is complete, and nothing of a response has left
  kReceiving,  // in the middle of a response or of a tunnel
};

// Clients may leave whenever they like: it is counted apart from errors.
inline void count_abort(WorkerStats& stats, AbortPlace place) {
  Counter* const counters[] = {&stats.aborts_idle, &stats.aborts_head, &stats.aborts_body,
                               &stats.aborts_waiting, &stats.aborts_receiving};
  counters[static_cast<unsigned>(place)]->add();
}

// A receive from a client that came to its end or broke, while place is where the client is.
inline void count_failed_receive(WorkerStats& stats, IoOutcome outcome, AbortPlace place) {
  if (outcome == IoOutcome::kFailed) return stats.read_errors.add();
  if (outcome == IoOutcome::kEnd && place == AbortPlace::kIdle) return;
  count_abort(stats, place);
}

// A send to a client that broke.
inline void count_failed_send(WorkerStats& stats, IoOutcome outcome, AbortPlace place) {
  if (outcome == IoOutcome::kFailed) return stats.write_errors.add();
  count_abort(stats, place);
}

}  // namespace demo
