#pragma once

#include <cstddef>
#include <vector>

#include "base/unique_fd.h"
#include "net/socket_ops.h"

namespace demo {

// A pipe(7) through which splice(2) moves bytes from socket to socket without copying them to user space.
// Holds what was taken from one socket and not yet given to the other.
class BytePipe {
 public:
  // What a pipe takes at most at a time; the size that is asked of the kernel (F_SETPIPE_SZ), which may
  // refuse to unprivileged users over /proc/sys/fs/pipe-user-pages-soft: then it is less, which does no harm.
  static constexpr std::size_t kWantedBytes = 256 * 1024;

  BytePipe() = default;  // closed
  explicit operator bool() const { return static_cast<bool>(out_); }
  std::size_t held() const { return held_; }
  std::size_t room() const { return size_ - held_; }

  // splice(2) of up to count bytes into the pipe, and out of it. kAgain from fill() while the pipe holds
  // something may mean a full pipe rather than an empty socket.
  IoResult fill(int socket, std::size_t count);
  // Never holds anything back for what may follow (SPLICE_F_MORE): the source may pause for as long as it
  // likes.
  IoResult drain(int socket);

 private:
  friend class PipePool;
  UniqueFd in_;   // written to
  UniqueFd out_;  // read from
  std::size_t size_ = 0;
  std::size_t held_ = 0;
};

// The worker's pipes that are not in use. A pipe that still holds bytes is closed rather than kept.
class PipePool {
 public:
  // A closed pipe when the process has no descriptors left: copy instead.
  BytePipe take();
  void give_back(BytePipe pipe);

 private:
  static constexpr std::size_t kKept = 32;
  std::vector<BytePipe> free_;
};

}  // namespace demo
