#pragma once

#include <chrono>
#include <cstdint>

#include "config/pool.h"
#include "config/traffic.h"
#include "event/loop.h"
#include "proxy/exchange/relay_step.h"

namespace demo {

// Whom, or what, a direction of an exchange waits for.
enum class WaitFor : std::uint8_t {
  kNothing,
  kQueue,
  kConnect,
  kClientBody,
  kBackendRoom,
  kBackendHead,
  kBackendBody,
  kClientRoom,
  kTunnelByte,
};

// Who is waited for after a step of a request. awaits_continue: the client sends no body before it hears a
// 100.
WaitFor awaited_for_request(RelayStep step, bool awaits_continue);
// The same of a response. backends_turn: the backend has all that it will get before it says something.
WaitFor awaited_for_response(RelayStep step, bool backends_turn, bool has_head);

// What the two directions of one exchange wait for, and until when. Arms no timer: its exchange does.
class ExchangeWaits {
 public:
  // What is borrowed outlives it.
  ExchangeWaits(const Loop& loop, const ClientTimeouts& client) : loop_(loop), client_(client) {}

  // Before anything of the backend's is waited for. The times outlive it.
  void begin(const PoolTimeouts& backend) { backend_ = &backend; }

  WaitFor for_request() const { return request_.what; }
  WaitFor for_response() const { return response_.what; }
  // From now on, in the time that there is for it; progress: which begins anew though it is the same.
  void wait_for_request(WaitFor what, bool progress) { wait(request_, what, progress); }
  void wait_for_response(WaitFor what, bool progress) { wait(response_, what, progress); }
  // The same in a time that began at since_ns (monotonic).
  void wait_for_response_since(WaitFor what, std::uint64_t since_ns);
  void end_of_request() { request_ = {}; }
  void end_of_response() { response_ = {}; }

  // When the next time is over, of Loop::watched_ns(); UINT64_MAX: nothing is waited for.
  std::uint64_t until_ns() const;
  // What was waited for whose time is over, and is not any more; kNothing: there is none.
  WaitFor take_expired();

 private:
  struct Wait {
    WaitFor what = WaitFor::kNothing;
    std::uint64_t until_ns = 0;  // of Loop::watched_ns()
  };

  std::uint64_t time_ns(WaitFor what) const;
  std::chrono::milliseconds time(WaitFor what) const;
  void wait(Wait& side, WaitFor what, bool progress);

  const Loop& loop_;
  const ClientTimeouts& client_;
  const PoolTimeouts* backend_ = nullptr;  // not owned
  Wait request_;
  Wait response_;
};

}  // namespace demo
