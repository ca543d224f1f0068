#include "supervisor/listening/unix_name.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace demo {
namespace {

constexpr int kNamesTried = 100;
constexpr mode_t kModeBits = 0777;

struct Place {
  std::string folder;
  std::string name;
};

std::string unix_path(const Address& address) {
  return reinterpret_cast<const sockaddr_un*>(address.sockaddr_ptr())->sun_path;
}

Place place_of(const Address& address) {
  const std::string path = unix_path(address);
  const std::size_t slash = path.rfind('/');
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

// Touched on the supervisor's loop alone.
std::uint64_t next_number() {
  static std::uint64_t last = 0;
  return ++last;
}

int bind_to(int socket, const std::string& path) {
  const auto address = Address::parse("unix:" + path);
  if (!address) return ENAMETOOLONG;
  return ::bind(socket, address->sockaddr_ptr(), address->sockaddr_size()) == 0 ? 0 : errno;
}

}  // namespace

boost::system::result<UnixName, int> UnixName::bind(int socket, const Address& address) {
  const Place place = place_of(address);
  if (place.name.empty()) return EISDIR;
  UnixName name;
  name.folder_ = UniqueFd(::open(place.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!name.folder_) return errno;
  int error = EADDRINUSE;  // of a name that another program has
  for (int attempt = 0; attempt < kNamesTried && error == EADDRINUSE; ++attempt) {
    const std::string suffix = fmt::format(".{}-{}", ::getpid(), next_number());
    std::string first = place.name + suffix;
    // What ss(8) shows for good; a long path has no room for it.
    error = bind_to(socket, fmt::format("{}/{}", place.folder, first));
    if (error == ENAMETOOLONG) {
      first = suffix;
      error = bind_to(socket, fmt::format("/proc/self/fd/{}/{}", name.folder_.get(), first));
    }
    if (error == 0) name.first_name_ = first;
  }
  if (error != 0) return error;
  name.path_ = unix_path(address);
  name.path_name_ = place.name;
  name.file_ = identify_file(name.folder_.get(), name.first_name_);
  if (!name.file_) return errno;
  if (::fchmodat(name.folder_.get(), name.first_name_.c_str(), 0666, 0) != 0) return errno;
  return name;
}

UnixName UnixName::adopt(const Address& address, const FileIdentity& file) {
  const Place place = place_of(address);
  UnixName name;
  name.folder_ = UniqueFd(::open(place.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  name.path_ = unix_path(address);
  name.path_name_ = place.name;
  name.published_ = true;
  name.file_ = file;
  return name;
}

UnixName::UnixName(UnixName&& other) noexcept { *this = std::move(other); }

UnixName& UnixName::operator=(UnixName&& other) noexcept {
  if (this == &other) return *this;
  remove();
  folder_ = std::move(other.folder_);
  path_ = std::move(other.path_);
  path_name_ = std::move(other.path_name_);
  first_name_ = std::move(other.first_name_);
  published_ = other.published_;
  file_ = other.file_;
  return *this;
}

int UnixName::inherit(const UnixName& other) {
  struct stat old {};
  if (!other.has_path() ||
      ::fstatat(other.folder_.get(), other.path_name_.c_str(), &old, AT_SYMLINK_NOFOLLOW) != 0) {
    return 0;
  }
  struct stat own {};
  if (::fstatat(folder_.get(), first_name_.c_str(), &own, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  const bool same_owner = own.st_uid == old.st_uid && own.st_gid == old.st_gid;
  if (!same_owner &&
      ::fchownat(folder_.get(), first_name_.c_str(), old.st_uid, old.st_gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno;
  }
  return ::fchmodat(folder_.get(), first_name_.c_str(), old.st_mode & kModeBits, 0) == 0 ? 0 : errno;
}

int UnixName::rename_to_path(unsigned flags) {
  const int folder = folder_.get();
  return ::renameat2(folder, first_name_.c_str(), folder, path_name_.c_str(), flags) == 0 ? 0 : errno;
}

// Both files have a name throughout, so that one that is not the other's loses nothing but a moment.
int UnixName::replace(const FileIdentity& other) {
  const int error = rename_to_path(RENAME_EXCHANGE);
  if (error == EINVAL) {  // a file system that cannot: rename(2), "ERRORS"
    return identify_file(folder_.get(), path_name_) == other ? rename_to_path(0) : EEXIST;
  }
  if (error != 0) return error;
  if (identify_file(folder_.get(), first_name_) == other) {
    ::unlinkat(folder_.get(), first_name_.c_str(), 0);
    return 0;
  }
  const int undone = rename_to_path(RENAME_EXCHANGE);
  return undone == 0 ? EEXIST : undone;
}

int UnixName::publish(const std::optional<FileIdentity>& in_place_of) {
  if (!folder_ || published_) return 0;
  int error = in_place_of ? replace(*in_place_of) : ENOENT;
  if (error == ENOENT) error = rename_to_path(RENAME_NOREPLACE);  // nothing is there
  published_ = error == 0;
  return error;
}

void UnixName::remove() {
  if (!folder_) return;
  unlink_own(folder_.get(), published_ ? path_name_ : first_name_, file_);
  folder_.reset();
}

bool UnixName::has_path() const { return published_ && file_ && identify_file(AT_FDCWD, path_) == file_; }

std::optional<FileIdentity> file_at(const Address& address) {
  return identify_file(AT_FDCWD, unix_path(address));
}

std::string file_name_of(const Address& address) { return place_of(address).name; }

bool is_same_place(const Address& one, const Address& other) {
  const Place first = place_of(one);
  const Place second = place_of(other);
  struct stat first_folder {};
  struct stat second_folder {};
  return first.name == second.name && ::stat(first.folder.c_str(), &first_folder) == 0 &&
         ::stat(second.folder.c_str(), &second_folder) == 0 && first_folder.st_dev == second_folder.st_dev &&
         first_folder.st_ino == second_folder.st_ino;
}

}  // namespace demo
