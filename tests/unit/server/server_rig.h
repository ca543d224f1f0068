#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/snapshot.h"
#include "net/buffer_pool.h"
#include "net/connection_budget.h"
#include "net/lingering_close.h"
#include "net/listener_handle.h"
#include "server/answers.h"
#include "server/session_server.h"
#include "stats/stats_page.h"
#include "test_response.h"
#include "unit/event/turns.h"
#include "unit/net/client.h"

namespace demo {

inline constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
inline constexpr std::string_view kGetClose = "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
inline constexpr std::string_view kPost =
    "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n0123456789";
inline constexpr std::string_view kChunked =
    "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: 1\r\n\r\n";

inline std::string get_of(std::string_view target, std::string_view more_fields = "") {
  std::string request = "GET ";
  request.append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(more_fields).append("\r\n");
  return request;
}

// Server mode as a worker composes it, on a real loop and real loopback connections, turned by the test.
class ServerRig : public ::testing::Test {
 protected:
  ServerRig();
  ~ServerRig() override;

  // The settings of `snapshot` take effect, as when the supervisor sends them.
  void apply();

  // Buffer sizes as setsockopt(2) takes them; 0 keeps the kernel's.
  struct Buffers {
    int send = 0;            // of our side
    int client_receive = 0;  // of the client
  };
  // A client whose connection the listener's taker has.
  Client connect(Buffers sizes);
  Client connect() { return connect(Buffers()); }

  // Turns until the client has a complete response and takes it; a status of 0 when none comes.
  TestResponse answer(Client& client, bool head_only = false);
  TestResponse ask(Client& client, std::string_view request, bool head_only = false);
  // Turns until the client's connection has been closed in order by the server. Nothing may be left to read.
  bool closed(Client& client);
  // After everything that is under way was done: whether the connection is open and nothing was sent.
  bool quiet(Client& client);
  bool all_closed();

  Turns turns;
  BufferPool buffers{turns.loop().housekeeping()};
  const std::unique_ptr<StatsPage> page = std::make_unique<StatsPage>();
  ConnectionBudget budget{1'000'000};
  LingeringClose lingering{turns.loop(), buffers};
  Answers answers{Response{}};
  HttpServer http{turns.loop(), buffers, lingering, *page, answers};
  RawServer raw{turns.loop(), buffers, lingering, *page, answers};
  ListenerHandle listener{SnapshotListener{}, page->listeners[0], page->worker, budget};
  LoopbackServer server;
  Snapshot snapshot;
};

}  // namespace demo
