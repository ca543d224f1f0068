#include "figures/row_columns.h"

namespace demo::ctl {

Column listener_name() { return {.name = "listener", .names = true}; }

const std::vector<ListenerColumn>& listener_columns() {
  using F = api::ListenerFigures;
  using R = ListenerRateRow;
  using Unit = FigureUnit;
  static const std::vector<ListenerColumn> columns{
      {"open", "open", {0, 0, 1}, Unit::kNumber, &F::connections_open, &R::open},
      {"accepted", "acc/s", {0, 0, 4}, Unit::kNumber, &F::connections_accepted, &R::accepts},
      {"requests", "req/s", {0, 0, 1}, Unit::kNumber, &F::requests, &R::requests},
      {"in", "in/s", {0, 0, 5}, Unit::kBytes, &F::bytes_in, &R::bytes_in},
      {"out", "out/s", {0, 0, 3}, Unit::kBytes, &F::bytes_out, &R::bytes_out},
  };
  return columns;
}

}  // namespace demo::ctl
