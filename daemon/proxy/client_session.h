#pragma once

#include <cstdint>
#include <string_view>

#include "base/linked_list.h"
#include "base/unique_fd.h"
#include "event/timer_wheel.h"
#include "event/yielding_watch.h"
#include "http/request_head.h"
#include "net/buffer_pool.h"
#include "net/listener_handle.h"
#include "net/session_policy.h"
#include "proxy/client/client_peer.h"
#include "proxy/exchange/exchange.h"
#include "proxy/exchange/exchange_owner.h"
#include "proxy/relay/peer_socket.h"

namespace demo {

class HttpProxy;

// One client connection in proxy mode: reads request heads and has each request served by an exchange, one
// after the other. Owns its descriptor, its exchange, and a buffer while bytes wait in it. In a worker's
// HttpProxy.
//
//                 head complete: exchange_ is set
//   reading head ─────────────────────────────────▶ exchange
//        ▲                                              │
//        └──────── response passed on, kept ────────────┤
//   closed, handed over ◀── end, error, time-out ───────┴── last response passed on
class ClientSession final : public YieldingWatch, public Timer, public ListLink<>, private ExchangeOwner {
 public:
  ClientSession(HttpProxy& proxy, UniqueFd fd, ListenerHandle& listener, const Address* peer);

  // Begins with what was received already, then with what is there now. May destroy the session, as every
  // function below that says so.
  void start(std::string_view received);

  // The settings changed: closes if it is idle and must close. May destroy the session.
  void settle();
  // Ends it whatever it is doing. Destroys the session.
  void cut();

 private:
  friend class Watch;
  friend class Timer;
  friend class HttpProxy;

  enum class Go : bool { kStop, kOn };

  bool may_keep_connection() const override;
  bool watch() override;
  void go_on_next_turn() override;
  bool goes_on_later() const override { return called_again(); }
  void proceed(ExchangeStep step) override;

  void on_ready(std::uint32_t events);
  void on_timeout();

  // Reads and serves requests until something has to be waited for.
  void run();
  Go read_head();
  Go wait_for_head();
  Go take_head(std::string_view bytes, bool in_input);
  void begin_exchange(const RequestHead& head, std::string_view rest, bool in_input);
  Go finish_exchange();
  void refuse(const Rejection& rejection, bool head_only);
  void hand_over();
  void close_after_response();
  bool came_unseen() const;
  void end_exchange();
  void reset();
  void close();
  bool must_close() const;
  const SessionPolicy& policy() const;

  HttpProxy& proxy_;
  ListenerHandle& listener_;
  Exchange* exchange_ = nullptr;  // owned, in the proxy's slab
  Buffer input_;                  // received and not yet taken
  PeerSocket socket_;
  ClientPeer peer_;
  std::uint32_t requests_ = 0;  // answered, in the modes before too
  std::uint32_t seen_ = 0;      // bytes of input_ that are known not to complete the head
};
static_assert(sizeof(ClientSession) <= 256,
              "an idle client connection costs at most 256 bytes of user memory");

}  // namespace demo
