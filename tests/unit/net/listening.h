#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/connection_budget.h"
#include "net/connection_taker.h"
#include "net/listener_handle.h"
#include "stats/stats_page.h"

namespace demo {

// A zeroed statistics page, as a worker's is at its start.
inline std::unique_ptr<StatsPage> empty_stats() { return std::make_unique<StatsPage>(); }

// A taker that only keeps what it gets, and closes it when told.
class Keeper final : public ConnectionTaker {
 public:
  struct Taken {
    UniqueFd fd;
    ListenerHandle* listener;  // not owned
    std::string peer;
    std::string received;
  };

  explicit Keeper(bool wants_addresses = false) : wants_peer_(wants_addresses) {}
  bool wants_peer() const override { return wants_peer_; }
  void take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
            std::uint32_t) override {
    taken.push_back(
        {std::move(client), &listener, peer == nullptr ? "" : peer->to_string(), std::string(received)});
    then();
  }

  void close_one() {
    ListenerHandle& listener = *taken.back().listener;
    taken.pop_back();
    listener.connection_closed();
  }
  void close_all() {
    while (!taken.empty()) close_one();
  }

  std::vector<Taken> taken;
  std::function<void()> then = [] {};

 private:
  const bool wants_peer_;
};

}  // namespace demo
