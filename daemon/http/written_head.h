#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "http/request_head_writer.h"
#include "http/response_head_writer.h"

namespace demo {

// The head that was written last for one direction, and all that it was made of: one that is made of the same
// again is copied, not written. Fixed memory (2.5 KiB). Pure; one a worker.
//
// What a head is made of: the head that was read, by its reading (see RequestHead), and the whole Forwarding.
// Nothing else goes into write.
template <typename Head, typename Forwarding,
          std::string_view (*write_head)(std::span<char>, const Head&, const Forwarding&)>
class WrittenHead {
 public:
  // As write_head(). All heads are of one parser.
  std::string_view write(std::span<char> out, const Head& head, const Forwarding& forwarding) {
    if (head.reading == reading_ && forwarding == forwarding_ && size_ > 0) return copy_to(out);
    const std::string_view written = write_head(out, head, forwarding);
    keep(written, head.reading, forwarding);
    return written;
  }

 private:
  // A longer one is not kept: HeadCopy keeps no longer one, and it grows by what a proxy adds.
  static constexpr std::size_t kSizeBytes = 2048;
  // Of the texts of a Forwarding.
  static constexpr std::size_t kTextBytes = 512;

  std::string_view copy_to(std::span<char> out) const {
    if (out.size() < size_) return {};
    std::memcpy(out.data(), bytes_.data(), size_);
    return {out.data(), size_};
  }
  void keep(std::string_view written, std::uint64_t reading, const Forwarding& forwarding) {
    size_ = 0;
    if (written.empty() || written.size() > kSizeBytes) return;
    if (reading == 0 || !keep_inputs(forwarding)) return;
    std::memcpy(bytes_.data(), written.data(), written.size());
    reading_ = reading;
    size_ = written.size();
  }
  // False when its texts are too long.
  bool keep_inputs(const Forwarding& forwarding) {
    forwarding_ = forwarding;
    std::size_t used = 0;
    bool fits = true;
    for_each_text(forwarding_, [&](std::string_view& text) {
      fits = fits && text.size() <= kTextBytes - used;
      if (!fits || text.empty()) {
        text = {};
        return;
      }
      std::memcpy(texts_.data() + used, text.data(), text.size());
      text = {texts_.data() + used, text.size()};
      used += text.size();
    });
    return fits;
  }

  std::uint64_t reading_ = 0;
  std::size_t size_ = 0;  // 0: nothing is kept
  Forwarding forwarding_;
  std::array<char, kTextBytes> texts_;
  std::array<char, kSizeBytes> bytes_;
};

using WrittenRequestHead = WrittenHead<RequestHead, RequestForwarding, write_request_head>;
using WrittenResponseHead = WrittenHead<ResponseHead, ResponseForwarding, write_response_head>;

}  // namespace demo
