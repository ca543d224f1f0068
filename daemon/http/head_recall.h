#pragma once

#include <cstdint>
#include <string_view>

#include "http/head_copy.h"

namespace demo {

// Whether a parser recognises a head that begins with the very bytes of the one it parsed last.
enum class Recall : std::uint8_t { kNothing, kLastHead };

// The head that a parser read last, if it is to recognise it.
class HeadRecall {
 public:
  explicit HeadRecall(Recall recall) : on_(recall == Recall::kLastHead) {}

  bool recognises(std::string_view bytes) const { return copy_.begins(bytes); }
  // What was parsed from the head is about to change.
  void forget() { copy_.forget(); }
  // The number of the reading that begins: what is recognised is of the reading before.
  std::uint64_t count_reading() { return ++readings_; }
  // Keeps the head that was just parsed, unless it is too long: its views move to the copy then.
  template <typename Head>
  void keep(std::string_view bytes, Head& head) {
    if (on_ && copy_.keep(bytes)) head.move_views(bytes, copy_.data());
  }

 private:
  const bool on_;
  HeadCopy copy_;
  std::uint64_t readings_ = 0;
};

}  // namespace demo
