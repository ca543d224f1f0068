#include "supervisor/held_ejections.h"

#include <utility>

namespace demo {

void HeldEjections::note(const BackendNotice& notice) {
  std::erase_if(held_, [&notice](const BackendNotice& held) {
    return held.pool == notice.pool && held.endpoint == notice.endpoint && held.address == notice.address;
  });
  if (notice.ejected) held_.push_back(notice);
}

std::vector<BackendNotice> HeldEjections::end(std::string_view reason) {
  std::vector<BackendNotice> ends = std::exchange(held_, {});
  for (BackendNotice& notice : ends) {
    notice.ejected = false;
    notice.out = true;
    notice.reason = reason;
  }
  return ends;
}

}  // namespace demo
