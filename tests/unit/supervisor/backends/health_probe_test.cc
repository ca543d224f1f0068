#include "supervisor/backends/health_probe.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>

#include "unit/event/stopped_process.h"
#include "unit/full_unix_queue.h"
#include "unit/own_network.h"

namespace demo {
namespace {

namespace asio = boost::asio;

HealthTarget tcp_target(const Address& address, std::chrono::milliseconds timeout) {
  HealthTarget target;
  target.pool = "default";
  target.endpoint = "web:80";
  target.address = address;
  target.check.kind = HealthCheckKind::kTcp;
  target.check.timeout = timeout;
  return target;
}

struct Verdict {
  ProbeOutcome outcome = ProbeOutcome::kNotMade;
  std::string reason;
};

HealthProbe::Done into(Verdict& verdict) {
  return [&verdict](ProbeOutcome outcome, const std::string& reason) { verdict = {outcome, reason}; };
}

TEST(HealthProbe, FindsNoHealthInAUnixSocketWhoseQueueIsFull) {
  const test::FullUnixQueue queue;
  asio::io_context loop;
  Verdict verdict;
  const HealthTarget target = tcp_target(queue.address(), std::chrono::milliseconds(100));
  std::make_shared<HealthProbe>(loop, target)->start(into(verdict));
  loop.run();
  EXPECT_EQ(verdict.outcome, ProbeOutcome::kFailed);
  EXPECT_EQ(verdict.reason, "no connection within 100ms");
}

TEST(HealthProbe, WaitsForRoomInTheQueueOfAUnixSocket) {
  test::FullUnixQueue queue;
  asio::io_context loop;
  Verdict verdict;
  const HealthTarget target = tcp_target(queue.address(), std::chrono::seconds(10));
  std::make_shared<HealthProbe>(loop, target)->start(into(verdict));
  loop.run_one();  // finds it full
  queue.make_room();
  loop.run();
  EXPECT_EQ(verdict.outcome, ProbeOutcome::kHealthy);
}

TEST(HealthProbe, FailsWhereThisHostHasNoAddressOfTheBackendsFamily) {
  const bool possible = test::in_own_network(test::kWithoutIpv6, [] {
    asio::io_context loop;
    Verdict verdict;
    const HealthTarget target = tcp_target(*Address::parse("[2001:db8::1]:80"), std::chrono::seconds(10));
    std::make_shared<HealthProbe>(loop, target)->start(into(verdict));
    loop.run();
    EXPECT_EQ(verdict.outcome, ProbeOutcome::kFailed);
    EXPECT_EQ(verdict.reason, "connect: Cannot assign requested address");
  });
  if (!possible) GTEST_SKIP() << test::kNoOwnNetwork;
}

TEST(HealthProbe, WaitsForAnAnswerOnlyWhileItIsNotStoppedItself) {
  const RightClockAfterwards clock;
  asio::io_context loop;
  asio::io_context backends_loop;
  asio::ip::tcp::acceptor backend(backends_loop, {asio::ip::address_v4::loopback(), 0});
  const auto at = backend.local_endpoint();
  HealthTarget target = tcp_target(Address::from_sockaddr(at.data(), static_cast<socklen_t>(at.size())),
                                   std::chrono::seconds(5));
  target.check.kind = HealthCheckKind::kHttp;
  Verdict verdict;
  std::make_shared<HealthProbe>(loop, target)->start(into(verdict));
  asio::ip::tcp::socket accepted(backends_loop);
  backend.async_accept(accepted, [](boost::system::error_code) {});
  while (backends_loop.poll() == 0) loop.run_one();
  loop.poll();  // the request is sent
  stop_now(std::chrono::minutes(1));
  loop.run_one();  // the first look at the time
  ASSERT_EQ(verdict.reason, "");
  asio::write(accepted, asio::buffer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")));
  accepted.close();
  loop.run();
  EXPECT_EQ(verdict.outcome, ProbeOutcome::kHealthy);
  EXPECT_EQ(verdict.reason, "status 200");
}

// The side that closes a connection with FIN keeps its port for a minute.
TEST(HealthProbe, GivesItsPortBackWhenItIsCancelledBeforeItHearsThatItIsConnected) {
  asio::io_context loop;
  asio::io_context backends_loop;
  asio::ip::tcp::acceptor backend(backends_loop, {asio::ip::address_v4::loopback(), 0});
  const auto at = backend.local_endpoint();
  const HealthTarget target = tcp_target(Address::from_sockaddr(at.data(), static_cast<socklen_t>(at.size())),
                                         std::chrono::seconds(1));
  const auto probe = std::make_shared<HealthProbe>(loop, target);
  probe->start([](ProbeOutcome, const std::string&) { FAIL() << "told after cancel()"; });
  loop.run_one();  // connects; the handler that tells of it is not called
  asio::ip::tcp::socket accepted = backend.accept();
  probe->cancel();
  loop.run();
  char byte = 0;
  boost::system::error_code error;
  accepted.read_some(asio::buffer(&byte, 1), error);
  EXPECT_EQ(error, asio::error::connection_reset);
}

}  // namespace
}  // namespace demo
