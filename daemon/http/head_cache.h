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

  HeadCache() = default;
  HeadCache(const HeadCache&) = delete;
  HeadCache& operator=(const HeadCache&) = delete;

  // bytes: received, possibly with more behind the head. Null when they do not begin with a known head; the
  // result is valid until the next remember().
  const CachedHead* match(std::string_view bytes) {
    if (latest_->copy.begins(bytes)) return &latest_->head;
    for (const Entry& entry : entries_) {
      if (&entry == latest_ || !entry.copy.begins(bytes)) continue;
      latest_ = &entry;
      return &entry.head;
    }
    return nullptr;
  }

  // Keeps a head that was just parsed, if it is of the kind that is kept. head_bytes: its head.size bytes.
  void remember(std::string_view head_bytes, const RequestHead& head);

  // It knows none from now on: what was parsed from them is about to change.
  void forget() {
    for (Entry& entry : entries_) entry.copy.forget();
  }

 private:
  struct Entry {
    CachedHead head;
    HeadCopy copy;
  };

  std::array<Entry, kHeads> entries_;
  const Entry* latest_ = entries_.data();  // not owned; which matched or was filled last
  std::uint8_t oldest_ = 0;                // the entry that is replaced next
};

}  // namespace demo
