#pragma once

#include <fcntl.h>

#include <utility>
#include <vector>

#include "quota/quota_area.h"

namespace demo::test {

// The area as a worker has it that was started with it.
inline QuotaArea shared_area(const QuotaArea& area) {
  const auto copy = [](int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); };
  std::vector<UniqueFd> bells;
  for (const UniqueFd& bell : area.bells()) bells.push_back(copy(bell.get()));
  return QuotaArea::open(copy(area.fd()), std::move(bells)).value();
}

}  // namespace demo::test
