#pragma once

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/address.h"
#include "supervisor/backends/health_target.h"
#include "supervisor/loop/loop_timer.h"

namespace demo {

// What a check says of its backend.
enum class ProbeOutcome : std::uint8_t {
  kHealthy,
  kFailed,
  kNotMade,  // this host lacked something for it: nothing
};

// One check of one address: connects, sends the PROXY header of the pool and, for HTTP, asks once. Owns its
// socket and its timer on the supervisor's loop; keeps itself alive until it is over.
class HealthProbe : public std::enable_shared_from_this<HealthProbe> {
 public:
  // reason: "connected", "status 200", "connect: Connection refused", "no response within 1s".
  using Done = std::function<void(ProbeOutcome outcome, const std::string& reason)>;

  HealthProbe(boost::asio::io_context& loop, const HealthTarget& target);

  // Calls done once, on the loop, within the check's timeout; not before it returns.
  void start(Done done);
  // done is not called any more.
  void cancel();

 private:
  void connect();
  void connect_unix();
  // call: the one that failed.
  void fail_connecting(const char* call, const boost::system::error_code& error);
  void on_timeout();
  void on_connected();
  void on_opened();
  void read_more();
  void on_read(std::size_t size);
  void finish(ProbeOutcome outcome, const std::string& reason);
  void close();

  const Address address_;
  const HealthCheck check_;
  const std::string opening_;  // what is sent at first; empty: nothing
  boost::asio::generic::stream_protocol::socket socket_;
  LoopTimer timer_;
  boost::asio::steady_timer queue_rest_;
  Done done_;  // empty once called
  const char* phase_ = "connection";
  std::string received_;
  bool ended_ = false;       // by the backend
  std::size_t drained_ = 0;  // bytes read after the verdict
  std::array<char, 4096> block_;
};

}  // namespace demo
