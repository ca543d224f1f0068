#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "stats/histogram.h"

namespace demo {

// Plain copies of the counters of a stats page (stats/stats_page.h says what each one means).
struct WorkerFigures {
  std::uint64_t connections_open = 0, backend_connections_open = 0, backend_connections_idle = 0;
  std::uint64_t connections_accepted = 0, connections_closed = 0, requests = 0;
  std::uint64_t responses_1xx = 0, responses_2xx = 0, responses_3xx = 0, responses_4xx = 0, responses_5xx = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t accept_errors = 0, accept_paused = 0, read_errors = 0, write_errors = 0, protocol_errors = 0;
  std::uint64_t timeouts = 0, forced_closes = 0;
  std::uint64_t polls = 0, polls_empty = 0, events = 0, events_last = 0, events_min = 0, events_max = 0;
  std::uint64_t cpu_ns = 0, generation = 0, draining = 0;
  std::uint64_t aborts_idle = 0, aborts_head = 0, aborts_body = 0, aborts_waiting = 0, aborts_receiving = 0;
};

struct ListenerFigures {
  std::uint64_t connections_open = 0, connections_accepted = 0, requests = 0, bytes_in = 0, bytes_out = 0;
};

struct BackendFigures {
  std::uint64_t connections_open = 0, requests_active = 0, queued = 0, requests = 0;
  std::uint64_t responses_2xx = 0, responses_3xx = 0, responses_4xx = 0, responses_5xx = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0, connects = 0, connect_errors = 0, retries = 0,
                response_errors = 0;
  std::uint64_t connect_timeouts = 0, head_timeouts = 0, body_timeouts = 0;
  std::uint64_t connect_shortages = 0, queue_full = 0, queue_timeouts = 0, tunnel_timeouts = 0;
  std::uint64_t ejections = 0, ejected = 0, forced_closes = 0, responses_failed = 0;
  std::uint64_t attempts_again = 0, lost = 0, failed_ms = 0;
};

struct WorkerSample {
  unsigned index = 0;
  unsigned core = 0;
  bool alive = false;
  WorkerFigures figures;
  // Counts by Histogram bucket, Histogram::kBuckets of them; as StatsPage says.
  std::vector<std::uint64_t> service_time = {};
  std::vector<std::uint64_t> response_time = {};
};

// events_min of two together; 0 says that there was no such poll yet.
constexpr std::uint64_t least_events(std::uint64_t a, std::uint64_t b) {
  return a == 0 || b == 0 ? a + b : std::min(a, b);
}

// Figures of one listener or backend member, summed over the workers.
struct ListenerSample {
  std::string address;
  ListenerFigures figures;
};

struct BackendSample {
  std::string pool;
  std::string endpoint;
  std::string address;
  BackendFigures figures;
};

// All figures at one moment (each read on its own: relations between them hold only roughly).
struct StatsSample {
  std::uint64_t monotonic_ns = 0;  // when it was taken; differences of two samples give rates
  std::uint64_t generation = 0;
  std::vector<WorkerSample> workers;
  // What workers counted that were taken away and have not come back: part of every total, gauges are zero.
  std::vector<WorkerSample> former;
  std::vector<ListenerSample> listeners;
  std::vector<BackendSample> backends;
};

}  // namespace demo
