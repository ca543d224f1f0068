#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace demo {

// This process can open so many more descriptors, and no others, as long as the object lives.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(unsigned room) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit limit = before_;
    // New descriptors are below the limit; those that are open above it stay.
    for (limit.rlim_cur = 0;; ++limit.rlim_cur) {
      const bool free = ::fcntl(static_cast<int>(limit.rlim_cur), F_GETFD) < 0;
      if (free && room-- == 0) break;
    }
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

// This process can open no descriptor at all as long as the object lives, not even in the place of one that
// it closes.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace demo
