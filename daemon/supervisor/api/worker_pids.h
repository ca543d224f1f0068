#pragma once

#include <sys/types.h>

#include <mutex>
#include <set>

namespace demo {

// The ids of the worker processes that run, for whoever is to recognise one. Thread-safe.
class WorkerPids {
 public:
  void add(pid_t pid) {
    const std::lock_guard lock(mutex_);
    pids_.insert(pid);
  }
  void remove(pid_t pid) {
    const std::lock_guard lock(mutex_);
    pids_.erase(pid);
  }
  bool has(pid_t pid) const {
    const std::lock_guard lock(mutex_);
    return pids_.contains(pid);
  }

 private:
  mutable std::mutex mutex_;
  std::set<pid_t> pids_;
};

}  // namespace demo
