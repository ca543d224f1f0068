#include "supervisor/state/file_stamp.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace demo {
namespace {

// FAT tells even seconds apart, the others less.
constexpr std::int64_t kCoarsestClockNs = 2'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileStamp stamp_of(const std::string& path) {
  FileStamp stamp;
  stamp.path = path;
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) {
    stamp.error = errno;
    return stamp;
  }
  stamp.device = file.st_dev;
  stamp.inode = file.st_ino;
  stamp.size = file.st_size;
  stamp.written_ns = nanoseconds(file.st_mtim);
  stamp.changed_ns = nanoseconds(file.st_ctim);
  return stamp;
}

bool tell_changes(const std::vector<FileStamp>& stamps, std::int64_t now_ns) {
  return std::all_of(stamps.begin(), stamps.end(), [now_ns](const FileStamp& stamp) {
    // What cannot be read has no content that could change unseen.
    if (stamp.error != 0) return true;
    return std::max(stamp.written_ns, stamp.changed_ns) < now_ns - kCoarsestClockNs;
  });
}

}  // namespace demo
