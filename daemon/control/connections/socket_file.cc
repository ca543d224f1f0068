#include "control/connections/socket_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <type_traits>
#include <utility>

#include "base/address.h"
#include "base/bound_address.h"
#include "base/file_access.h"
#include "base/shortage.h"
#include "base/whole_io.h"

namespace demo {
namespace {

Error failure(ErrorCode code, const std::string& path, const std::string& why) {
  return {code, fmt::format("control socket {}: {}", path, why), "control", path};
}

Error system_failure(const std::string& path, const char* what) {
  const int error = errno;
  const auto code = error == EACCES || error == EPERM || error == EROFS ? ErrorCode::kPermissionDenied
                    : is_shortage(error)                                ? ErrorCode::kResourceExhausted
                                                                        : ErrorCode::kFailedPrecondition;
  return failure(code, path, fmt::format("{}: {}", what, errno_text(error)));
}

std::string lock_of(const std::string& path) { return path + ".lock"; }

Result<Address> unix_address(const std::string& path) {
  auto address = Address::parse("unix:" + path);
  if (!address) return failure(ErrorCode::kInvalidArgument, path, address.error().message);
  return address;
}

Error no_lock(const std::string& path) { return system_failure(path, "cannot create its lock file"); }

Result<UniqueFd> take_lock(const std::string& path) {
  UniqueFd lock(::open(lock_of(path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return no_lock(path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return failure(ErrorCode::kFailedPrecondition, path, "another daemon serves it");
  return system_failure(path, "cannot lock it");
}

bool is_lock_of(const std::string& path, int lock) {
  struct stat held {};
  if (lock < 0 || ::fstat(lock, &held) != 0) return false;
  return identify_file(AT_FDCWD, lock_of(path)) == FileIdentity{held.st_dev, held.st_ino};
}

// Whether there is a socket at the path. Error: there is something else.
Result<bool> find_socket(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return false;
    return system_failure(path, "cannot look at it");
  }
  if (S_ISSOCK(found.st_mode)) return true;
  return failure(ErrorCode::kFailedPrecondition, path, "there is a file of that name that is no socket");
}

// The lock's file tells which file the socket's is, for whoever goes on with both: the socket does not.
void note_identity(int lock, const FileIdentity& file) {
  static_assert(std::is_trivially_copyable_v<FileIdentity>);
  (void)write_all_at(lock, {reinterpret_cast<const char*>(&file), sizeof file}, 0);
}

// Nothing where no version of ours noted it.
std::optional<FileIdentity> noted_identity(int lock) {
  FileIdentity file;
  if (!read_all_at(lock, reinterpret_cast<char*>(&file), sizeof file, 0)) return std::nullopt;
  return file;
}

bool is_still_at(const std::string& path, const Address& address, int socket) {
  const auto bound = bound_address(socket);
  const auto found = find_socket(path);
  return bound && *bound == address && found && *found;
}

// Removes what a dead daemon left. The lock is held, so no other daemon of ours does the same.
Status make_way(const std::string& path, const Address& address) {
  const auto found = find_socket(path);
  if (!found) return found.error();
  if (!*found) return {};
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!probe) return system_failure(path, "cannot tell whether it is served");
  if (::connect(probe.get(), address.sockaddr_ptr(), address.sockaddr_size()) == 0 || errno == EAGAIN) {
    return failure(ErrorCode::kFailedPrecondition, path, "another program serves it");
  }
  if (errno != ECONNREFUSED) return system_failure(path, "cannot tell whether it is served");
  if (::unlink(path.c_str()) != 0)
    return system_failure(path, "cannot remove the socket of a daemon that died");
  return {};
}

}  // namespace

Result<SocketFile> SocketFile::open(const std::string& path, mode_t mode, Kept kept) {
  const Result<Address> address = unix_address(path);
  if (!address) return address.error();
  if (kept.lock && is_still_at(path, *address, kept.socket.get())) {
    // Another program may have put a socket of its own there meanwhile, which is not ours to remove.
    const auto own = noted_identity(kept.lock.get());
    return SocketFile(path, own, std::move(kept.lock), std::move(kept.socket));
  }
  kept.socket.reset();
  // Whoever passed a lock on may hold it still, so that it could not be taken once more.
  Result<UniqueFd> lock = is_lock_of(path, kept.lock.get()) ? std::move(kept.lock) : take_lock(path);
  if (!lock) return lock.error();
  if (const Status clear = make_way(path, *address); !clear) return clear.error();
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return system_failure(path, "cannot make a socket");
  const mode_t mask = ::umask(~mode & 0777);  // so that the file never has another mode
  const int bound = ::bind(socket.get(), address->sockaddr_ptr(), address->sockaddr_size());
  const int error = errno;
  ::umask(mask);
  errno = error;
  if (bound != 0) return system_failure(path, "cannot create it");
  const auto made = identify_file(AT_FDCWD, path);
  if (made) note_identity(lock->get(), *made);
  SocketFile file(path, made, std::move(*lock), std::move(socket));
  if (::listen(file.fd(), SOMAXCONN) != 0) return system_failure(path, "cannot listen on it");
  return file;
}

Status SocketFile::check(const std::string& path) {
  if (const auto address = unix_address(path); !address) return address.error();
  if (::access(folder_of(path).c_str(), F_OK) != 0 && errno == ENOENT) return {};
  errno = write_fault(lock_of(path));
  if (errno != 0) return no_lock(path);
  if (const auto found = find_socket(path); !found) return found.error();
  errno = making_fault(folder_of(path));
  if (errno != 0) return system_failure(path, "cannot create it");
  return {};
}

SocketFile::SocketFile(std::string path, std::optional<FileIdentity> made, UniqueFd lock, UniqueFd socket)
    : path_(std::move(path)), made_(made), lock_(std::move(lock)), socket_(std::move(socket)) {}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::move(other.path_)),
      made_(other.made_),
      lock_(std::move(other.lock_)),
      socket_(std::move(other.socket_)) {}

SocketFile::~SocketFile() { close(); }

void SocketFile::close() {
  if (!socket_) return;
  unlink_own(AT_FDCWD, path_, made_);
  socket_.reset();
  lock_.reset();
}

}  // namespace demo
