#include <cstdint>
#include <unordered_map>
#include <vector>

#include "balance/indexed_heap.h"
#include "balance/member_lines.h"
#include "balance/policies.h"
#include "balance/virtual_time.h"

// Weighted round robin as fair queueing does it (WF2Q+, Bennett and Zhang 1997), where a request is a packet
// of length 1. Time is virtual: while the members share one request, it advances by 1 / (sum of weights). The
// k-th request of a member of weight w starts k / w after its first and is due 1 / w later. Of those members
// whose next request has started, the one that is due first is chosen. So a member of weight 5 among 7 is not
// served five times in a row, but as evenly as whole requests allow: never a whole request ahead of its
// share.
//
// Who is served starts its next request after all others of its weight have started theirs. So members of one
// weight stand in line, and a choice among any number of them takes the first and puts it at the end. One
// that would have to stand in the middle, since it was out for a while, stands alone until it was served.
//
// Two heaps of those that are first in line: who has started, by when it is due, and who has not, by when it
// starts. When many start at once, a few of them change heaps with each request, which is in time.
//
// All times lie within a period of the least weight of each other, as is_earlier() asks.
namespace demo {
namespace {

class RoundRobin final : public Balancer {
 public:
  explicit RoundRobin(unsigned worker)
      : worker_(worker), started_(DueFirst{turns_}), waiting_(StartsFirst{turns_}) {}

  void configure(std::span<const Member> members) override;
  void set_weight(std::size_t index, unsigned weight) override;
  void set_load(std::size_t, std::uint64_t) override {}
  std::size_t pick(std::uint64_t hash, MemberLoads& loads) override;
  void take(std::size_t index) override;
  std::size_t foresee(MemberLoads& loads) override;

 private:
  // Members that change heaps with a choice, at most.
  static constexpr unsigned kStarts = 4;
  // Virtual time: a request takes kRequest / weight.
  static constexpr std::int64_t kRequest = std::int64_t{1} << 40;

  struct Turn {
    std::uint64_t key = 0;
    std::uint64_t start = 0;  // of its next request
    std::uint64_t due = 0;
    std::int64_t lead = 0;     // while it is out: how far behind the present its next request started
    unsigned weight = 0;       // 0: out
    unsigned lead_weight = 0;  // the weight when lead was right
  };
  using Turns = std::vector<Turn>;

  struct DueFirst {
    const Turns& turns;
    bool operator()(std::size_t a, std::size_t b) const {
      return turns[a].due != turns[b].due ? is_earlier(turns[a].due, turns[b].due) : a < b;
    }
  };
  struct StartsFirst {
    const Turns& turns;
    bool operator()(std::size_t a, std::size_t b) const {
      if (turns[a].start != turns[b].start) return is_earlier(turns[a].start, turns[b].start);
      return turns[a].due != turns[b].due ? is_earlier(turns[a].due, turns[b].due) : a < b;
    }
  };

  void enter(std::size_t index, std::uint64_t start);
  void leave(std::size_t index);
  void put_first(std::size_t index);
  std::size_t next();

  const unsigned worker_;
  Turns turns_;
  MemberLines lines_;
  IndexedHeap<DueFirst> started_;
  IndexedHeap<StartsFirst> waiting_;
  // Begins shortly before it wraps around, as the kernel's jiffies do: what would go wrong then is seen
  // early.
  std::uint64_t now_ = std::uint64_t{0} - 16 * std::uint64_t{kRequest};
  std::uint64_t total_ = 0;  // of the weights of those that are in
};

void RoundRobin::configure(std::span<const Member> members) {
  std::unordered_map<std::uint64_t, Turn> before;
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    set_weight(i, 0);
    before.emplace(turns_[i].key, turns_[i]);
  }
  turns_.assign(members.size(), {});
  lines_.reset(members.size());
  started_.reset(members.size());
  waiting_.reset(members.size());
  bool kept_any = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto same = before.find(members[i].key);
    if (same != before.end()) {
      turns_[i] = same->second;
      kept_any = true;
    }
    turns_[i].key = members[i].key;
  }
  if (kept_any) return;
  // A worker's first turn is at the member that the worker before it would take second, and so on.
  for (std::size_t i = 0; i < members.size(); ++i) set_weight(i, members[i].weight);
  for (unsigned i = 0; i < worker_; ++i) {
    if (const std::size_t index = next(); index != kNone) take(index);
  }
  for (std::size_t i = 0; i < members.size(); ++i) set_weight(i, 0);
}

// What is left until its next start shrinks as its weight grows: one that starts slowly is not held up by the
// long period that it began with.
void RoundRobin::set_weight(std::size_t index, unsigned weight) {
  Turn& turn = turns_[index];
  if (turn.weight == weight) return;
  if (turn.weight != 0) {
    leave(index);
    total_ -= turn.weight;
    turn.lead = static_cast<std::int64_t>(turn.start - now_);
    turn.lead_weight = turn.weight;
  }
  turn.weight = weight;
  if (weight == 0) return;
  total_ += weight;
  if (turn.lead > 0 && turn.lead_weight != weight) turn.lead = turn.lead * turn.lead_weight / weight;
  enter(index, now_ + static_cast<std::uint64_t>(turn.lead));
}

void RoundRobin::enter(std::size_t index, std::uint64_t start) {
  Turn& turn = turns_[index];
  turn.start = start;
  turn.due = start + static_cast<std::uint64_t>(kRequest) / turn.weight;
  if (!lines_.join(index, turn.weight, StartsFirst{turns_})) put_first(index);
}

void RoundRobin::leave(std::size_t index) {
  if (lines_.is_first(index)) started_.has(index) ? started_.remove(index) : waiting_.remove(index);
  if (const std::size_t first = lines_.leave(index); first != kNone) put_first(first);
}

void RoundRobin::put_first(std::size_t index) {
  is_earlier(now_, turns_[index].start) ? waiting_.push(index) : started_.push(index);
}

std::size_t RoundRobin::pick(std::uint64_t, MemberLoads&) { return next(); }

std::size_t RoundRobin::next() {
  // Nobody has started: the time until somebody does passes at once.
  if (started_.empty() && !waiting_.empty() && is_earlier(now_, turns_[waiting_.top()].start)) {
    now_ = turns_[waiting_.top()].start;
  }
  for (unsigned i = 0; i < kStarts && !waiting_.empty(); ++i) {
    if (is_earlier(now_, turns_[waiting_.top()].start)) break;
    const std::size_t index = waiting_.top();
    waiting_.remove(index);
    started_.push(index);
  }
  return started_.empty() ? kNone : started_.top();
}

// Rounded down: virtual time that runs late is put right where nobody has started; one that runs early never.
void RoundRobin::take(std::size_t index) {
  Turn& turn = turns_[index];
  const std::uint64_t step = static_cast<std::uint64_t>(kRequest) / total_;
  if (turn.weight == total_) {  // all by itself in its heap: there it stays
    now_ += step;
    turn.start += step;
    turn.due += step;
    return;
  }
  leave(index);
  now_ += step;
  enter(index, turn.due);
}

// take() looks at whoever is behind the one that it takes.
std::size_t RoundRobin::foresee(MemberLoads&) {
  if (started_.empty() && waiting_.empty()) return kNone;
  const std::size_t next = started_.empty() ? waiting_.top() : started_.top();
  if (const std::size_t after = lines_.behind(next); after != kNone) {
    prefetch(turns_[after]);
    lines_.prefetch(after);
    started_.prefetch(after);
  }
  return next;
}

}  // namespace

std::unique_ptr<Balancer> make_round_robin(unsigned worker) { return std::make_unique<RoundRobin>(worker); }

}  // namespace demo
