#pragma once

#include <cstddef>
#include <cstdint>

#include "base/limits.h"
#include "stats/counter.h"
#include "stats/histogram.h"

namespace demo {

// Counters only grow, over the deaths of workers too; gauges (named so) say what is now, and the supervisor
// zeroes them when their worker dies.
struct WorkerStats {
  Counter connections_open;          // gauge: client connections
  Counter backend_connections_open;  // gauge
  Counter backend_connections_idle;  // gauge: pooled
  Counter connections_accepted;
  Counter connections_closed;
  Counter requests;
  Counter responses_1xx, responses_2xx, responses_3xx, responses_4xx, responses_5xx;
  Counter bytes_in;         // from clients
  Counter bytes_out;        // to clients
  Counter accept_errors;    // accept4(2) failed for another reason than an empty queue
  Counter accept_paused;    // times accepting stopped: connection limit or no descriptors
  Counter read_errors;      // recv(2) failed for a reason on this host
  Counter write_errors;     // send(2) failed for a reason on this host
  Counter protocol_errors;  // answered 4xx by the parser or a limit
  Counter timeouts;         // connections ended by a time-out
  Counter forced_closes;    // ended at a drain deadline
  // Clients that left, by where they were (net/client_abort.h); no errors.
  Counter aborts_idle, aborts_head, aborts_body, aborts_waiting, aborts_receiving;
  // The loop, as the original daemon printed it.
  Counter polls;        // epoll_wait(2) calls
  Counter polls_empty;  // without an event
  Counter events;       // events in total
  Counter events_last;  // gauge
  Counter events_min;   // gauge: least events of a poll that had any, since it was set to 0
  Counter events_max;   // gauge
  // Supervision.
  Counter heartbeat_ns;  // gauge: monotonic clock at the last turn of the loop
  Counter
      cpu_ns;  // CPU time of the worker process, refreshed once a second by the worker, grows over respawns
  Counter generation;  // gauge: the snapshot in force
  Counter draining;    // gauge: 1 while draining
  Counter at_limit;    // gauge: 1 while accepting pauses at the connection limit
};

struct ListenerStats {
  Counter connections_open;  // gauge
  Counter connections_accepted;
  Counter requests;
  Counter bytes_in;
  Counter bytes_out;
  Counter loops;  // answered 508: they had passed the same pool before
};

struct BackendStats {
  Counter connections_open;  // gauge
  Counter requests_active;   // gauge: requests (tcp mode: connections) in flight
  Counter queued;            // gauge: requests waiting under max-connections
  Counter requests;
  Counter responses_2xx, responses_3xx, responses_4xx, responses_5xx;
  Counter bytes_in;   // from the backend
  Counter bytes_out;  // to the backend
  Counter connects;
  Counter connect_errors;
  Counter retries;          // requests sent again elsewhere
  Counter response_errors;  // broken, truncated or refused responses
  Counter connect_timeouts, head_timeouts, body_timeouts;
  Counter connect_shortages;  // no local port, descriptor or memory for a connection to it
  Counter queue_full;         // turned away at once: its limit reached and the pool's queue full
  Counter queue_timeouts;     // waited too long under max-connections
  Counter tunnel_timeouts;    // no byte either way for too long
  Counter responses_failed;  // had a status that counts as a failure of the backend; counted before its class
  Counter attempts_again;    // of a request that had failed there before; counted before their end
  Counter failed_ms;         // what attempts took that failed
  Counter lost;              // in flight when their worker died, as the supervisor found it
  Counter ejections;
  Counter ejected;        // gauge: 1 while this worker holds it ejected
  Counter forced_closes;  // ended at a drain deadline
};

// Everything one worker reports, in a memfd of its own: the worker writes, the supervisor (and, read-only,
// the other workers for least-connections) reads. The page outlives its worker. Zero-filled memory is a valid
// page.
struct StatsPage {
  static constexpr std::uint32_t kMagic = 0x64656d6f;  // "demo"
  static constexpr std::uint32_t kLayout = 9;          // raised with any change of this struct

  std::uint32_t magic;
  std::uint32_t layout;
  alignas(64) WorkerStats worker;
  alignas(64) Histogram
      service_time;  // modes server and raw: from the wake-up with the request to its answer
  alignas(64) Histogram response_time;  // mode proxy: from the wake-up with the request to its response's end
  alignas(64) ListenerStats listeners[limits::kListeners];
  alignas(64) BackendStats backends[limits::kBackendMembers];
};

}  // namespace demo
