// What the log tells of a connection at level debug.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"
#include "proxy_harness.h"

namespace demo::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::mutex told_mutex;
std::vector<std::string> logged_lives;

void keep_line(LogLevel, std::string_view line) {
  const std::lock_guard lock(told_mutex);
  logged_lives.emplace_back(line);
}

class ConnectionLife : public WithBackend {
 protected:
  ConnectionLife() {
    logged_lives.clear();
    set_log_sink(keep_line);
    set_log_level(LogLevel::kDebug);
  }
  ~ConnectionLife() override {
    set_log_level(LogLevel::kInfo);
    set_log_sink(stderr_sink);
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(told_mutex);
    return logged_lives;
  }
};

TEST_F(ConnectionLife, TellsWhatItAsksWhoIsChosenAndHowItEnds) {
  EXPECT_THAT(answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                     "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
              HasSubstr("200"));
  EXPECT_TRUE(client_connections_end());
  std::vector<std::string> all = lines();
  std::erase_if(all, [](const std::string& line) { return line.ends_with(": connected"); });
  EXPECT_THAT(all, ElementsAre(HasSubstr(": asks GET /a HTTP/1.1, host h"),
                               HasSubstr(": pool default, round-robin, attempt 1: 127.0.0.1:"),
                               HasSubstr(": answered 200, the last answer"), HasSubstr(": ended")));
}

TEST_F(ConnectionLife, IsToldOfTcpModeWithWhatWasRelayed) {
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect("question");
  TestPeer served = backend.accept();
  EXPECT_EQ(served.read_bytes(8), "question");
  client.close();
  served.close();
  EXPECT_TRUE(client_connections_end());
  EXPECT_THAT(lines(), testing::Contains(HasSubstr(": connected, relays")));
  EXPECT_THAT(lines().back(), HasSubstr("8 bytes of the client relayed, 0 of the backend"));
}

}  // namespace
}  // namespace demo::test
