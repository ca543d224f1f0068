// Worker processes from one supervisor to the next.
#include <algorithm>

#include "demo/internal/v1/handover.pb.h"
#include "supervisor/workers/worker_set.h"

namespace demo {
namespace {

UniqueFd take_numbered(WorkerSet::Numbered& descriptors, std::uint64_t number) {
  auto entry = descriptors.extract(number);
  return entry.empty() ? UniqueFd() : std::move(entry.mapped());
}

}  // namespace

Result<std::size_t> WorkerSet::adopt(const internal::v1::Handover& handover, Numbered& processes,
                                     Numbered& channels) {
  std::vector<unsigned> pages;
  for (const internal::v1::Process& record : handover.processes()) {
    const bool possible = record.page() < StatsArea::kPages && record.index() < limits::kWorkers;
    if (possible) pages.push_back(record.page());
  }
  pages_.adopt(pages);
  for (const internal::v1::Process& record : handover.processes()) {
    WorkerProcess::number_channels_from(record.channel());
    if (record.page() >= StatsArea::kPages || record.index() >= limits::kWorkers) continue;
    auto slot = std::make_unique<WorkerSlot>(loop_, settings_, stats_, quota_, record.page(),
                                             WorkerPlace{record.index(), record.core()}, observer_);
    if (record.patient()) slot->note_patience();
    const auto adopted =
        slot->adopt({record.pid(), record.channel(), take_numbered(processes, record.channel()),
                     take_numbered(channels, record.channel())},
                    record.leaving());
    if (!adopted) return adopted.error();
    insert(std::move(slot));
  }
  return descriptors().size();
}

std::vector<HeldNotice> WorkerSet::ejections_of(unsigned index) const {
  std::vector<HeldNotice> ejections;
  const WorkerSlot* const slot = find(index);
  if (slot == nullptr) return ejections;
  for (const HeldNotice& held : slot->held_notices()) {
    if (held.notice.news == BackendNews::kEjected) ejections.push_back(held);
  }
  return ejections;
}

void WorkerSet::record(internal::v1::Handover& handover) const {
  for (const auto& slot : slots_) {
    if (slot->process() == nullptr) continue;
    internal::v1::Process& record = *handover.add_processes();
    record.set_index(slot->place().index);
    record.set_core(slot->place().core);
    record.set_page(slot->page());
    record.set_pid(slot->process()->pid());
    record.set_channel(slot->process()->channel_number());
    // One that is not ready yet serves nobody, and never will under another supervisor.
    record.set_leaving(slot->state() != WorkerState::kReady);
    record.set_patient(slot->patient());
  }
}

std::vector<WorkerSet::Descriptors> WorkerSet::descriptors() const {
  std::vector<Descriptors> descriptors;
  for (const auto& slot : slots_) {
    if (const WorkerProcess* const process = slot->process(); process != nullptr) {
      descriptors.push_back({process->channel_number(), process->pidfd(), process->channel_fd()});
    }
  }
  return descriptors;
}

void WorkerSet::let_go() {
  for (const auto& slot : slots_) slot->let_go();
}

void WorkerSet::drain_predecessors() {
  for (const auto& slot : slots_) {
    if (slot->role() == SlotRole::kPredecessor) slot->drain();
  }
}

std::size_t WorkerSet::relieve_predecessors() {
  const auto serves_or_failed = [&](const WorkerPlace& place) {
    const WorkerSlot* const worker = find(place.index);
    return is_ready(place.index) || (worker != nullptr && worker->has_failed());
  };
  const bool plan_serves =
      any_of_plan_ready() && std::all_of(places_.begin(), places_.end(), serves_or_failed);
  return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), [&](const auto& slot) {
    if (slot->role() != SlotRole::kPredecessor || slot->gone()) return false;
    const unsigned index = slot->place().index;
    if (index < places_.size() ? !is_ready(index) : !plan_serves) return false;
    slot->drain();
    return true;
  }));
}

}  // namespace demo
