#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>

#include "base/file_identity.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

// A listening unix socket with its file and the lock beside it ("PATH.lock") that keeps two daemons from
// taking the same path. Owns all three: the destructor removes the socket's file, unless another one has its
// place by then; the lock's file stays, unlocked.
class SocketFile {
 public:
  // What becomes of it when another one is to go on with the same socket: neither is ever made anew.
  struct Kept {
    UniqueFd socket;
    UniqueFd lock;
  };

  // Goes on with what was kept, where that is still at the path. Else replaces the socket that a dead daemon
  // left; kFailedPrecondition when somebody listens there. mode: of the file, exactly. Other errors: a path
  // that is too long (107 bytes), not absolute, not writable, or not a socket.
  static Result<SocketFile> open(const std::string& path, mode_t mode, Kept kept);

  // What open() would say of the path, which stays as it is; that a daemon serves it is no mistake. A folder
  // that is missing is not looked at.
  static Status check(const std::string& path);

  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&&) = delete;
  ~SocketFile();

  int fd() const { return socket_.get(); }
  const std::string& path() const { return path_; }
  // Closes the socket and removes its file; waiting clients are refused. Idempotent.
  void close();
  // Instead: the file stays, and clients go on waiting.
  Kept keep() { return {std::move(socket_), std::move(lock_)}; }

 private:
  SocketFile(std::string path, std::optional<FileIdentity> made, UniqueFd lock, UniqueFd socket);

  std::string path_;
  std::optional<FileIdentity> made_;  // the file at path_, as it was created; unset: nobody knows
  UniqueFd lock_;
  UniqueFd socket_;
};

}  // namespace demo
