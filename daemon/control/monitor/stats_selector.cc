#include <algorithm>

#include "control/messages/request_fields.h"
#include "control/monitor/stats_view.h"

namespace demo {

namespace pb = control::v1;

Result<StatsSelector> StatsSelector::from(const pb::StatsSelection& selection) {
  StatsSelector selector;
  for (const int part : selection.parts()) {
    if (part == pb::STATS_PART_UNSPECIFIED || !pb::StatsPart_IsValid(part)) {
      return invalid("selection.parts", std::to_string(part),
                     fmt::format("selection.parts has \"{}\": there is no such part", part));
    }
    selector.parts_.insert(part);
  }
  selector.workers_.insert(selection.workers().begin(), selection.workers().end());
  for (const std::string& listener : selection.listeners()) {
    const Result<Address> address = address_of("selection.listeners", listener);
    if (!address) return address.error();
    selector.listeners_.insert(address->to_string());
  }
  selector.pools_.insert(selection.pools().begin(), selection.pools().end());
  return selector;
}

StatsSample StatsSelector::select(const StatsSample& sample) const {
  StatsSample selected;
  selected.monotonic_ns = sample.monotonic_ns;
  selected.generation = sample.generation;
  for (const WorkerSample& worker : sample.workers) {
    if (workers_.empty() || workers_.contains(worker.index)) selected.workers.push_back(worker);
  }
  for (const WorkerSample& worker : sample.former) {
    if (workers_.empty() || workers_.contains(worker.index)) selected.former.push_back(worker);
  }
  for (const ListenerSample& listener : sample.listeners) {
    if (!wants(pb::STATS_PART_LISTENERS)) break;
    if (listeners_.empty() || listeners_.contains(listener.address)) selected.listeners.push_back(listener);
  }
  for (const BackendSample& backend : sample.backends) {
    if (!wants(pb::STATS_PART_BACKENDS)) break;
    if (pools_.empty() || pools_.contains(backend.pool)) selected.backends.push_back(backend);
  }
  std::ranges::sort(selected.workers, {}, &WorkerSample::index);
  return selected;
}

}  // namespace demo
