#include "http/head_cache.h"

namespace demo {
namespace {

// The part of the copy that the view is of the original; views elsewhere ("/" of an absolute form without a
// path) are static.
std::string_view moved(std::string_view view, std::string_view original, const char* copy) {
  if (view.data() < original.data() || view.data() >= original.data() + original.size()) return view;
  return {copy + (view.data() - original.data()), view.size()};
}

}  // namespace

void HeadCache::remember(std::string_view head_bytes, const RequestHead& head) {
  if (head_bytes.size() > kHeadSizeBytes || head_bytes.size() != head.size) return;
  if (head.body != BodyKind::kNone || head.upgrade || head.expects_continue) return;
  Entry& entry = entries_[oldest_];
  std::memcpy(entry.bytes.data(), head_bytes.data(), head_bytes.size());
  const char* const copy = entry.bytes.data();
  entry.head = {
      .method = head.method,
      .persistent = head.persistent,
      .minor_version = head.minor_version,
      .size = head.size,
      .target = moved(head.target, head_bytes, copy),
      .path_query = moved(head.path_query, head_bytes, copy),
      .host = moved(head.host, head_bytes, copy),
  };
  latest_ = oldest_;
  oldest_ = static_cast<std::uint8_t>((oldest_ + 1) % kHeads);
}

}  // namespace demo
