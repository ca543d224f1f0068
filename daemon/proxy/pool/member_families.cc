#include "proxy/pool/member_families.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "balance/hashing.h"

namespace demo {

bool MemberFamilies::may_rival(const Member& member, const Member& other, const Wish& wish, Among among) {
  return other.spec.name() == member.spec.name() &&
         other.spec.address.family() != member.spec.address.family() && other.usable() &&
         !(among == Among::kAll ? wish.out_of_race(other) : wish.tried_before(other));
}

bool MemberFamilies::has_rival(const Member& member, const Wish& wish, Among among) const {
  return member.find_sibling([&](const Member& other) { return may_rival(member, other, wish, among); }) !=
         nullptr;
}

Among MemberFamilies::among_rivals(const Member& member, const Wish& wish) const {
  const bool untried = wish.tried == nullptr || has_rival(member, wish, Among::kUntried);
  return untried ? Among::kUntried : Among::kAll;
}

void MemberFamilies::set_aside(const Member& silent) {
  // Its address may be another one by now.
  if (silent.vanished()) return;
  silent.for_each_sibling([&](Member& member) {
    if (member.spec.address.family() != silent.spec.address.family()) return;
    member.absence |= Member::kSetAside;
    member.silent = true;
    choice_.refresh(member);
    environment_.loop.timers().arm(member.aside, limits::kFamilyMemory);
  });
  // Who waits for it alone waits in vain.
  if (!queue_.empty()) environment_.queues_due = true;
}

void MemberFamilies::end_set_aside(Member& member) {
  member.absence &= static_cast<std::uint8_t>(~Member::kSetAside);
  member.silent = false;
  choice_.refresh(member);
  if (!queue_.empty()) environment_.queues_due = true;
}

void MemberFamilies::hear(const Member& member) {
  member.for_each_sibling([&](Member& other) {
    if (other.spec.address.family() == member.spec.address.family()) other.silent = false;
  });
}

// They are tried again, which does not make them better than they were: their timers go on.
void MemberFamilies::forget(const Member& member) {
  member.for_each_sibling([&](Member& other) {
    other.absence &= static_cast<std::uint8_t>(~Member::kSetAside);
    choice_.refresh(other);
  });
  if (!queue_.empty()) environment_.queues_due = true;
}

void MemberFamilies::doubt(const Member& member) {
  if (member.vanished()) return;
  if (member.two_families && (member.absence & Member::kSetAside) == 0) forget(member);
}

// Those of one name in a circle, in the order of the snapshot. Who has left it looks into the circle: what
// its connect waits for may still be had there.
void MemberFamilies::join_siblings() {
  std::unordered_map<std::string_view, Member*> last_of;
  for (const auto& member : members_) {
    member->sibling = member.get();
    const auto [last, is_first] = last_of.try_emplace(member->spec.name(), member.get());
    if (is_first) continue;
    member->sibling = std::exchange(last->second->sibling, member.get());
    last->second = member.get();
  }
  for (const auto& member : leaving_) {
    const auto last = last_of.find(member->spec.name());
    member->sibling = last != last_of.end() ? last->second->sibling : member.get();
  }
}

void MemberFamilies::note() {
  join_siblings();
  for (const auto& member : members_) {
    const int family = member->spec.address.family();
    member->two_families = member->find_sibling([family](const Member& other) {
      return other.spec.address.family() != family;
    }) != nullptr;
    member->family =
        member->two_families ? hash_bytes(member->spec.name()) ^ static_cast<std::uint64_t>(family) : 0;
    if (!member->two_families && member->silent) {
      environment_.loop.timers().disarm(member->aside);
      end_set_aside(*member);
    } else if ((member->absence & Member::kSetAside) && !has_rival(*member, {}, Among::kUntried)) {
      forget(*member);
    }
  }
}

}  // namespace demo
