#include "control/connections/thread_limit.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include "base/counted.h"

namespace demo {
namespace {

// Timers, doors and the log, and gRPC's pools and timers on a host of two cores: 15 of them run, and some
// more come with the first calls.
constexpr unsigned kOnTwoCores = 20;
// gRPC's pools grow with the cores up to here.
constexpr unsigned kCoresThatCount = 16;

}  // namespace

unsigned threads_of_api() {
  const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 2U, kCoresThatCount);
  return kOnTwoCores + 2 * (cores - 2);
}

Status check_thread_limit(unsigned threads) {
  std::atomic<bool> over = false;
  std::vector<std::thread> started;
  Status judged;
  try {
    started.reserve(threads);
    while (started.size() < threads) started.emplace_back([&over] { over.wait(false); });
  } catch (const std::system_error& error) {
    judged = Error{ErrorCode::kResourceExhausted,
                   fmt::format("it needs {}, and this process may have {} more: {} (setrlimit(2) "
                               "RLIMIT_NPROC, systemd.resource-control(5) TasksMax=)",
                               counted(threads, "thread"), started.size(), error.code().message()),
                   "", ""};
  }
  over = true;
  over.notify_all();
  for (std::thread& thread : started) thread.join();
  return judged;
}

}  // namespace demo
