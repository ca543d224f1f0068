#pragma once

#include <array>
#include <cstdint>

#include "stats/counter.h"
#include "stats/figure.h"

namespace demo {

// What one worker counts of a resolved address of a backend. Names and texts are those of BackendFigures in
// stats.proto. They are read in the order of the list: what is counted before something else is read after
// it, so that a reader never sees too many of it.
template <typename NumberType>
struct alignas(64) BackendNumbers {
  using Number = NumberType;
  // From the beginning on, bytes that a request which goes well counts in.
  static constexpr std::size_t kOftenCounted = 11 * sizeof(Number);

  Number connections_open{};
  Number requests_active{};
  Number queued{};
  Number requests{};
  Number responses_1xx{};
  Number responses_2xx{};
  Number responses_3xx{};
  Number responses_4xx{};
  Number responses_5xx{};
  Number bytes_in{};
  Number bytes_out{};
  Number connects{};
  Number connect_errors{};
  Number retries{};
  Number response_errors{};
  Number connect_timeouts{};
  Number head_timeouts{};
  Number body_timeouts{};
  Number ejections{};
  Number ejected{};
  Number forced_closes{};
  Number connect_shortages{};
  Number queue_full{};
  Number queue_timeouts{};
  Number tunnel_timeouts{};
  Number responses_failed{};  // counted before the class of the response, read after it
  Number attempts_again{};    // counted before their end, read after the failures
  Number lost{};              // by the supervisor, when it finds their worker dead
  Number failed_ms{};
};

template <typename Number>
constexpr auto list_figures(const BackendNumbers<Number>*) {
  using Numbers = BackendNumbers<Number>;
  return std::to_array<Figure<Numbers>>({
      {"connections_open", &Numbers::connections_open, FigureKind::kGauge,
       "Connections, idle ones included."},
      {"requests_active", &Numbers::requests_active, FigureKind::kGauge,
       "Requests (in tcp mode: connections) in flight."},
      {"queued", &Numbers::queued, FigureKind::kGauge, "Requests waiting under max_connections."},
      {"requests", &Numbers::requests, FigureKind::kCounter, "Requests sent."},
      {"responses_1xx", &Numbers::responses_1xx, FigureKind::kCounter,
       "Switches of protocols (101), after which the connection is a tunnel. Interim responses before a final"
       " one are not counted."},
      {"responses_2xx", &Numbers::responses_2xx, FigureKind::kCounter, "Responses by class."},
      {"responses_3xx", &Numbers::responses_3xx, FigureKind::kCounter, "Responses by class."},
      {"responses_4xx", &Numbers::responses_4xx, FigureKind::kCounter, "Responses by class."},
      {"responses_5xx", &Numbers::responses_5xx, FigureKind::kCounter, "Responses by class."},
      {"bytes_in", &Numbers::bytes_in, FigureKind::kCounter, "Bytes received from the backend."},
      {"bytes_out", &Numbers::bytes_out, FigureKind::kCounter, "Bytes sent to the backend."},
      {"connects", &Numbers::connects, FigureKind::kCounter, "Connections made."},
      {"connect_errors", &Numbers::connect_errors, FigureKind::kCounter, "Connections that failed."},
      {"retries", &Numbers::retries, FigureKind::kCounter, "Requests that failed here and were sent again."},
      {"response_errors", &Numbers::response_errors, FigureKind::kCounter,
       "Broken, truncated or refused responses."},
      {"connect_timeouts", &Numbers::connect_timeouts, FigureKind::kCounter, "Connections not made in time."},
      {"head_timeouts", &Numbers::head_timeouts, FigureKind::kCounter, "Heads not received in time."},
      {"body_timeouts", &Numbers::body_timeouts, FigureKind::kCounter, "Bodies that stood still."},
      {"ejections", &Numbers::ejections, FigureKind::kCounter, "Times a worker ejected it."},
      {"ejected", &Numbers::ejected, FigureKind::kGauge, "Workers that hold it ejected."},
      {"forced_closes", &Numbers::forced_closes, FigureKind::kCounter,
       "Requests cut off at a drain deadline."},
      {"connect_shortages", &Numbers::connect_shortages, FigureKind::kCounter,
       "Connections not made or given up for a reason on this host: no local port towards it, no"
       " descriptor or no memory was free."},
      {"queue_full", &Numbers::queue_full, FigureKind::kCounter,
       "Requests turned away at once: it was at max_connections and the queue of its pool full."},
      {"queue_timeouts", &Numbers::queue_timeouts, FigureKind::kCounter,
       "Requests that waited too long under max_connections."},
      {"tunnel_timeouts", &Numbers::tunnel_timeouts, FigureKind::kCounter,
       "Tunnels (upgraded connections and those of tcp mode) that stood still for too long."},
      {"responses_failed", &Numbers::responses_failed, FigureKind::kCounter,
       "Responses whose status counts as a failure of the backend (Ejection.statuses)."},
      {"attempts_again", &Numbers::attempts_again, FigureKind::kCounter,
       "Attempts of requests at a backend where they had failed before: what the figures above "
       "count once an attempt is so many fewer requests."},
      {"lost", &Numbers::lost, FigureKind::kCounter,
       "Requests in flight when their worker died; those not sent by then are not among requests."},
      {"failed_ms", &Numbers::failed_ms, FigureKind::kCounter,
       "Milliseconds that all attempts took together which failed there."},
  });
}

using BackendStats = BackendNumbers<Counter>;
using BackendFigures = BackendNumbers<std::uint64_t>;

}  // namespace demo
