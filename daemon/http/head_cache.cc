#include "http/head_cache.h"

namespace demo {

void HeadCache::remember(std::string_view head_bytes, const RequestHead& head) {
  if (head_bytes.size() > kHeadSizeBytes || head_bytes.size() != head.size) return;
  if (head.body != BodyKind::kNone || head.upgrade || head.expects_continue) return;
  Entry& entry = entries_[oldest_];
  entry.copy.keep(head_bytes);
  const char* const copy = entry.copy.data();
  entry.head = {
      .method = head.method,
      .persistent = head.persistent,
      .minor_version = head.minor_version,
      .size = head.size,
      .target = moved_view(head.target, head_bytes, copy),
      .path_query = moved_view(head.path_query, head_bytes, copy),
      .host = moved_view(head.host, head_bytes, copy),
  };
  latest_ = &entry;
  oldest_ = static_cast<std::uint8_t>((oldest_ + 1) % kHeads);
}

}  // namespace demo
