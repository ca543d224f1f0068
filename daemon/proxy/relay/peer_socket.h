#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/address.h"
#include "base/unique_fd.h"
#include "event/loop.h"
#include "net/socket_ops.h"

namespace demo {

// One of the two sockets of a relay, and what is known about it without asking the kernel. Registered
// edge-triggered once, so every edge is noted here until it is used up.
class PeerSocket {
 public:
  static constexpr std::uint32_t kEvents = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;

  // readable: bytes may be waiting already. writable: false while a connect(2) is under way.
  PeerSocket(UniqueFd fd, bool readable, bool writable)
      : fd_(std::move(fd)), readable_(readable), writable_(writable) {}

  int fd() const { return fd_.get(); }
  bool open() const { return static_cast<bool>(fd_); }
  bool readable() const { return readable_; }
  bool writable() const { return writable_; }
  // The peer ended its side; what it sent before may still have to be read.
  bool ended() const { return ended_; }
  // Reset, or both sides ended: nothing can be sent any more.
  bool gone() const { return gone_; }
  // Whose doing it is that it is gone.
  IoOutcome failure() const { return failed_here_ ? IoOutcome::kFailed : IoOutcome::kLost; }
  bool registered() const { return registered_; }

  // Takes note of what epoll reported.
  void note(std::uint32_t events) {
    if (events & EPOLLIN) readable_ = true;
    if (events & EPOLLOUT) writable_ = true;
    if (events & ~std::uint32_t{EPOLLIN | EPOLLOUT}) note_rare(events);
  }

  // recv(2). A short count means that the socket is drained, so that no call is made to be told so; not with
  // an end pending, of which one more call tells, nor before an urgent mark: recv(2) and splice(2) stop there
  // whatever is behind it, tcp(7).
  IoResult receive(std::span<char> into) {
    const IoResult got = demo::receive(fd(), into);
    after_receive(got, into.size());
    return got;
  }

  // send(2). Fewer bytes than given mean that the buffer is full: epoll tells when it has room.
  IoResult send(std::string_view bytes, More more = More::kNo) {
    const IoResult sent = send_bytes(fd(), bytes, more);
    after_send(sent, bytes.size());
    return sent;
  }

  // What a receive would come to now, by recv(2) with MSG_PEEK: kDone when bytes wait.
  IoOutcome look() const;

  // Urgent bytes are bytes like any other from now on, in their place in the stream: RFC 6093 section 6.
  void take_urgent_bytes_inline();

  // Whether a splice(2) from it that came to this may have stopped at an urgent mark, tcp(7): then there
  // seems to be nothing behind it, not even where the peer has ended its side. recv(2) tells, and goes on.
  bool may_stand_at_mark(IoOutcome spliced) const {
    return spliced == IoOutcome::kEnd || (spliced == IoOutcome::kAgain && short_of_end_);
  }

  // splice(2) found nothing to take, or no room.
  void drained() { readable_ = false; }
  void filled() { writable_ = false; }
  // A call on it came to that, and it is broken.
  void broke(IoOutcome outcome) {
    gone_ = true;
    failed_here_ = outcome == IoOutcome::kFailed;
  }

  // Registers once; later calls do nothing. False when the kernel refuses.
  bool watch(Loop& loop, Watch& watch) {
    if (!registered_) registered_ = static_cast<bool>(loop.add(fd(), kEvents, watch));
    return registered_;
  }

  // Gives the descriptor away, still registered if it was.
  UniqueFd release() { return std::move(fd_); }

  void reset_when_closed() { demo::reset_when_closed(fd()); }
  // The address that the peer connected to; empty when the kernel does not say.
  Address local_address() const;

 private:
  void note_rare(std::uint32_t events);
  void after_receive(const IoResult& got, std::size_t asked) {
    if (got.outcome == IoOutcome::kDone) {
      if (got.bytes < asked && !short_of_end_) readable_ = false;
    } else if (got.outcome == IoOutcome::kAgain) {
      readable_ = false;
      short_of_end_ = ended_;
    } else if (got.outcome == IoOutcome::kEnd) {
      ended_ = true;
    } else {
      broke(got.outcome);
    }
  }
  void after_send(const IoResult& sent, std::size_t given) {
    if (sent.bytes == given) return;
    if (is_broken(sent.outcome)) return broke(sent.outcome);
    writable_ = false;
  }

  UniqueFd fd_;
  bool readable_;
  bool writable_;
  bool ended_ = false;
  bool gone_ = false;
  bool failed_here_ = false;
  bool registered_ = false;
  bool short_of_end_ = false;
};

}  // namespace demo
