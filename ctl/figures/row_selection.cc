#include "figures/row_selection.h"

#include <algorithm>
#include <string>

namespace demo::ctl {
namespace {

bool narrows(const api::StatsSelection& selection) {
  return !selection.workers().empty() || !selection.listeners().empty() || !selection.pools().empty();
}

bool leaves(const std::string& kind, const api::StatsSelection& selection) {
  if (kind == "listener") return !selection.listeners().empty();
  if (kind == "backend") return !selection.pools().empty();
  return !selection.workers().empty();
}

}  // namespace

void select_parts(api::StatsSelection& selection) {
  if (!narrows(selection)) return;
  if (!selection.workers().empty()) {
    for (const auto part : {api::STATS_PART_TOTAL, api::STATS_PART_WORKERS, api::STATS_PART_HISTOGRAMS})
      selection.add_parts(part);
  }
  if (!selection.listeners().empty()) selection.add_parts(api::STATS_PART_LISTENERS);
  if (!selection.pools().empty()) selection.add_parts(api::STATS_PART_BACKENDS);
}

std::vector<NamedSheet> selected(std::vector<NamedSheet> sheets, const api::StatsSelection& selection) {
  if (!narrows(selection)) return sheets;
  std::erase_if(sheets, [&](const NamedSheet& named) { return !leaves(named.kind, selection); });
  return sheets;
}

}  // namespace demo::ctl
