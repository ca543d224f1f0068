#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quota/quota_keeper.h"
#include "unit/event/turns.h"
#include "unit/net/client.h"
#include "unit/quota/shared_area.h"
#include "worker/listener_set.h"

namespace demo {

inline constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

// A worker's listeners and modes on a loop that the test turns.
class ListenerSetRig : public ::testing::Test {
 protected:
  ListenerSetRig() {
    snapshot_.client_keepalive.enabled = true;
    snapshot_.listeners = {listener(0, ListenerMode::kServer)};
  }
  ~ListenerSetRig() override {
    set_.stop_accepting();
    modes_.cut();
  }

  static SnapshotListener listener(std::uint32_t slot, ListenerMode mode) {
    SnapshotListener made;
    made.slot = slot;
    made.mode = mode;
    made.address = Address::parse("127.0.0.1:" + std::to_string(1000 + slot)).value();
    made.pool = "default";
    return made;
  }
  struct Grant {
    std::uint64_t id;
    std::uint32_t slot;
    const LoopbackServer& server;
  };
  std::vector<std::string> apply(const std::vector<Grant>& grants) {
    std::vector<SocketGrant> sockets;
    for (const Grant& grant : grants)
      sockets.push_back({grant.id, grant.slot, SharedFd(grant.server.copy())});
    return apply_all(std::move(sockets));
  }
  // Sockets of the first listener that it is said to have.
  std::vector<std::string> apply_held(const std::vector<std::uint64_t>& ids) {
    std::vector<SocketGrant> sockets;
    for (const std::uint64_t id : ids) sockets.push_back({id, 0, SharedFd()});
    return apply_all(std::move(sockets));
  }
  std::vector<std::string> apply_all(std::vector<SocketGrant> sockets) {
    QuotaKeeper::Limits limits{};
    limits[kClientGate] = snapshot_.max_connections;
    keeper_.set_limits(limits);
    set_.apply_listeners(snapshot_);
    modes_.apply(snapshot_);
    return set_.apply_sockets(std::move(sockets));
  }
  bool received(Client& client, std::string_view text) {
    return turns_.until([&] {
      client.read();
      return client.received().find(text) != std::string::npos;
    });
  }
  bool answered(Client& client, std::string_view request = kGet) {
    client.received().clear();
    client.send(request);
    return received(client, "\r\n\r\nOK\n");
  }
  bool closed(Client& client) {
    return turns_.until([&] { return !client.open(); }) && client.ended();
  }

  Turns turns_;
  BufferPool buffers_{turns_.loop().housekeeping()};
  StatsArea stats_ = StatsArea::create().value();
  StatsPage& page_ = stats_.writable_page(0);
  QuotaKeeper keeper_{QuotaArea::create(1).value()};
  QuotaArea area_ = test::shared_area(keeper_.area());
  Quota quota_{area_, 0};
  Modes modes_{turns_.loop(), buffers_, stats_, quota_, 0, [](const BackendNotice&) {}};
  ListenerSet set_{turns_.loop(), modes_, page_, quota_};
  Snapshot snapshot_;
  LoopbackServer first_;
  LoopbackServer second_;
};

}  // namespace demo
