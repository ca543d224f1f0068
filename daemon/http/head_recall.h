#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace demo {

// Whether a parser recognises a head that begins with the very bytes of the one it parsed last.
enum class Recall : std::uint8_t { kNothing, kLastHead };

// The part of a copy that `view` is of the original; views elsewhere (static ones, empty ones) stay.
inline std::string_view moved_view(std::string_view view, std::string_view original, const char* copy) {
  if (view.data() < original.data() || view.data() >= original.data() + original.size()) return view;
  return {copy + (view.data() - original.data()), view.size()};
}

// A copy of the head that was parsed last. A head ends with its own empty line, so bytes that begin with a
// known head hold exactly that head: what a peer repeats for each message is compared, not parsed again.
class HeadRecall {
 public:
  // A longer head is not kept: copying and comparing it would cost as much as it saves.
  static constexpr std::size_t kHeadSizeBytes = 1024;

  explicit HeadRecall(Recall recall) : on_(recall == Recall::kLastHead) {}

  // bytes: received, possibly with more behind the head.
  bool recognises(std::string_view bytes) const {
    return size_ > 0 && bytes.size() >= size_ && std::memcmp(bytes.data(), copy_.data(), size_) == 0;
  }
  // What was parsed from the head is about to change.
  void forget() { size_ = 0; }
  // Keeps the head, unless it is too long or nothing is to be kept. Whether its views must move to copy().
  bool keep(std::string_view head) {
    if (!on_ || head.size() > kHeadSizeBytes) return false;
    size_ = head.size();
    std::memcpy(copy_.data(), head.data(), size_);
    return true;
  }
  const char* copy() const { return copy_.data(); }

 private:
  const bool on_;
  std::size_t size_ = 0;  // 0: nothing is known
  std::array<char, kHeadSizeBytes> copy_;
};

}  // namespace demo
