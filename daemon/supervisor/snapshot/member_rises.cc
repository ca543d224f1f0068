#include "supervisor/snapshot/member_rises.h"

namespace demo {

void MemberRises::note(Snapshot& next, std::uint64_t now_ns) {
  std::map<std::uint32_t, Standing> members;
  std::set<std::string> pools;
  for (SnapshotPool& pool : next.pools) {
    const bool has_others = pools_.contains(pool.name);
    if (!pool.members.empty()) pools.insert(pool.name);
    for (SnapshotMember& member : pool.members) {
      const auto before = members_.find(member.slot);
      const bool known = before != members_.end() && before->second.address == member.address;
      const bool rises = known ? !before->second.usable : has_others;
      if (member.usable) member.usable_since_ns = rises ? now_ns : known ? before->second.since_ns : 0;
      members[member.slot] = {member.address, member.usable, member.usable_since_ns};
    }
  }
  members_ = std::move(members);
  pools_ = std::move(pools);
}

MemberRises::Known MemberRises::known() const {
  Known known;
  for (const auto& [slot, member] : members_) {
    if (member.since_ns != 0) known[slot] = {member.address, member.since_ns};
  }
  return known;
}

void MemberRises::restore(const Known& known) {
  for (const auto& [slot, rise] : known) members_[slot] = {rise.first, true, rise.second};
}

}  // namespace demo
