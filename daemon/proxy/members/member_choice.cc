#include "proxy/members/member_choice.h"

#include <algorithm>

#include "base/rotation.h"
#include "proxy/members/slow_start.h"

namespace demo {
namespace {

// Members whose weights are brought up to date for each choice, while they start slowly.
constexpr std::size_t kGrowingLooks = 4;

}  // namespace

void MemberChoice::configure(BalancePolicy policy, std::chrono::milliseconds slow_start,
                             std::span<const std::unique_ptr<Member>> members) {
  slow_start_ = slow_start;
  primaries_.clear();
  backups_.clear();
  ramping_.clear();
  looked_at_ = 0;
  for (const auto& member : members) (member->spec.backup ? backups_ : primaries_).add(*member);
  primaries_.configure(policy);
  backups_.configure(policy);
  for (const auto& member : members) refresh(*member);
}

void MemberChoice::refresh(Member& member) {
  if (member.standing.index == Standing::kNowhere) return;
  const unsigned weight = weight_of(member);
  tier_of(member).set_weight(member, weight);
  weight != 0 && weight < member.spec.weight* kWeightScale ? ramp(member) : end_ramp(member);
}

unsigned MemberChoice::weight_of(const Member& member) const {
  if (!member.usable()) return 0;
  return slow_start_weight(member.spec.weight, slow_start_, member.spec.usable_since_ns, loop_.now_ns());
}

void MemberChoice::ramp(Member& member) {
  if (member.standing.ramp_index != Standing::kNowhere) return;
  member.standing.ramp_index = static_cast<std::uint32_t>(ramping_.size());
  ramping_.push_back(&member);
}

void MemberChoice::end_ramp(Member& member) {
  const std::uint32_t index = member.standing.ramp_index;
  if (index == Standing::kNowhere) return;
  ramping_[index] = ramping_.back();
  ramping_[index]->standing.ramp_index = index;
  ramping_.pop_back();
  member.standing.ramp_index = Standing::kNowhere;
}

void MemberChoice::let_grow() {
  for (std::size_t i = std::min(kGrowingLooks, ramping_.size()); i > 0; --i) {
    looked_at_ = step_back(looked_at_, ramping_.size());
    refresh(*ramping_[looked_at_]);
  }
}

Member* MemberChoice::choose(const Wish& wish, Among among) {
  if (!ramping_.empty()) [[unlikely]]
    let_grow();
  return tier().choose(wish, among);
}

}  // namespace demo
