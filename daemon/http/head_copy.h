#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace demo {

// The part of a copy that `view` is of the original; views elsewhere (static ones, empty ones) stay.
inline std::string_view moved_view(std::string_view view, std::string_view original, const char* copy) {
  if (view.data() < original.data() || view.data() >= original.data() + original.size()) return view;
  return {copy + (view.data() - original.data()), view.size()};
}

// A copy of a head that was parsed. A head ends with its own empty line, so bytes that begin with a known
// head hold exactly that head: what a peer repeats for each message is compared, not parsed again.
class HeadCopy {
 public:
  // A longer head is not kept: copying and comparing it would cost as much as it saves.
  static constexpr std::size_t kSizeBytes = 1024;

  // bytes: received, possibly with more behind the head.
  bool begins(std::string_view bytes) const {
    return size_ > 0 && bytes.size() >= size_ && std::memcmp(bytes.data(), bytes_.data(), size_) == 0;
  }
  // False, and nothing kept, when the head is too long.
  bool keep(std::string_view head) {
    size_ = 0;
    if (head.size() > kSizeBytes) return false;
    std::memcpy(bytes_.data(), head.data(), head.size());
    size_ = head.size();
    return true;
  }
  void forget() { size_ = 0; }
  const char* data() const { return bytes_.data(); }

 private:
  std::size_t size_ = 0;  // 0: nothing is kept
  std::array<char, kSizeBytes> bytes_;
};

}  // namespace demo
