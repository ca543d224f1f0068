#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

namespace demo {

// Which file it is, whatever its names are. The number is used again once nobody has the file open any more.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

// What the name leads to, itself where that is a symbolic link; nothing where nothing can be seen. folder: of
// a relative name, AT_FDCWD.
inline std::optional<FileIdentity> identify_file(int folder, const std::string& name) {
  struct stat found {};
  if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return FileIdentity{found.st_dev, found.st_ino};
}

// Removes the name, unless it leads to another file by now, which is somebody else's.
inline void unlink_own(int folder, const std::string& name, const std::optional<FileIdentity>& own) {
  if (own && identify_file(folder, name) == own) ::unlinkat(folder, name.c_str(), 0);
}

}  // namespace demo
