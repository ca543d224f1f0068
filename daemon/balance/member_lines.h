#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "balance/balancer.h"
#include "base/prefetch.h"

namespace demo {

// Lines of members that come one after the other, a line for each weight: of each line only the first is to
// be compared with others, so that a heap has as many entries as there are lines, not members. A member that
// does not belong at the end of its line stands alone, as the first of none: after reset(), those that join
// out of turn do until they were served. Every function but reset() takes the same time for any number of
// members.
class MemberLines {
 public:
  static constexpr std::size_t kNone = Balancer::kNone;

  // No lines, for members below count.
  void reset(std::size_t count) {
    places_.assign(count, {});
    ends_.clear();
    lines_.clear();
  }

  // Goes to the end of the line of its weight, unless it comes before (of two members) who is last there:
  // then it stands alone. Whether it is behind somebody. Precondition: it is in no line.
  template <typename Before>
  bool join(std::size_t index, unsigned weight, const Before& before) {
    Place& place = places_[index];
    if (place.weight != weight) {
      const auto [line, made] = lines_.try_emplace(weight, ends_.size());
      if (made) ends_.push_back(kNone);
      place.line = line->second;
      place.weight = weight;
    }
    std::size_t& end = ends_[place.line];
    if (end != kNone && before(index, end)) return false;
    place.ahead = end;
    if (end != kNone) places_[end].behind = index;
    end = index;
    return place.ahead != kNone;
  }

  // Whether it is the first of its line, or stands alone.
  bool is_first(std::size_t index) const { return places_[index].ahead == kNone; }

  // Who is next in its line; kNone: nobody.
  std::size_t behind(std::size_t index) const { return places_[index].behind; }
  void prefetch(std::size_t index) const { demo::prefetch(places_[index]); }

  // Out of its line, if it is in one. Who is the first in its stead; kNone: it was not, or nobody else is
  // there.
  std::size_t leave(std::size_t index) {
    Place& place = places_[index];
    const std::size_t ahead = place.ahead;
    const std::size_t behind = place.behind;
    if (place.weight != 0 && ends_[place.line] == index) ends_[place.line] = ahead;
    if (ahead != kNone) places_[ahead].behind = behind;
    if (behind != kNone) places_[behind].ahead = ahead;
    place.ahead = place.behind = kNone;
    return ahead == kNone ? behind : kNone;
  }

 private:
  struct Place {
    std::size_t ahead = kNone;
    std::size_t behind = kNone;
    std::size_t line = 0;  // in ends_
    unsigned weight = 0;   // of that line; 0: it never had one
  };

  std::vector<Place> places_;
  std::vector<std::size_t> ends_;                    // of each line; kNone: it is empty
  std::unordered_map<unsigned, std::size_t> lines_;  // weight -> place in ends_; gone with reset() alone
};

}  // namespace demo
