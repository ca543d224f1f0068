#include <cstdint>
#include <unordered_map>
#include <vector>

#include "balance/burden.h"
#include "balance/index_rotation.h"
#include "balance/indexed_heap.h"
#include "balance/member_lines.h"
#include "balance/policies.h"
#include "balance/virtual_time.h"

// The member with the least burden, in a heap by just that. Equals, idle ones above all, are served in turn
// and in proportion to their weights, by start-time fair queueing (Goyal, Vin and Cheng 1996): a fixed order
// would send every worker to the same member. Idle members of one weight stand in line for their turn, of
// which the heap has the first alone: among many members most are idle.
//
// What other workers hold changes without a word. So each choice asks for the loads of a few busy members in
// rotation, which may have less by now, and for that of the member it is about to choose, which loses its
// place if it has more.
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
  std::size_t foresee(MemberLoads& loads) override;

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
      const Burden its{one.load, one.weight};
      const Burden others{other.load, other.weight};
      if (!its.equals(others)) return its.is_less_than(others);
      return one.turn != other.turn ? is_earlier(one.turn, other.turn) : a < b;
    }
  };

  void enter(std::size_t index);
  void leave(std::size_t index);

  const unsigned worker_;
  Standings members_;
  MemberLines idle_;
  IndexedHeap<Lighter> heap_;
  IndexRotation busy_;     // those with a load
  std::uint64_t now_ = 0;  // the latest start of a request that was served; virtual time
};

void LeastConnections::configure(std::span<const Member> members) {
  std::unordered_map<std::uint64_t, Standing> before;
  for (const Standing& standing : members_) before.emplace(standing.key, standing);
  members_.assign(members.size(), {});
  idle_.reset(members.size());
  heap_.reset(members.size());
  busy_.reset(members.size());
  bool kept_any = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    members_[i].key = members[i].key;
    const auto same = before.find(members[i].key);
    if (same == before.end()) continue;
    members_[i].load = same->second.load;
    busy_.set(i, members_[i].load != 0);
    members_[i].turn = same->second.turn;
    kept_any = true;
  }
  if (kept_any || members.empty()) return;
  // The first turns of workers are at different members.
  for (std::size_t i = 0; i < worker_ % members.size(); ++i) members_[i].turn = 1;
}

void LeastConnections::enter(std::size_t index) {
  const Standing& member = members_[index];
  if (member.load == 0 && idle_.join(index, member.weight, Lighter{members_})) return;
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
  busy_.set(index, load != 0);
  if (member.weight != 0) enter(index);
}

std::size_t LeastConnections::pick(std::uint64_t, MemberLoads& loads) {
  if (heap_.empty()) return kNone;
  for (std::size_t i = 0; i < kLooks && busy_.size() > 0; ++i) {
    const std::size_t index = busy_.step();
    if (members_[index].weight != 0) set_load(index, loads.of(index));
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
  if (is_earlier(now_, member.turn)) now_ = member.turn;
  member.turn = now_ + kRequest / member.weight;
  enter(index);
}

std::size_t LeastConnections::foresee(MemberLoads& loads) {
  if (heap_.empty()) return kNone;
  busy_.look_ahead(kLooks, [&loads](std::size_t index) { loads.prefetch(index); });
  const std::size_t next = heap_.top();
  if (const std::size_t behind = idle_.behind(next); behind != kNone) {
    prefetch(members_[behind]);
    idle_.prefetch(behind);
    heap_.prefetch(behind);
  }
  return next;
}

}  // namespace

std::unique_ptr<Balancer> make_least_connections(unsigned worker) {
  return std::make_unique<LeastConnections>(worker);
}

}  // namespace demo
