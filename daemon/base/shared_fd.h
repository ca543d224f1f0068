#pragma once

#include <cstdlib>
#include <memory>
#include <utility>

#include "base/unique_fd.h"

namespace demo {

// A descriptor with several owners: closed when the last of them lets go of it. Empty at first. Not for
// owners in several threads.
class SharedFd {
 public:
  SharedFd() = default;
  explicit SharedFd(UniqueFd fd) : fd_(fd ? std::make_shared<UniqueFd>(std::move(fd)) : nullptr) {}

  int get() const { return fd_ ? fd_->get() : -1; }
  explicit operator bool() const { return get() >= 0; }
  void reset() { fd_.reset(); }
  // Precondition: nobody shares it.
  UniqueFd take() {
    if (!fd_ || fd_.use_count() != 1) std::abort();
    return std::move(*std::exchange(fd_, nullptr));
  }

  bool operator==(const SharedFd&) const = default;

 private:
  std::shared_ptr<UniqueFd> fd_;
};

}  // namespace demo
