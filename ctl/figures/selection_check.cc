#include "figures/selection_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"
#include "text/digits.h"
#include "values/closest_word.h"

namespace demo::ctl {
namespace {

using Names = std::vector<std::string>;

[[noreturn]] void refuse(const char* option, const char* what, const std::string& name, const Names& names) {
  if (names.empty()) {
    throw Failure(ExitCode::kNotFound, fmt::format("{}: there is no {} \"{}\": the daemon has no {} at all",
                                                   option, what, printable(name), what));
  }
  const bool number = text::is_digits(name);
  throw Failure(ExitCode::kNotFound,
                fmt::format("{}: there is no {} \"{}\", only {}{}", option, what, printable(name),
                            printable(fmt::format("{}", fmt::join(names, ", "))),
                            number ? "" : did_you_mean(name, names)));
}

void check_workers(Invocation& invocation, const api::StatsSelection& selection) {
  api::ListWorkersResponse response;
  invocation.call(api::ListWorkersRequest(), response);
  Names names;
  for (const auto& worker : response.workers()) names.push_back(std::to_string(worker.worker()));
  for (const auto worker : selection.workers()) {
    const std::string name = std::to_string(worker);
    if (std::find(names.begin(), names.end(), name) == names.end()) refuse("--worker", "worker", name, names);
  }
}

void check_pools(Invocation& invocation, const api::StatsSelection& selection) {
  api::ListPoolsResponse response;
  invocation.call(api::ListPoolsRequest(), response);
  Names names;
  for (const auto& pool : response.pools()) names.push_back(pool.name());
  for (const std::string& pool : selection.pools()) {
    if (std::find(names.begin(), names.end(), pool) == names.end()) refuse("--pool", "pool", pool, names);
  }
}

// Figures go by the address in force. Which of them ":80" is, only the daemon knows.
void check_listeners(Invocation& invocation, api::StatsSelection& selection) {
  api::ListListenersResponse response;
  invocation.call(api::ListListenersRequest(), response);
  Names names;
  for (const auto& status : response.listeners()) {
    names.push_back(status.bound_address());
    for (std::string& listener : *selection.mutable_listeners()) {
      if (listener == status.listener().address()) listener = status.bound_address();
    }
  }
  for (const std::string& listener : selection.listeners()) {
    api::GetStatsRequest request;
    request.mutable_selection()->add_parts(api::STATS_PART_LISTENERS);
    request.mutable_selection()->add_listeners(listener);
    api::GetStatsResponse figures;
    invocation.call(request, figures);
    if (figures.sample().listeners().empty()) refuse("--listener", "listener", listener, names);
  }
}

}  // namespace

void check_selection(Invocation& invocation, api::StatsSelection& selection) {
  if (!selection.workers().empty()) check_workers(invocation, selection);
  if (!selection.pools().empty()) check_pools(invocation, selection);
  if (!selection.listeners().empty()) check_listeners(invocation, selection);
}

}  // namespace demo::ctl
