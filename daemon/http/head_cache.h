#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/head_copy.h"
#include "http/request_head.h"

namespace demo {

// The result of parsing a head of a request without a body, an expectation or an upgrade. The views point
// into the cache's own copy of the head.
struct CachedHead {
  Method method = Method::kGet;
  bool persistent = true;
  unsigned minor_version = 1;
  std::size_t size = 0;  // bytes of the whole head
  std::string_view target;
  std::string_view path_query;
  std::string_view host;
};

// Remembers the last few heads byte for byte, so that the one a client repeats for each request is recognised
// instead of parsed. Fixed memory (4.5 KiB); one a worker.
class HeadCache {
 public:
  // A longer head is not kept.
  static constexpr std::size_t kHeadSizeBytes = HeadCopy::kSizeBytes;
  static constexpr std::size_t kHeads = 4;

  // bytes: received, possibly with more behind the head. Null when they do not begin with a known head; the
  // result is valid until the next remember().
  const CachedHead* match(std::string_view bytes) {
    if (const CachedHead* found = match_entry(latest_, bytes)) return found;
    for (std::uint8_t i = 0; i < kHeads; ++i) {
      if (i == latest_) continue;
      if (const CachedHead* found = match_entry(i, bytes)) {
        latest_ = i;
        return found;
      }
    }
    return nullptr;
  }

  // Keeps a head that was just parsed, if it is of the kind that is kept. head_bytes: its head.size bytes.
  void remember(std::string_view head_bytes, const RequestHead& head);

 private:
  struct Entry {
    CachedHead head;
    HeadCopy copy;
  };

  const CachedHead* match_entry(std::uint8_t index, std::string_view bytes) const {
    const Entry& entry = entries_[index];
    return entry.copy.begins(bytes) ? &entry.head : nullptr;
  }

  std::array<Entry, kHeads> entries_;
  std::uint8_t latest_ = 0;  // the entry that matched or was filled last
  std::uint8_t oldest_ = 0;  // the entry that is replaced next
};

}  // namespace demo
