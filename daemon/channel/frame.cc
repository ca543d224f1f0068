#include "channel/frame.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/shortage.h"

namespace demo {
namespace {

struct alignas(cmsghdr) ControlBuffer {
  char bytes[CMSG_SPACE(Frame::kDescriptors * sizeof(int))];
};

Error io_error(std::string_view call) {
  return {ErrorCode::kUnavailable, fmt::format("channel: {}: {}", call, errno_text(errno)), "", ""};
}

void take_descriptors(msghdr& message, std::vector<SharedFd>& fds) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
      fds.emplace_back(UniqueFd(fd));
    }
  }
}

}  // namespace

Result<FrameProgress> send_frame(int channel, std::string_view bytes, std::span<const SharedFd> fds) {
  // An empty packet would look like the end of the stream to the receiver.
  if (bytes.empty() || bytes.size() > Frame::kSizeBytes) {
    return invalid(
        "", "", fmt::format("channel: a frame has 1 to {} bytes, not {}", Frame::kSizeBytes, bytes.size()));
  }
  if (fds.size() > Frame::kDescriptors) {
    return invalid(
        "", "",
        fmt::format("channel: a frame has at most {} descriptors, not {}", Frame::kDescriptors, fds.size()));
  }
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ControlBuffer control{};
  if (!fds.empty()) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
    cmsghdr* const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    for (std::size_t i = 0; i < fds.size(); ++i) {
      const int fd = fds[i].get();
      std::memcpy(CMSG_DATA(rights) + i * sizeof fd, &fd, sizeof fd);
    }
  }
  while (::sendmsg(channel, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return FrameProgress::kWouldBlock;
    if (errno == EPIPE || errno == ECONNRESET) return FrameProgress::kClosed;
    if (is_shortage(errno)) return FrameProgress::kShortage;
    return io_error("sendmsg");
  }
  return FrameProgress::kDone;
}

Result<FrameProgress> receive_frame(int channel, Frame& frame) {
  frame.fds.clear();
  frame.bytes.resize(Frame::kSizeBytes);
  iovec part{frame.bytes.data(), frame.bytes.size()};
  ControlBuffer control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t size = 0;
  while ((size = ::recvmsg(channel, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT)) < 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return FrameProgress::kWouldBlock;
    if (errno == ECONNRESET) return FrameProgress::kClosed;
    if (is_shortage(errno)) return FrameProgress::kShortage;
    return io_error("recvmsg");
  }
  take_descriptors(message, frame.fds);
  if (size == 0) return FrameProgress::kClosed;
  frame.bytes.resize(static_cast<std::size_t>(size));
  if ((message.msg_flags & MSG_TRUNC) != 0) return invalid("", "", "channel: a frame was truncated");
  frame.descriptors_lost = (message.msg_flags & MSG_CTRUNC) != 0;
  return FrameProgress::kDone;
}

}  // namespace demo
