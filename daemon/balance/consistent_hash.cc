#include <algorithm>
#include <cstdint>
#include <vector>

#include "balance/hashing.h"
#include "balance/maglev_table.h"
#include "balance/policies.h"
#include "balance/weight_tree.h"

// The member that the hash has in a Maglev table. The table knows what lasts; where its member is out now,
// the key's next places in the table are tried, always the same ones, so that a key keeps its substitute.
// When few are left of many, the weights of those that are in decide.
namespace demo {
namespace {

// Of ten members that are out and one that is in, 95 of 100 keys find that in so many places.
constexpr unsigned kPlaces = 32;

class ConsistentHash final : public Balancer {
 public:
  void configure(std::span<const Member> members) override;
  void set_weight(std::size_t index, unsigned weight) override { weights_.set(index, weight); }
  void set_load(std::size_t, std::uint64_t) override {}
  std::size_t pick(std::uint64_t hash, MemberLoads& loads) override;
  void take(std::size_t) override {}

 private:
  std::vector<Member> members_;
  MaglevTable table_;
  WeightTree weights_;  // in force
};

void ConsistentHash::configure(std::span<const Member> members) {
  weights_.reset(members.size());
  const bool same = std::ranges::equal(members, members_, [](const Member& a, const Member& b) {
    return a.key == b.key && a.weight == b.weight;
  });
  if (same) return;
  members_.assign(members.begin(), members.end());
  table_.build(members_);
}

std::size_t ConsistentHash::pick(std::uint64_t hash, MemberLoads&) {
  if (weights_.total() == 0) return kNone;
  std::uint64_t place = hash;
  for (unsigned i = 0; i < kPlaces; ++i) {
    const std::size_t index = table_.at(place);
    if (index != MaglevTable::kNone && weights_.weight(index) != 0) return index;
    place = mix_bits(place);
  }
  return weights_.by_hash(hash);
}

}  // namespace

std::unique_ptr<Balancer> make_consistent_hash(unsigned /*worker*/) {
  return std::make_unique<ConsistentHash>();
}

}  // namespace demo
