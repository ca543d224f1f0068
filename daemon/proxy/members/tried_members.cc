#include "proxy/members/tried_members.h"

#include <algorithm>
#include <span>

#include "proxy/members/member.h"

namespace demo {

void TriedMembers::add_silent(const Member& member) {
  if (count_ < members_.size()) silent_ |= 1U << count_;
  add(member);
  if (member.family == 0 || family_count_ == families_.size()) return;
  families_[family_count_++] = {member.family, member.silent};
}

bool TriedMembers::has(const Member& member) const {
  return has_itself(member) ||
         (member.family != 0 &&
          std::ranges::any_of(std::span(families_).first(family_count_),
                              [&member](const Family& family) { return family.key == member.family; }));
}

bool TriedMembers::was_silent(const Member& member) const {
  for (unsigned i = 0; i < count_; ++i) {
    if (members_[i] == &member && (silent_ >> i & 1U) != 0) return true;
  }
  return member.family != 0 &&
         std::ranges::any_of(std::span(families_).first(family_count_), [&member](const Family& family) {
           return family.silent_before && family.key == member.family;
         });
}

bool TriedMembers::failed_in_this_attempt(const Member& member) const {
  return has_from(attempt_from_, member);
}

bool TriedMembers::has_from(unsigned first, const Member& member) const {
  const auto added = std::span(members_).subspan(first, count_ - first);
  return std::ranges::find(added, &member) != added.end();
}

}  // namespace demo
