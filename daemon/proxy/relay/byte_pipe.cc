#include "proxy/relay/byte_pipe.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace demo {
namespace {

constexpr unsigned kFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

IoResult splice_bytes(int from, int to, std::size_t count) {
  ssize_t moved = 0;
  do {
    moved = ::splice(from, nullptr, to, nullptr, count, kFlags);
  } while (moved < 0 && errno == EINTR);
  if (moved > 0) return {IoOutcome::kDone, static_cast<std::size_t>(moved)};
  if (moved == 0) return {IoOutcome::kEnd, 0};
  return {outcome_of_error(errno), 0};
}

}  // namespace

IoResult BytePipe::fill(int socket, std::size_t count) {
  const IoResult moved = splice_bytes(socket, in_.get(), std::min(count, room()));
  held_ += moved.bytes;
  return moved;
}

IoResult BytePipe::drain(int socket) {
  const IoResult moved = splice_bytes(out_.get(), socket, held_);
  held_ -= moved.bytes;
  return moved;
}

BytePipe PipePool::take() {
  if (!free_.empty()) {
    BytePipe pipe = std::move(free_.back());
    free_.pop_back();
    return pipe;
  }
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return {};
  BytePipe pipe;
  pipe.out_.reset(ends[0]);
  pipe.in_.reset(ends[1]);
  int size = ::fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(BytePipe::kWantedBytes));
  if (size < 0) size = ::fcntl(ends[1], F_GETPIPE_SZ);
  pipe.size_ = size > 0 ? static_cast<std::size_t>(size) : 4096;
  return pipe;
}

void PipePool::give_back(BytePipe pipe) {
  if (!pipe || pipe.held() != 0 || free_.size() >= kKept) return;
  free_.push_back(std::move(pipe));
}

}  // namespace demo
