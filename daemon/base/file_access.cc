#include "base/file_access.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/unique_fd.h"

namespace demo {

int write_fault(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file) return 0;
  if (errno != ENOENT || path.empty()) return errno;
  if (path.ends_with('/')) return EISDIR;
  // A link that leads nowhere yet is followed.
  std::error_code error;
  const std::filesystem::path target = std::filesystem::weakly_canonical(path, error);
  return making_fault(folder_of(error ? path : target.string()));
}

int making_fault(const std::string& folder) {
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0) return errno;
  if (!S_ISDIR(found.st_mode)) return ENOTDIR;
  return ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace demo
