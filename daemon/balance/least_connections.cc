#include <cstdint>
#include <unordered_map>
#include <vector>

#include "balance/indexed_heap.h"
#include "balance/member_lines.h"
#include "balance/policies.h"

// The member with the fewest requests in flight for its weight, in a heap by just that. Equals are served in
// turn: a fixed order would send every worker to the same member. Those of one weight that have none in
// flight stand in line by when they were served last, of which the heap has the first alone: among many
// members most are idle.
//
// What other workers hold changes without a word. So each choice asks for the loads of a few members in
// rotation, and for that of the member it is about to choose, which loses its place if it has more by now.
namespace demo {
namespace {

// Members asked about in rotation for each choice, and how often a choice that turns out wrong is made anew.
constexpr std::size_t kLooks = 4;
constexpr unsigned kChoices = 4;
// Virtual time: a request takes kRequest / weight.
constexpr std::uint64_t kRequest = std::uint64_t{1} << 28;

class LeastConnections final : public Balancer {
 public:
  explicit LeastConnections(unsigned worker) : worker_(worker), heap_(Lighter{members_}) {}

  void configure(std::span<const Member> members) override;
  void set_weight(std::size_t index, unsigned weight) override;
  void set_load(std::size_t index, std::uint64_t load) override;
  std::size_t pick(std::uint64_t hash, MemberLoads& loads) override;
  void take(std::size_t index) override;

 private:
  struct Standing {
    std::uint64_t key = 0;
    std::uint64_t load = 0;
    std::uint64_t turn = 0;  // when its next request starts, in virtual time
    unsigned weight = 0;     // 0: out
  };
  using Standings = std::vector<Standing>;

  struct Lighter {
    const Standings& members;
    bool operator()(std::size_t a, std::size_t b) const {
      const Standing& one = members[a];
      const Standing& other = members[b];
      // Without division.
      const std::uint64_t left = one.load > 0 ? (one.load + 1) * other.weight : 0;
      const std::uint64_t right = other.load > 0 ? (other.load + 1) * one.weight : 0;
      if (left != right) return left < right;
      return one.turn != other.turn ? static_cast<std::int64_t>(one.turn - other.turn) < 0 : a < b;
    }
  };

  void enter(std::size_t index);
  void leave(std::size_t index);

  const unsigned worker_;
  Standings members_;
  MemberLines idle_;
  IndexedHeap<Lighter> heap_;
  std::size_t looked_at_ = 0;
  std::uint64_t now_ = 0;  // the latest start of a request that was served; virtual time, which wraps around
};

void LeastConnections::configure(std::span<const Member> members) {
  std::unordered_map<std::uint64_t, Standing> before;
  for (const Standing& standing : members_) before.emplace(standing.key, standing);
  members_.assign(members.size(), {});
  idle_.reset(members.size());
  heap_.reset(members.size());
  bool kept_any = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    members_[i].key = members[i].key;
    const auto same = before.find(members[i].key);
    if (same == before.end()) continue;
    members_[i].load = same->second.load;
    members_[i].turn = same->second.turn;
    kept_any = true;
  }
  looked_at_ = 0;
  if (kept_any || members.empty()) return;
  // The first turns of workers are at different members.
  for (std::size_t i = 0; i < worker_ % members.size(); ++i) members_[i].turn = 1;
}

void LeastConnections::enter(std::size_t index) {
  const Standing& member = members_[index];
  if (member.load == 0) {
    const std::size_t end = idle_.end_for(index, member.weight);
    const bool alone = end != kNone && Lighter{members_}(index, end);
    if (!alone && idle_.join(index)) return;
  }
  heap_.push(index);
}

void LeastConnections::leave(std::size_t index) {
  if (idle_.is_first(index)) heap_.remove(index);
  if (const std::size_t first = idle_.leave(index); first != kNone) heap_.push(first);
}

void LeastConnections::set_weight(std::size_t index, unsigned weight) {
  Standing& member = members_[index];
  if (member.weight == weight) return;
  if (member.weight != 0) leave(index);
  member.weight = weight;
  if (weight != 0) enter(index);
}

void LeastConnections::set_load(std::size_t index, std::uint64_t load) {
  Standing& member = members_[index];
  if (member.load == load) return;
  if (member.weight != 0) leave(index);
  member.load = load;
  if (member.weight != 0) enter(index);
}

std::size_t LeastConnections::pick(std::uint64_t, MemberLoads& loads) {
  if (heap_.empty()) return kNone;
  for (std::size_t i = 0; i < kLooks && i < members_.size(); ++i) {
    looked_at_ = looked_at_ + 1 < members_.size() ? looked_at_ + 1 : 0;
    if (members_[looked_at_].weight != 0) set_load(looked_at_, loads.of(looked_at_));
  }
  for (unsigned i = 1; i < kChoices; ++i) {
    const std::size_t index = heap_.top();
    set_load(index, loads.of(index));
    if (heap_.top() == index) return index;
  }
  return heap_.top();
}

void LeastConnections::take(std::size_t index) {
  Standing& member = members_[index];
  leave(index);
  if (static_cast<std::int64_t>(member.turn - now_) > 0) now_ = member.turn;
  member.turn = now_ + kRequest / member.weight;
  enter(index);
}

}  // namespace

std::unique_ptr<Balancer> make_least_connections(unsigned worker) {
  return std::make_unique<LeastConnections>(worker);
}

}  // namespace demo
