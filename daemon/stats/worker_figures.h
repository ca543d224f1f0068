#pragma once

#include <array>
#include <cstdint>

#include "stats/counter.h"
#include "stats/figure.h"

namespace demo {

// What one worker counts. Names and texts are those of WorkerFigures in stats.proto.
template <typename NumberType>
struct WorkerNumbers {
  using Number = NumberType;

  Number connections_open{};
  Number backend_connections_open{};
  Number backend_connections_idle{};
  Number connections_accepted{};
  Number connections_closed{};
  Number requests{};
  Number responses_1xx{};
  Number responses_2xx{};
  Number responses_3xx{};
  Number responses_4xx{};
  Number responses_5xx{};
  Number bytes_in{};
  Number bytes_out{};
  Number accept_errors{};
  Number accept_paused{};
  Number read_errors{};
  Number write_errors{};
  Number protocol_errors{};
  Number timeouts{};
  Number forced_closes{};
  Number polls{};
  Number polls_empty{};
  Number events{};
  Number events_last{};
  Number events_min{};
  Number events_max{};
  Number cpu_ns{};
  Number generation{};
  Number draining{};
  Number aborts_idle{};
  Number aborts_head{};
  Number aborts_body{};
  Number aborts_waiting{};
  Number aborts_receiving{};
};

template <typename Number>
constexpr auto list_figures(const WorkerNumbers<Number>*) {
  using Numbers = WorkerNumbers<Number>;
  return std::to_array<Figure<Numbers>>({
      {"connections_open", &Numbers::connections_open, FigureKind::kGauge, "Client connections."},
      {"backend_connections_open", &Numbers::backend_connections_open, FigureKind::kGauge,
       "Backend connections, idle ones included."},
      {"backend_connections_idle", &Numbers::backend_connections_idle, FigureKind::kGauge,
       "Pooled backend connections without a request."},
      {"connections_accepted", &Numbers::connections_accepted, FigureKind::kCounter,
       "Client connections accepted."},
      {"connections_closed", &Numbers::connections_closed, FigureKind::kCounter,
       "Client connections closed, by either side."},
      {"requests", &Numbers::requests, FigureKind::kCounter, "Requests received in full head."},
      {"responses_1xx", &Numbers::responses_1xx, FigureKind::kCounter,
       "Switches of protocols (101), after which the connection is a tunnel. Interim responses before a final"
       " one are not counted."},
      {"responses_2xx", &Numbers::responses_2xx, FigureKind::kCounter, "Responses by class."},
      {"responses_3xx", &Numbers::responses_3xx, FigureKind::kCounter, "Responses by class."},
      {"responses_4xx", &Numbers::responses_4xx, FigureKind::kCounter, "Responses by class."},
      {"responses_5xx", &Numbers::responses_5xx, FigureKind::kCounter, "Responses by class."},
      {"bytes_in", &Numbers::bytes_in, FigureKind::kCounter, "Bytes received from clients."},
      {"bytes_out", &Numbers::bytes_out, FigureKind::kCounter, "Bytes sent to clients."},
      {"accept_errors", &Numbers::accept_errors, FigureKind::kCounter,
       "accept4(2) failed for another reason than an empty queue."},
      {"accept_paused", &Numbers::accept_paused, FigureKind::kCounter,
       "Times accepting stopped at the connection limit or without descriptors."},
      {"read_errors", &Numbers::read_errors, FigureKind::kCounter,
       "recv(2) failed for a reason on this host."},
      {"write_errors", &Numbers::write_errors, FigureKind::kCounter,
       "send(2) failed for a reason on this host."},
      {"protocol_errors", &Numbers::protocol_errors, FigureKind::kCounter,
       "Requests refused by the parser or a limit."},
      {"timeouts", &Numbers::timeouts, FigureKind::kCounter, "Connections ended by a time-out."},
      {"forced_closes", &Numbers::forced_closes, FigureKind::kCounter,
       "Connections ended at a drain deadline."},
      {"polls", &Numbers::polls, FigureKind::kCounter, "epoll_wait(2) calls."},
      {"polls_empty", &Numbers::polls_empty, FigureKind::kCounter, "Those without an event."},
      {"events", &Numbers::events, FigureKind::kCounter, "Events in total."},
      {"events_last", &Numbers::events_last, FigureKind::kLatest, "Events of the last call. Not totalled."},
      {"events_min", &Numbers::events_min, FigureKind::kLeast,
       "Least events of a call that had any. Of a total: the least."},
      {"events_max", &Numbers::events_max, FigureKind::kMost, "Most events of a call. Of a total: the most."},
      {"cpu_ns", &Numbers::cpu_ns, FigureKind::kCounter, "CPU time of the worker's processes, nanoseconds."},
      {"generation", &Numbers::generation, FigureKind::kLatest,
       "The generation in force. Of a total: the oldest of the living workers."},
      {"draining", &Numbers::draining, FigureKind::kGauge, "How many of its processes drain."},
      {"aborts_idle", &Numbers::aborts_idle, FigureKind::kCounter,
       "Clients that left, by where they were; no errors. Between requests, with a reset: an end"
       " there is none of these."},
      {"aborts_head", &Numbers::aborts_head, FigureKind::kCounter,
       "In the middle of a request's head or of a PROXY header."},
      {"aborts_body", &Numbers::aborts_body, FigureKind::kCounter, "In the middle of a request's body."},
      {"aborts_waiting", &Numbers::aborts_waiting, FigureKind::kCounter,
       "While they waited for the response to a complete request."},
      {"aborts_receiving", &Numbers::aborts_receiving, FigureKind::kCounter,
       "In the middle of a response, of a tunnel, or of a connection in tcp mode."},
  });
}

// In the page of a worker: its figures, and what the supervisor alone looks at.
struct WorkerStats : WorkerNumbers<Counter> {
  Counter heartbeat_ns;  // monotonic clock at the last turn of the loop
  Counter at_limit;      // 1 while accepting pauses at the connection limit; zeroed as gauges are
};
using WorkerFigures = WorkerNumbers<std::uint64_t>;

}  // namespace demo
