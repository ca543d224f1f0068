#include "figures/row_columns.h"

namespace demo::ctl {

std::vector<Column> backend_names() {
  return {{.name = "pool", .names = true}, {.name = "backend", .names = true}};
}

const std::vector<BackendColumn>& backend_columns() {
  using F = api::BackendFigures;
  using R = BackendRateRow;
  using Unit = FigureUnit;
  static const auto errors = [](const F& figures) { return error_count(figures); };
  static const std::vector<BackendColumn> columns{
      {"open", "open", {0, 0, kLeftOut}, Unit::kNumber, &F::connections_open, &R::open},
      {"active", "active", {0, 0, 2}, Unit::kNumber, &F::requests_active, &R::active},
      {"queued", "queued", {1, 1, 5}, Unit::kNumber, &F::queued, &R::queued},
      {"requests", "req/s", {0, 0, 1}, Unit::kNumber, &F::requests, &R::requests},
      {"in", "in/s", {0, 0, kLeftOut}, Unit::kBytes, &F::bytes_in, &R::bytes_in},
      {"out", "out/s", {0, 0, 7}, Unit::kBytes, &F::bytes_out, &R::bytes_out},
      {"errors", "err/s", {0, 0, 1}, Unit::kNumber, errors, &R::errors},
      {"retries", "retry/s", {1, 1, 6}, Unit::kNumber, &F::retries, &R::retries},
      {"ejected", "ejected", {1, 1, kLeftOut}, Unit::kNumber, &F::ejected, &R::ejected},
  };
  return columns;
}

}  // namespace demo::ctl
