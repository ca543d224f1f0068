#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/rotation.h"

namespace demo {

// Indices below a fixed number, each in or out, gone through in rotation: nobody who stays in is passed over
// in a round, whoever else comes and goes. Every function but reset() takes the same time for any number of
// them.
class IndexRotation {
 public:
  // Empty, for indices below count.
  void reset(std::size_t count) {
    in_.clear();
    places_.assign(count, kOut);
    at_ = 0;
  }

  std::size_t size() const { return in_.size(); }

  void set(std::size_t index, bool in) {
    if (in == (places_[index] != kOut)) return;
    if (in) {
      places_[index] = static_cast<std::uint32_t>(in_.size());
      in_.push_back(static_cast<std::uint32_t>(index));
      return;
    }
    const std::uint32_t place = places_[index];
    in_[place] = in_.back();
    places_[in_[place]] = place;
    in_.pop_back();
    places_[index] = kOut;
  }

  // Who is next, and steps on. Precondition: somebody is in.
  std::size_t step() {
    at_ = step_back(at_, in_.size());
    return in_[at_];
  }

  // Calls for so many that step() would give next.
  template <typename Call>
  void look_ahead(std::size_t count, const Call& call) const {
    if (in_.empty()) return;
    for (std::size_t at = at_; count > 0; --count) {
      at = step_back(at, in_.size());
      call(in_[at]);
    }
  }

 private:
  static constexpr std::uint32_t kOut = UINT32_MAX;

  std::vector<std::uint32_t> in_;
  std::vector<std::uint32_t> places_;  // by index: where in in_; kOut
  std::size_t at_ = 0;                 // in in_: who was given last
};

}  // namespace demo
