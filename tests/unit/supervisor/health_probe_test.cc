#include "supervisor/health_probe.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace demo {
namespace {

namespace asio = boost::asio;

// The side that closes a connection with FIN keeps its port for a minute.
TEST(HealthProbe, GivesItsPortBackWhenItIsCancelledBeforeItHearsThatItIsConnected) {
  asio::io_context loop;
  asio::io_context backends_loop;
  asio::ip::tcp::acceptor backend(backends_loop, {asio::ip::address_v4::loopback(), 0});
  const auto at = backend.local_endpoint();
  HealthTarget target;
  target.pool = "default";
  target.endpoint = "web:80";
  target.address = Address::from_sockaddr(at.data(), static_cast<socklen_t>(at.size()));
  target.check.kind = HealthCheckKind::kTcp;
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
