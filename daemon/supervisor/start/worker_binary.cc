#include "supervisor/start/worker_binary.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "base/shortage.h"

namespace demo {
namespace {

constexpr std::chrono::milliseconds kMissingBinaryPatience{1000};
constexpr std::chrono::milliseconds kMissingBinaryPause{50};

constexpr const char* kPackagedWorker = "/usr/libexec/demo-server/demo-server-worker";

// errno; 0: it may be executed.
int open_program(const std::string& path, WorkerBinary& binary) {
  UniqueFd file(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return errno;
  if (!S_ISREG(status.st_mode)) return EACCES;
  if (::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0) return errno;
  binary = {path, SharedFd(std::move(file))};
  return 0;
}

Result<WorkerBinary> look_for_worker() {
  WorkerBinary binary;
  const std::string beside = worker_path();
  const int error_beside = beside.empty() ? ENOENT : open_program(beside, binary);
  if (error_beside == 0) return binary;
  const int error = open_program(kPackagedWorker, binary);
  if (error == 0) return binary;
  const auto no_worker = [](int number, const std::string& which) {
    return Error{is_shortage(number) ? ErrorCode::kResourceExhausted : ErrorCode::kUnavailable,
                 fmt::format("cannot start workers: {}: {}", which, errno_text(number)), "", ""};
  };
  if (error_beside != ENOENT) return no_worker(error_beside, beside);
  if (error != ENOENT) return no_worker(error, kPackagedWorker);
  return no_worker(ENOENT, fmt::format("neither {} nor {} is there", beside, kPackagedWorker));
}

}  // namespace

std::string worker_path() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "" : (self.parent_path() / "demo-server-worker").string();
}

Result<WorkerBinary> open_worker_binary() {
  const auto deadline = std::chrono::steady_clock::now() + kMissingBinaryPatience;
  for (;;) {
    auto found = look_for_worker();
    if (found || std::chrono::steady_clock::now() > deadline) return found;
    std::this_thread::sleep_for(kMissingBinaryPause);
  }
}

}  // namespace demo
