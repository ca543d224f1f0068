#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "control/connections/frame_guard.h"

namespace demo {

// Copies bytes between a client of a control socket and gRPC, one way no faster than the other end takes
// them, and ends when either has gone or the guard says so. Owns both descriptors; lives while it waits for
// either. On the thread of the loop.
class RelayedConnection : public std::enable_shared_from_this<RelayedConnection> {
 public:
  // Told once, why the guard ended it.
  using Refused = std::function<void(std::string_view reason)>;

  // budget: the client's, outlives the connection.
  RelayedConnection(boost::asio::io_context& loop, FrameBudget& budget, Refused refused);
  RelayedConnection(const RelayedConnection&) = delete;
  RelayedConnection& operator=(const RelayedConnection&) = delete;

  // Once. client, grpc: stream sockets, non-blocking; both are closed where the loop cannot watch them.
  void start(UniqueFd client, UniqueFd grpc);
  // Whatever is under way. After start().
  void end_after(std::chrono::milliseconds patience);
  // Ends it at once. Idempotent.
  void close();

 private:
  using Descriptor = boost::asio::posix::stream_descriptor;
  struct Way {
    Descriptor& from;
    Descriptor& to;
    std::string pending{};  // read and not yet written
  };

  // Copies until one side has to be waited for.
  void pump(Way& way);
  // False: nothing more to read now.
  bool read(Way& way);
  // False: not all could be written now.
  bool write(Way& way, std::string_view bytes);
  void wait(Way& way, Descriptor& side, Descriptor::wait_type what);
  void limit_wait();
  void end(Way& way);

  Descriptor client_;
  Descriptor grpc_;
  Way there_{client_, grpc_};
  Way back_{grpc_, client_};
  FrameGuard guard_;
  const Refused refused_;
  boost::asio::steady_timer stuck_;  // runs while the client takes nothing
  boost::asio::steady_timer leave_;  // of end_after()
};

}  // namespace demo
