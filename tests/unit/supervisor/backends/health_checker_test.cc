#include "supervisor/backends/health_checker.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "unit/descriptor_limit.h"

namespace demo {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A backend on the test's own loop that gives every connection the same answer.
template <typename Protocol>
class Backend {
 public:
  Backend(asio::io_context& loop, const typename Protocol::endpoint& at) : acceptor_(loop, at) { accept(); }

  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  bool silent = false;  // takes the request and never answers
  std::string last_request;
  int connections = 0;

  auto local_endpoint() const { return acceptor_.local_endpoint(); }
  void close() { acceptor_.close(); }

 private:
  using Socket = typename Protocol::socket;

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, Socket socket) {
      if (error) return;
      ++connections;
      serve(std::make_shared<Socket>(std::move(socket)));
      accept();
    });
  }

  void serve(std::shared_ptr<Socket> socket) {
    auto block = std::make_shared<std::string>(4096, '\0');
    socket->async_read_some(asio::buffer(*block), [this, socket, block](auto error, std::size_t size) {
      if (error) return;
      last_request = block->substr(0, size);
      if (silent) {
        kept_.push_back(socket);
        return;
      }
      asio::write(*socket, asio::buffer(answer), error);
    });
  }

  typename Protocol::acceptor acceptor_;
  std::vector<std::shared_ptr<Socket>> kept_;
};

using TcpBackend = Backend<asio::ip::tcp>;
using UnixBackend = Backend<asio::local::stream_protocol>;

class HealthCheckerTest : public testing::Test {
 protected:
  HealthCheckerTest()
      : backend_(loop_, {asio::ip::address_v4::loopback(), 0}),
        checker_(
            loop_,
            [this](const HealthTarget& target, bool up, const std::string& reason) {
              changes_.push_back(target.endpoint + (up ? " up: " : " down: ") + reason);
              if (on_change_) on_change_();
            },
            [this](const HealthTarget& target) { changes_.push_back(target.endpoint + " unchecked"); }) {
    const auto at = backend_.local_endpoint();
    address_ = Address::from_sockaddr(at.data(), static_cast<socklen_t>(at.size()));
  }

  static HealthCheck check(HealthCheckKind kind) {
    HealthCheck result;
    result.kind = kind;
    result.interval = milliseconds(10);
    result.timeout = milliseconds(5000);
    result.rise = 2;
    result.fall = 2;
    return result;
  }

  HealthTarget target(HealthCheck with) const { return {"default", "web:80", address_, std::move(with)}; }

  HealthChecker::Verdict verdict() const { return checker_.verdict("default", "web:80", address_); }

  template <typename Condition>
  void run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      loop_.restart();  // it stops whenever it has nothing to do
      loop_.run_one_for(milliseconds(100));
    }
    ASSERT_TRUE(condition());
  }

  void run_until_connections(int count) {
    const int goal = backend_.connections + count;
    run_until([&] { return backend_.connections >= goal; });
  }

  void run_until_changes(std::size_t count) {
    run_until([&] { return changes_.size() >= count; });
  }

  asio::io_context loop_;
  TcpBackend backend_;
  Address address_;  // the backend's
  std::vector<std::string> changes_;
  std::function<void()> on_change_;
  HealthChecker checker_;
};

TEST_F(HealthCheckerTest, TakesAShortageOfItsOwnForNoVerdict) {
  checker_.configure({target(check(HealthCheckKind::kTcp))});
  run_until_connections(2);
  {
    const NoDescriptors shortage;
    // Far more checks than it takes to be down.
    for (int i = 0; i < 50; ++i) {
      loop_.restart();
      loop_.run_one_for(milliseconds(20));
    }
    EXPECT_TRUE(verdict().up);
    EXPECT_THAT(verdict().shortage, HasSubstr("Too many open files"));
    EXPECT_THAT(changes_, IsEmpty());
  }
  run_until_connections(2);
  EXPECT_EQ(verdict().shortage, "");
  EXPECT_TRUE(verdict().up);
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(HealthCheckerTest, TakesAFamilyThatThisHostDoesNotHaveForAVerdict) {
  sockaddr unknown{};
  unknown.sa_family = AF_MAX - 1;
  address_ = Address::from_sockaddr(&unknown, sizeof unknown);
  checker_.configure({target(check(HealthCheckKind::kTcp))});
  run_until_changes(1);
  EXPECT_FALSE(verdict().up);
  EXPECT_THAT(verdict().reason, HasSubstr("socket: "));
  EXPECT_EQ(verdict().shortage, "");
}

TEST_F(HealthCheckerTest, BeginsWithTheProxyHeaderOfThePool) {
  using namespace std::string_literals;
  const std::pair<SendProxyProtocol, std::string> versions[] = {
      {SendProxyProtocol::kV1, "PROXY UNKNOWN\r\n"},
      {SendProxyProtocol::kV2, "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"s}};
  for (const auto& [version, header] : versions) {
    HealthTarget http = target(check(HealthCheckKind::kHttp));
    http.send_proxy_protocol = version;
    checker_.configure({http});
    run_until([&] { return backend_.last_request.starts_with(header + "GET / HTTP/1.1\r\n"); });
    HealthTarget tcp = target(check(HealthCheckKind::kTcp));
    tcp.send_proxy_protocol = version;
    checker_.configure({tcp});
    run_until([&] { return backend_.last_request == header; });
    EXPECT_TRUE(verdict().up);
  }
  checker_.configure({target(check(HealthCheckKind::kHttp))});
  run_until([&] { return backend_.last_request.starts_with("GET / HTTP/1.1\r\n"); });
}

TEST_F(HealthCheckerTest, TakesAnUncheckedTargetAsUp) {
  checker_.configure({target(check(HealthCheckKind::kNone))});
  EXPECT_TRUE(verdict().up);
  backend_.close();
  loop_.restart();
  loop_.run();  // ends: nothing is to do
  EXPECT_EQ(backend_.connections, 0);
}

TEST_F(HealthCheckerTest, KeepsATargetUpWhoseConnectionsSucceed) {
  checker_.configure({target(check(HealthCheckKind::kTcp))});
  run_until_connections(3);
  EXPECT_THAT(changes_, IsEmpty());
  EXPECT_TRUE(verdict().up);
  EXPECT_EQ(verdict().reason, "connected");
}

TEST_F(HealthCheckerTest, TakesDownATargetThatRefuses) {
  const HealthTarget refused = target(check(HealthCheckKind::kTcp));
  backend_.close();
  checker_.configure({refused});
  run_until_changes(1);
  EXPECT_THAT(changes_, ElementsAre("web:80 down: connect: Connection refused"));
  EXPECT_FALSE(checker_.verdict("default", "web:80", refused.address).up);
}

TEST_F(HealthCheckerTest, AsksForThePathAndFollowsTheStatusDownAndUp) {
  HealthCheck http = check(HealthCheckKind::kHttp);
  http.path = "/up";
  http.host = "web.example";
  checker_.configure({target(http)});
  run_until([&] { return verdict().reason == "status 200"; });
  EXPECT_THAT(backend_.last_request, HasSubstr("GET /up HTTP/1.1\r\nHost: web.example\r\n"));
  backend_.answer = "HTTP/1.1 500 Oh\r\n\r\n";
  run_until_changes(1);
  EXPECT_FALSE(verdict().up);
  EXPECT_EQ(verdict().reason, "status 500");
  backend_.answer = "HTTP/1.1 301 Moved\r\n\r\n";
  run_until_changes(2);
  EXPECT_THAT(changes_, ElementsAre("web:80 down: status 500", "web:80 up: status 301"));
  EXPECT_TRUE(verdict().up);
}

TEST_F(HealthCheckerTest, WantsTheExpectedStatus) {
  HealthCheck http = check(HealthCheckKind::kHttp);
  http.expected_status = 204;
  checker_.configure({target(http)});
  run_until_changes(1);
  EXPECT_THAT(changes_, ElementsAre("web:80 down: status 200"));
}

TEST_F(HealthCheckerTest, SendsTheEndpointAsHostWhenNoneIsSet) {
  checker_.configure({target(check(HealthCheckKind::kHttp))});
  run_until([&] { return !backend_.last_request.empty(); });
  EXPECT_THAT(backend_.last_request, HasSubstr("\r\nHost: web:80\r\n"));
}

TEST_F(HealthCheckerTest, TakesDownATargetThatTalksSomethingElse) {
  backend_.answer = "220 mail.example ESMTP\r\n";
  checker_.configure({target(check(HealthCheckKind::kHttp))});
  run_until_changes(1);
  EXPECT_THAT(changes_, ElementsAre("web:80 down: not an HTTP response"));
}

TEST_F(HealthCheckerTest, TakesDownATargetThatClosesWithoutAResponse) {
  backend_.answer = "";
  checker_.configure({target(check(HealthCheckKind::kHttp))});
  run_until_changes(1);
  EXPECT_THAT(changes_, ElementsAre("web:80 down: closed without a response"));
}

TEST_F(HealthCheckerTest, TakesDownATargetThatDoesNotAnswerInTime) {
  backend_.silent = true;
  HealthCheck http = check(HealthCheckKind::kHttp);
  http.timeout = milliseconds(50);
  checker_.configure({target(http)});
  run_until_changes(1);
  EXPECT_THAT(changes_, ElementsAre("web:80 down: no response within 50ms"));
}

TEST_F(HealthCheckerTest, ReadsNoFurtherThanItsBoundFromAFlood) {
  backend_.answer = "HTTP/1.1 103 Early Hints\r\n" + std::string(100'000, 'x');
  checker_.configure({target(check(HealthCheckKind::kHttp))});
  run_until_changes(1);
  EXPECT_THAT(changes_, ElementsAre("web:80 down: no status in the response"));
}

TEST_F(HealthCheckerTest, ChecksUnixSocketsToo) {
  const std::string path = testing::TempDir() + "health_checker_test.sock";
  ::unlink(path.c_str());
  UnixBackend backend(loop_, asio::local::stream_protocol::endpoint(path));
  HealthTarget unix_target = target(check(HealthCheckKind::kHttp));
  unix_target.address = *Address::parse("unix:" + path);
  checker_.configure({unix_target});
  const auto reason = [&] { return checker_.verdict("default", "web:80", unix_target.address).reason; };
  run_until([&] { return reason() == "status 200"; });
  EXPECT_THAT(backend.last_request, HasSubstr("\r\nHost: localhost\r\n"));
  ::unlink(path.c_str());
}

TEST_F(HealthCheckerTest, KeepsTheCountsOfATargetThatStays) {
  HealthCheck tcp = check(HealthCheckKind::kTcp);
  const HealthTarget refused = target(tcp);
  backend_.close();
  checker_.configure({refused});
  run_until_changes(1);
  HealthTarget changed = refused;
  changed.check.rise = 5;
  checker_.configure({changed});
  EXPECT_FALSE(checker_.verdict("default", "web:80", refused.address).up);
  EXPECT_EQ(changes_.size(), 1U);
}

TEST_F(HealthCheckerTest, GoesOnFromWhatWasFoundBefore) {
  const HealthChecker::Key key{"default", "web:80", address_.to_string()};
  checker_.remember({{key, {false, true, "connect: refused", ""}}});
  HealthCheck seldom = check(HealthCheckKind::kTcp);
  seldom.interval = std::chrono::hours(1);
  checker_.configure({target(seldom)});
  EXPECT_FALSE(verdict().up);
  EXPECT_EQ(verdict().reason, "connect: refused");
  EXPECT_EQ(checker_.known().at(key).reason, "connect: refused");
  // Successes bring it back, as after failures that it saw itself.
  checker_.configure({target(check(HealthCheckKind::kTcp))});
  run_until_changes(1);
  EXPECT_TRUE(verdict().up);
}

TEST_F(HealthCheckerTest, KnowsNothingOfATargetThatWasNotChecked) {
  checker_.configure({target(check(HealthCheckKind::kTcp))});
  EXPECT_THAT(checker_.known(), IsEmpty());
}

TEST_F(HealthCheckerTest, StopsToCheckAVanishedTargetWithoutACallback) {
  backend_.silent = true;
  checker_.configure({target(check(HealthCheckKind::kHttp))});
  run_until_connections(1);
  checker_.configure({});
  backend_.close();
  loop_.restart();
  loop_.run();  // ends: no timer and no probe is left
  EXPECT_THAT(changes_, IsEmpty());
}

// Nobody would hear that it is up.
TEST_F(HealthCheckerTest, TellsTheEndOfAVanishedTargetThatWasDown) {
  backend_.answer = "";
  HealthTarget down = target(check(HealthCheckKind::kHttp));
  checker_.configure({down});
  run_until_changes(1);
  down.check.kind = HealthCheckKind::kNone;
  checker_.configure({down});
  checker_.configure({});
  EXPECT_THAT(changes_, ElementsAre(HasSubstr("web:80 down"), "web:80 unchecked"));
  EXPECT_TRUE(verdict().up);
}

TEST_F(HealthCheckerTest, TakesOverAShorterIntervalAtOnce) {
  HealthCheck slow = check(HealthCheckKind::kTcp);
  checker_.configure({target(slow)});
  run_until([&] { return verdict().reason == "connected"; });
  slow.interval = std::chrono::hours(1);
  checker_.configure({target(slow)});
  checker_.configure({target(check(HealthCheckKind::kTcp))});
  run_until_connections(2);
}

TEST_F(HealthCheckerTest, MayBeReconfiguredFromTheCallback) {
  backend_.answer = "";
  on_change_ = [this] { checker_.configure({}); };
  checker_.configure({target(check(HealthCheckKind::kHttp))});
  run_until_changes(1);
  backend_.close();
  loop_.restart();
  loop_.run();
  EXPECT_THAT(changes_, ElementsAre("web:80 down: closed without a response", "web:80 unchecked"));
}

}  // namespace
}  // namespace demo
