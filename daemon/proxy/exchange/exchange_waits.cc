#include "proxy/exchange/exchange_waits.h"

#include <algorithm>

namespace demo {

WaitFor awaited_for_request(RelayStep step, bool awaits_continue) {
  if (step == RelayStep::kWaitsToSend) return WaitFor::kBackendRoom;
  return step == RelayStep::kWaitsToReceive && !awaits_continue ? WaitFor::kClientBody : WaitFor::kNothing;
}

WaitFor awaited_for_response(RelayStep step, bool backends_turn, bool has_head) {
  if (step == RelayStep::kWaitsToSend) return WaitFor::kClientRoom;
  if (step != RelayStep::kWaitsToReceive || !backends_turn) return WaitFor::kNothing;
  return has_head ? WaitFor::kBackendBody : WaitFor::kBackendHead;
}

std::chrono::milliseconds ExchangeWaits::time(WaitFor what) const {
  switch (what) {
    case WaitFor::kNothing:
      break;
    case WaitFor::kQueue:
      return backend_->queue;
    case WaitFor::kConnect:
      return backend_->connect;
    case WaitFor::kClientBody:
      return client_.body;
    case WaitFor::kBackendHead:
      return backend_->head;
    case WaitFor::kBackendRoom:
    case WaitFor::kBackendBody:
      return backend_->body;
    case WaitFor::kClientRoom:
      return client_.write;
    case WaitFor::kTunnelByte:
      return backend_->tunnel;
  }
  return {};
}

std::uint64_t ExchangeWaits::time_ns(WaitFor what) const {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(time(what)).count());
}

void ExchangeWaits::wait(Wait& side, WaitFor what, bool progress) {
  if (what == side.what && !progress) return;
  side.what = what;
  side.until_ns = what == WaitFor::kNothing ? 0 : loop_.watched_ns() + time_ns(what);
}

void ExchangeWaits::wait_for_response_since(WaitFor what, std::uint64_t since_ns) {
  const std::uint64_t whole_ns = time_ns(what);
  const std::uint64_t left_ns = whole_ns - std::min(whole_ns, loop_.watched_since(since_ns));
  response_ = {what, loop_.watched_ns() + left_ns};
}

std::uint64_t ExchangeWaits::until_ns() const {
  std::uint64_t until_ns = UINT64_MAX;
  for (const Wait* side : {&request_, &response_}) {
    if (side->what != WaitFor::kNothing) until_ns = std::min(until_ns, side->until_ns);
  }
  return until_ns;
}

WaitFor ExchangeWaits::take_expired() {
  const std::uint64_t now_ns = loop_.watched_ns();
  for (Wait* side : {&request_, &response_}) {
    if (side->what == WaitFor::kNothing || side->until_ns > now_ns) continue;
    const WaitFor what = side->what;
    *side = {};
    return what;
  }
  return WaitFor::kNothing;
}

}  // namespace demo
