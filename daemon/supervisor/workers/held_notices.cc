#include "supervisor/workers/held_notices.h"

#include <algorithm>
#include <utility>

namespace demo {

HeldNotices::Subject HeldNotices::subject_of(const BackendNotice& notice) {
  return {notice.pool, notice.endpoint, notice.address.to_string()};
}

void HeldNotices::expect(const HeldNotice& ejection) {
  expected_.insert_or_assign(subject_of(ejection.notice), ejection);
}

bool HeldNotices::note(const BackendNotice& notice, std::uint64_t now_ns,
                       std::chrono::system_clock::time_point now) {
  const bool distrusted = notice.news == BackendNews::kDistrusted;
  std::erase_if(held_, [now_ns](const HeldNotice& held) { return held.is_over(now_ns); });
  const auto before = std::find_if(held_.begin(), held_.end(), [&](const HeldNotice& held) {
    return (held.notice.news == BackendNews::kDistrusted) == distrusted && held.notice.pool == notice.pool &&
           held.notice.endpoint == notice.endpoint && held.notice.address == notice.address;
  });
  if (distrusted && before != held_.end()) {
    before->notice.time = notice.time + before->age(now_ns);
    return false;
  }
  if (before != held_.end()) held_.erase(before);
  if (distrusted) {
    held_.push_back({notice, now_ns, now});
    return true;
  }
  const auto expected = expected_.extract(subject_of(notice));
  if (notice.news != BackendNews::kEjected) return true;
  HeldNotice& held = held_.emplace_back(notice, now_ns, now);
  if (expected.empty()) return true;
  held.since_ns = expected.mapped().since_ns;
  held.since = expected.mapped().since;
  held.notice.time += held.age(now_ns);
  return false;
}

void HeldNotices::hand_over_ejections() {
  std::erase_if(held_, [](const HeldNotice& held) { return held.notice.news == BackendNews::kEjected; });
}

std::vector<BackendNotice> HeldNotices::end(std::string_view reason) {
  std::vector<BackendNotice> ends;
  for (HeldNotice& held : std::exchange(held_, {})) {
    if (held.notice.news != BackendNews::kEjected) continue;
    held.notice.news = BackendNews::kOut;
    held.notice.reason = reason;
    ends.push_back(std::move(held.notice));
  }
  return ends;
}

}  // namespace demo
