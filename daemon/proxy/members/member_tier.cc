#include "proxy/members/member_tier.h"

#include <algorithm>
#include <utility>

#include "balance/policies.h"
#include "base/rotation.h"
#include "proxy/members/slow_start.h"

// A choice is made by asking the policy who is next. Whoever is avoided by this very request is taken out of
// the policy for the moment; whoever turns out to have no room is taken out until it has. That it has again
// is told where this worker knows (note_room()); what other workers give up is found by looking at a few of
// the full ones at each choice, and at all of them before a choice comes to nothing. Where they are many, all
// of them are looked at once in a while: whoever is told meanwhile that there is none waits, stands in their
// lines and looks again then (note_lines()).
namespace demo {
namespace {

// Full members looked at again for each choice.
constexpr std::size_t kLooks = 4;

// So many full ones are looked at for each choice that would come to nothing, more of them once in this time.
constexpr std::size_t kLooksAtAll = 64;
constexpr std::uint64_t kLookAtAllEveryNs = 1'000'000;

// Summing up what all workers' pages say costs more than a choice does.
constexpr std::uint64_t kLoadsStaleNs = 1'000'000;

// With all that a request touches of them, so many stay in the cache of a core from one turn to the next.
constexpr std::size_t kCachedMembers = 256;

}  // namespace

MemberTier::MemberTier(const Loop& loop, const ProxyOutlook& outlook, const ConnectionLimits& limits,
                       unsigned worker)
    : loop_(loop),
      outlook_(outlook),
      limits_(limits),
      worker_(worker),
      balancer_(policy_entry(policy_).make(worker)) {}

void MemberTier::clear() {
  for (Member* const member : members_) member->standing = {};
  members_.clear();
  full_.clear();
  ahead_ = nullptr;
  usable_ = 0;
  looked_at_ = 0;
}

void MemberTier::add(Member& member) {
  member.standing = {};
  member.standing.index = static_cast<std::uint32_t>(members_.size());
  member.standing.backup = member.spec.backup;
  members_.push_back(&member);
}

void MemberTier::configure(BalancePolicy policy) {
  std::vector<Balancer::Member> shares;
  shares.reserve(members_.size());
  for (const Member* member : members_) shares.push_back({member->key, member->spec.weight * kWeightScale});
  if (policy_ != policy) balancer_ = policy_entry(policy).make(worker_);
  policy_ = policy;
  balancer_->configure(shares);
  for (const Member* member : members_) note_load(*member);
}

void MemberTier::set_weight(Member& member, unsigned weight) {
  Standing& standing = member.standing;
  if (weight == standing.weight) return;
  if (standing.weight == 0) ++usable_;
  if (weight == 0) {
    --usable_;
    note_room(member);
  }
  standing.weight = weight;
  if (standing.full_index == Standing::kNowhere) balancer_->set_weight(standing.index, weight);
}

void MemberTier::note_full(Member& member) {
  balancer_->set_weight(member.standing.index, 0);
  member.standing.full_index = static_cast<std::uint32_t>(full_.size());
  full_.push_back(&member);
}

void MemberTier::note_room(Member& member) {
  const std::uint32_t index = std::exchange(member.standing.full_index, Standing::kNowhere);
  if (index == Standing::kNowhere) return;
  full_[index] = full_.back();
  full_[index]->standing.full_index = index;
  full_.pop_back();
  member.standing.full_index = Standing::kNowhere;  // it may have been the last one
  balancer_->set_weight(member.standing.index, member.standing.weight);
}

// Whether any of so many full ones has room again.
bool MemberTier::find_room(const Wish& wish, std::size_t looks) {
  bool found = false;
  // All of them: from the last one on, so that whoever takes the place of one that leaves has been seen.
  if (looks >= full_.size()) looked_at_ = 0;
  for (looks = std::min(looks, full_.size()); looks > 0; --looks) {
    looked_at_ = step_back(looked_at_, full_.size());
    Member& member = *full_[looked_at_];
    if (!limits_.has_room(member, wish)) continue;
    note_room(member);
    found = true;
  }
  return found;
}

Member* MemberTier::choose(const Wish& wish, Among among) {
  if (!full_.empty()) find_room(wish, kLooks);
  Member* chosen = pick(wish, among);
  if (chosen == nullptr && may_look_at_all(wish) && find_room(wish, full_.size())) chosen = pick(wish, among);
  return chosen;
}

// Whether somebody has room is not the same for who waits as for a newcomer.
bool MemberTier::may_look_at_all(const Wish& wish) {
  if (full_.size() <= kLooksAtAll) return !full_.empty();
  std::uint64_t& last_ns = looked_at_all_ns_[wish.queued ? 1 : 0];
  if (last_ns != 0 && loop_.now_ns() - last_ns < kLookAtAllEveryNs) return false;
  last_ns = loop_.now_ns();
  return true;
}

Member* MemberTier::pick(const Wish& wish, Among among) {
  Member* chosen = nullptr;
  for (;;) {
    const std::size_t index = balancer_->pick(wish.hash, *this);
    if (index == Balancer::kNone) break;
    Member& member = *members_[index];
    if (avoids(wish, among, member)) {
      avoided_.push_back(&member);
      balancer_->set_weight(index, 0);
    } else if (limits_.has_room(member, wish)) {
      chosen = &member;
      break;
    } else {
      note_full(member);
    }
  }
  for (const Member* member : avoided_) {
    balancer_->set_weight(member->standing.index, member->standing.weight);
  }
  avoided_.clear();
  if (chosen == nullptr) return nullptr;
  balancer_->take(chosen->standing.index);
  fetch_ahead();
  return chosen;
}

void MemberTier::fetch_ahead() {
  if (members_.size() < kCachedMembers) return;
  const std::size_t next = balancer_->foresee(*this);
  ahead_ = next == Balancer::kNone ? nullptr : members_[next];
  if (ahead_ != nullptr) ahead_->fetch();
}

Member* MemberTier::choose_full(const Wish& wish, Among among) {
  for (std::size_t i = 0; i < full_.size(); ++i) {
    named_ = named_ + 1 < full_.size() ? named_ + 1 : 0;
    if (!avoids(wish, among, *full_[named_])) return full_[named_];
  }
  return nullptr;
}

std::uint64_t MemberTier::of(std::size_t index) {
  Member& member = *members_[index];
  const std::uint64_t now_ns = loop_.now_ns();
  if (outlook_.requests_elsewhere && now_ns - member.load_noted_ns >= kLoadsStaleNs) {
    member.load_noted_ns = now_ns;
    member.load_elsewhere = outlook_.requests_elsewhere(member.spec.slot);
  }
  return member.active + member.load_elsewhere;
}

void MemberTier::prefetch(std::size_t index) { members_[index]->fetch_load(); }

}  // namespace demo
