#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

namespace demo {

// What tells without reading it that a file is still the one that was read; stat(2). A file that cannot be
// looked at has the error as its stamp.
struct FileStamp {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t written_ns = 0;  // since 1970: content (st_mtim)
  std::int64_t changed_ns = 0;  // since 1970: anything, also by who sets the former back (st_ctim)
  int error = 0;                // errno; 0: there is a file
  bool operator==(const FileStamp&) const = default;
};

// Blocks as long as the file system does.
FileStamp stamp_of(const std::string& path);

// Whether the stamps tell a later change for sure: a file that was changed shortly before it was read could
// be changed once more within what its file system's clock tells apart. now_ns: when it was begun to be read.
bool tell_changes(const std::vector<FileStamp>& stamps, std::int64_t now_ns);

}  // namespace demo
