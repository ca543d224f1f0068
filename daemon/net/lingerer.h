#pragma once

#include <cstddef>
#include <cstdint>

#include "base/linked_list.h"
#include "base/unique_fd.h"
#include "event/timer_wheel.h"
#include "event/watch.h"
#include "net/listener_handle.h"

namespace demo {

class LingeringClose;

// One client connection that is being closed gently. In a worker's LingeringClose.
class Lingerer final : public Watch, public Timer, public ListLink<> {
 public:
  Lingerer(LingeringClose& owner, UniqueFd fd, ListenerHandle& listener)
      : Watch(Watch::call<Lingerer>),
        Timer(Timer::call<Lingerer>),
        owner_(owner),
        listener_(listener),
        fd_(std::move(fd)) {}

 private:
  friend class Watch;
  friend class Timer;
  friend class LingeringClose;

  void on_ready(std::uint32_t events);
  void on_timeout();

  LingeringClose& owner_;
  ListenerHandle& listener_;
  std::size_t drained_bytes_ = 0;
  UniqueFd fd_;
};

}  // namespace demo
