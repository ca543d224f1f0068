#pragma once

#include <array>
#include <cstdint>

#include "stats/counter.h"
#include "stats/figure.h"

namespace demo {

// What one worker counts of a listener. Names and texts are those of ListenerFigures in stats.proto.
template <typename NumberType>
struct ListenerNumbers {
  using Number = NumberType;

  Number connections_open{};
  Number connections_accepted{};
  Number requests{};
  Number bytes_in{};
  Number bytes_out{};
  Number loops{};
};

template <typename Number>
constexpr auto list_figures(const ListenerNumbers<Number>*) {
  using Numbers = ListenerNumbers<Number>;
  return std::to_array<Figure<Numbers>>({
      {"connections_open", &Numbers::connections_open, FigureKind::kGauge, "Client connections."},
      {"connections_accepted", &Numbers::connections_accepted, FigureKind::kCounter,
       "Client connections accepted."},
      {"requests", &Numbers::requests, FigureKind::kCounter, "Requests received."},
      {"bytes_in", &Numbers::bytes_in, FigureKind::kCounter, "Bytes received from clients."},
      {"bytes_out", &Numbers::bytes_out, FigureKind::kCounter, "Bytes sent to clients."},
      {"loops", &Numbers::loops, FigureKind::kCounter,
       "Requests answered 508: they had passed the same pool before."},
  });
}

using ListenerStats = ListenerNumbers<Counter>;
using ListenerFigures = ListenerNumbers<std::uint64_t>;

}  // namespace demo
