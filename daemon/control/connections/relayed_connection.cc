#include "control/connections/relayed_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "base/clock.h"

namespace demo {
namespace {

constexpr std::size_t kChunkBytes = 32 * 1024;
constexpr int kChunksATurn = 8;  // then the others have theirs
// Beyond what gRPC's keepalive grants: gRPC has left, and how that came to be is waiting behind other bytes.
constexpr std::chrono::seconds kTakesNothingMax{120};

bool for_later() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

RelayedConnection::RelayedConnection(boost::asio::io_context& loop, FrameBudget& budget, Refused refused)
    : client_(loop), grpc_(loop), guard_(budget), refused_(std::move(refused)), stuck_(loop), leave_(loop) {}

void RelayedConnection::start(UniqueFd client, UniqueFd grpc) {
  boost::system::error_code error;
  client_.assign(client.get(), error);
  if (error) return;
  client.release();
  grpc_.assign(grpc.get(), error);
  if (error) return close();
  grpc.release();
  wait(back_, grpc_, Descriptor::wait_read);
  pump(there_);
}

void RelayedConnection::pump(Way& way) {
  for (int chunk = 0; chunk < kChunksATurn; ++chunk) {
    if (!way.pending.empty()) {
      if (&way == &back_) stuck_.cancel();
      const std::string bytes = std::exchange(way.pending, {});
      if (!write(way, bytes)) return;
    }
    if (!read(way)) return;
  }
  wait(way, way.from, Descriptor::wait_read);
}

bool RelayedConnection::read(Way& way) {
  std::array<char, kChunkBytes> chunk;
  const ssize_t size = ::recv(way.from.native_handle(), chunk.data(), chunk.size(), 0);
  if (size < 0 && for_later()) {
    wait(way, way.from, Descriptor::wait_read);
    return false;
  }
  if (size <= 0) {
    end(way);
    return false;
  }
  const std::string_view bytes(chunk.data(), static_cast<std::size_t>(size));
  if (&way == &there_) {
    if (const std::string_view reason = guard_.read(bytes, monotonic_ns()); !reason.empty()) {
      refused_(reason);
      close();
      return false;
    }
  }
  return write(way, bytes);
}

bool RelayedConnection::write(Way& way, std::string_view bytes) {
  ssize_t size = ::send(way.to.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size < 0 && !for_later()) {
    close();
    return false;
  }
  size = std::max<ssize_t>(size, 0);
  if (static_cast<std::size_t>(size) == bytes.size()) return true;
  way.pending.assign(bytes.substr(static_cast<std::size_t>(size)));
  wait(way, way.to, Descriptor::wait_write);
  if (&way == &back_) limit_wait();
  return false;
}

void RelayedConnection::wait(Way& way, Descriptor& side, Descriptor::wait_type what) {
  side.async_wait(what, [self = shared_from_this(), &way](const boost::system::error_code& error) {
    if (!error && self->client_.is_open()) self->pump(way);
  });
}

void RelayedConnection::limit_wait() {
  stuck_.expires_after(kTakesNothingMax);
  stuck_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->close();
  });
}

void RelayedConnection::end_after(std::chrono::milliseconds patience) {
  leave_.expires_after(patience);
  leave_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto open = weak.lock();
    if (!error && open) open->close();
  });
}

void RelayedConnection::end(Way& way) {
  // gRPC closes its end whole, and when it reads the end of the client's: nothing is left to be said.
  if (&way == &back_) return close();
  ::shutdown(grpc_.native_handle(), SHUT_WR);
}

void RelayedConnection::close() {
  boost::system::error_code ignored;
  client_.close(ignored);
  grpc_.close(ignored);
  stuck_.cancel();
}

}  // namespace demo
