#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "supervisor/api/stats_sample.h"

// The figures of each kind of row in the order of their field numbers in stats.proto.
namespace demo {

template <typename Figures>
struct FigureList;

template <>
struct FigureList<WorkerFigures> {
  using F = WorkerFigures;
  static constexpr auto kMembers = std::to_array<std::uint64_t F::*>({&F::connections_open,
                                                                      &F::backend_connections_open,
                                                                      &F::backend_connections_idle,
                                                                      &F::connections_accepted,
                                                                      &F::connections_closed,
                                                                      &F::requests,
                                                                      &F::responses_1xx,
                                                                      &F::responses_2xx,
                                                                      &F::responses_3xx,
                                                                      &F::responses_4xx,
                                                                      &F::responses_5xx,
                                                                      &F::bytes_in,
                                                                      &F::bytes_out,
                                                                      &F::accept_errors,
                                                                      &F::accept_paused,
                                                                      &F::read_errors,
                                                                      &F::write_errors,
                                                                      &F::protocol_errors,
                                                                      &F::timeouts,
                                                                      &F::forced_closes,
                                                                      &F::polls,
                                                                      &F::polls_empty,
                                                                      &F::events,
                                                                      &F::events_last,
                                                                      &F::events_min,
                                                                      &F::events_max,
                                                                      &F::cpu_ns,
                                                                      &F::generation,
                                                                      &F::draining,
                                                                      &F::aborts_idle,
                                                                      &F::aborts_head,
                                                                      &F::aborts_body,
                                                                      &F::aborts_waiting,
                                                                      &F::aborts_receiving});
};

template <>
struct FigureList<ListenerFigures> {
  using F = ListenerFigures;
  static constexpr auto kMembers = std::to_array<std::uint64_t F::*>(
      {&F::connections_open, &F::connections_accepted, &F::requests, &F::bytes_in, &F::bytes_out});
};

template <>
struct FigureList<BackendFigures> {
  using F = BackendFigures;
  static constexpr auto kMembers =
      std::to_array<std::uint64_t F::*>({&F::connections_open, &F::requests_active, &F::queued,
                                         &F::requests,         &F::responses_2xx,   &F::responses_3xx,
                                         &F::responses_4xx,    &F::responses_5xx,   &F::bytes_in,
                                         &F::bytes_out,        &F::connects,        &F::connect_errors,
                                         &F::retries,          &F::response_errors, &F::connect_timeouts,
                                         &F::head_timeouts,    &F::body_timeouts,   &F::ejections,
                                         &F::ejected,          &F::forced_closes,   &F::connect_shortages,
                                         &F::queue_full,       &F::queue_timeouts,  &F::tunnel_timeouts,
                                         &F::responses_failed, &F::attempts_again,  &F::lost,
                                         &F::failed_ms});
};

// A figure that is missing here would be lost in silence.
static_assert(FigureList<WorkerFigures>::kMembers.size() * sizeof(std::uint64_t) == sizeof(WorkerFigures));
static_assert(FigureList<ListenerFigures>::kMembers.size() * sizeof(std::uint64_t) ==
              sizeof(ListenerFigures));
static_assert(FigureList<BackendFigures>::kMembers.size() * sizeof(std::uint64_t) == sizeof(BackendFigures));

}  // namespace demo
