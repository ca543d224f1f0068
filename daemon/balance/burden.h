#pragma once

#include <cstdint>

namespace demo {

// What a member would have to do for its weight with one request more, (load + 1) / weight, compared without
// division. Idle members are equals whatever their weight, or the lighter ones
// would get nothing while there is little to do. Weights are at most kBalancerWeight. Pure.
struct Burden {
  std::uint64_t load = 0;
  std::uint64_t weight = 0;

  bool is_less_than(const Burden& other) const { return beside(other) < other.beside(*this); }
  bool equals(const Burden& other) const { return beside(other) == other.beside(*this); }

 private:
  std::uint64_t beside(const Burden& other) const { return load > 0 ? (load + 1) * other.weight : 0; }
};

}  // namespace demo
