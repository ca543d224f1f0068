#pragma once

#include <chrono>
#include <cstdint>

#include "base/address.h"
#include "channel/channel.h"
#include "event/loop.h"
#include "event/timer_wheel.h"
#include "event/watch.h"

namespace demo {

// The worker's end of its channel, in the worker's loop.
class SupervisorLink final : public Watch, private Timer {
 public:
  // What the supervisor wants. Called from the loop.
  class Receiver {
   public:
    virtual ~Receiver() = default;
    virtual void on_snapshot(ApplySnapshot message) = 0;
    virtual void on_drain(std::chrono::milliseconds deadline) = 0;
    // The address is not to be trusted for this time, as another worker found out.
    virtual void on_distrust(const Address& address, std::chrono::milliseconds time) = 0;
    // The worker before this one has ejected a backend address, for the time that the notice says.
    virtual void on_ejection(const BackendNotice& ejection) = 0;
    // When the channel ends there is to be no deadline, or there is.
    virtual void on_patience(bool granted) = 0;
    // The supervisor has ended the channel, or is gone.
    virtual void on_lost() = 0;
    // After on_lost(): there is no supervisor any more.
    virtual void on_alone() = 0;
    // What the supervisor says makes no sense, other_build() where it is of another: no more is read of it.
    virtual void on_nonsense(const Error& error) = 0;
  };

  SupervisorLink(Loop& loop, UniqueFd channel, Receiver& receiver);
  Status open();

  // Queues what the socket does not take; a broken channel shows as on_lost()
  // or on_nonsense().
  void send(Message message);
  // Tries to send everything within the time, blocking; for the last words before exit.
  void send_finally(Message message, std::chrono::milliseconds time);

 private:
  friend class Watch;
  friend class Timer;
  void on_ready(std::uint32_t events);
  // Tries again what failed for a lack of descriptors or memory.
  void on_timeout() { on_ready(0); }
  void retry_later();
  void lose();
  void give_up(const Error& error);

  Loop& loop_;
  Receiver& receiver_;
  Channel channel_;
  bool lost_ = false;  // nothing is read or sent any more
};

}  // namespace demo
