#include "channel/channel.h"

#include <sys/socket.h>

#include <cerrno>
#include <iterator>

namespace demo {

Result<std::pair<UniqueFd, UniqueFd>> Channel::open_pair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
    return Error{ErrorCode::kResourceExhausted, "channel: socketpair: " + errno_text(errno), "", ""};
  }
  return std::pair<UniqueFd, UniqueFd>(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

Status Channel::send(Message message) {
  auto frames = encode(std::move(message));
  if (!frames) return frames.error();
  std::move(frames->begin(), frames->end(), std::back_inserter(unsent_));
  return flush();
}

Status Channel::flush() {
  short_of_sending_ = false;
  while (!unsent_.empty()) {
    const auto progress = send_frame(socket_.get(), unsent_.front().bytes, unsent_.front().fds);
    if (!progress) return progress.error();
    switch (*progress) {
      case FrameProgress::kDone:
        unsent_.pop_front();
        break;
      case FrameProgress::kWouldBlock:
        return {};
      case FrameProgress::kClosed:
        // Nobody will read it; the reading side reports the end to the owner.
        unsent_.clear();
        return {};
      case FrameProgress::kShortage:
        short_of_sending_ = true;
        return {};
    }
  }
  return {};
}

Result<std::optional<Message>> Channel::receive() {
  short_of_receiving_ = false;
  while (!closed_) {
    Frame frame;
    const auto progress = receive_frame(socket_.get(), frame);
    if (!progress) return progress.error();
    switch (*progress) {
      case FrameProgress::kWouldBlock:
        return std::optional<Message>();
      case FrameProgress::kClosed:
        closed_ = true;
        break;
      case FrameProgress::kShortage:
        short_of_receiving_ = true;
        return std::optional<Message>();
      case FrameProgress::kDone: {
        auto message = assembler_.add(std::move(frame));
        if (!message || *message) return message;
        break;
      }
    }
  }
  return std::optional<Message>();
}

}  // namespace demo
