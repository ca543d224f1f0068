#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/address.h"
#include "base/linked_list.h"
#include "config/snapshot.h"
#include "event/loop.h"
#include "event/slab.h"
#include "net/buffer_pool.h"
#include "net/lingering_close.h"
#include "server/answers.h"
#include "server/http_session.h"
#include "server/raw_session.h"
#include "server/session_owner.h"
#include "stats/stats_page.h"

namespace demo {

// One mode of answering in one worker: its client connections, each a session, and what they work with. Owns
// the sessions.
template <typename Session>
class SessionServer final : public SessionOwner {
 public:
  // What is borrowed outlives it.
  SessionServer(Loop& loop, BufferPool& buffers, LingeringClose& lingering, StatsPage& stats,
                Answers& answers)
      : environment_(loop, buffers, lingering, stats, answers, *this), sessions_(loop) {}
  ~SessionServer() override { cut(); }
  SessionServer(const SessionServer&) = delete;
  SessionServer& operator=(const SessionServer&) = delete;

  void take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
            std::uint32_t served) override {
    Session& session = sessions_.create(environment_, std::move(client), listener);
    all_.push_front(session);
    if (peer != nullptr) {
      session.set_peer_told();
      peers_.emplace(&session, *peer);
    }
    session.set_served(served);
    session.start(received);
  }

  // Settings from now on. Connections that no longer may stay open close: idle ones after a moment, others
  // after their response.
  void apply(const Snapshot& snapshot) {
    const bool kept = environment_.policy.keepalive.enabled;
    environment_.apply(snapshot);
    if (kept && !environment_.policy.keepalive.enabled) close_idle();
  }
  // The listeners are gone or are served elsewhere: their idle connections close or move.
  void leave(const ListenerHandles& listeners) {
    close_idle_if([&](const Session& session) { return listeners.contains(&session.listener()); });
  }
  // Every response from now on is its connection's last; idle connections close.
  void drain() {
    environment_.policy.draining = true;
    close_idle();
  }
  // Closes what is left; how many connections that were.
  std::uint64_t cut() {
    std::uint64_t count = 0;
    for (; !all_.empty(); ++count) all_.front().close_now();
    return count;
  }

  std::size_t connections() const { return sessions_.live(); }

 private:
  void retire(AnsweredConnection& session) override {
    if (session.peer_told()) peers_.erase(&session);
    sessions_.retire(static_cast<Session&>(session));
  }
  const Address* told_peer(const AnsweredConnection& session) const override {
    return session.peer_told() ? &peers_.at(&session) : nullptr;
  }

  void close_idle() {
    close_idle_if([](const Session&) { return true; });
  }
  template <typename Chosen>
  void close_idle_if(Chosen chosen) {
    for (auto next = all_.begin(); next != all_.end();) {
      Session& session = *next++;
      if (chosen(session)) session.close_when_idle();
    }
  }

  typename Session::Environment environment_;
  Slab<Session> sessions_;
  LinkedList<Session> all_;
  // Of clients of which somebody else than the kernel knows the address, for where they may move to. Beside
  // the sessions, which stay smaller.
  std::unordered_map<const AnsweredConnection*, Address> peers_;
};

// Mode server: answers every complete request with the configured response, or as it asks.
using HttpServer = SessionServer<HttpSession>;
// Mode raw: the configured response to whatever bytes arrive, unparsed, once for each recv(2). For measuring
// the network stack alone, as the original daemon did.
using RawServer = SessionServer<RawSession>;

}  // namespace demo
