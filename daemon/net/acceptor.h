#pragma once

#include <cstdint>

#include "base/unique_fd.h"
#include "event/loop.h"
#include "event/watch.h"
#include "net/listener_handle.h"

namespace demo {

class AcceptThrottle;

// Accepts on one listening socket and hands each connection to the listener's taker. Owns this worker's copy
// of the socket: closing it leaves the supervisor's open, and with it the queue.
class Acceptor final : public Watch {
 public:
  // id: the supervisor's number of the socket. exclusive: wake one worker a connection (EPOLLEXCLUSIVE).
  Acceptor(Loop& loop, AcceptThrottle& throttle, ListenerHandle& listener, std::uint64_t id, UniqueFd socket,
           bool exclusive);
  ~Acceptor();

  std::uint64_t id() const { return id_; }
  ListenerHandle& listener() const { return listener_; }

  // Registers with epoll; no-ops when it already is (or is not). When epoll does not take it, it is tried
  // again later.
  Status resume();
  void pause();

  // Accepts the next connection if there is one.
  void accept_one() { accept_up_to(1); }

  // Accepts what the queue holds now, without waiting; for a socket that this worker is about to give up.
  void empty_queue();

 private:
  friend class Watch;
  void on_ready(std::uint32_t events);
  // Accepts up to count connections; returns how many, fewer when the queue is empty or accepting was paused.
  unsigned accept_up_to(unsigned count);

  Loop& loop_;
  AcceptThrottle& throttle_;
  ListenerHandle& listener_;
  const std::uint64_t id_;
  const bool exclusive_;
  bool watching_ = false;
  unsigned burst_ = 1;     // how many to accept per wake-up, follows what arrives
  unsigned singles_ = 0;   // full bursts of one in a row
  unsigned patience_ = 1;  // how many of them make a larger burst worth trying
  UniqueFd socket_;
};

}  // namespace demo
