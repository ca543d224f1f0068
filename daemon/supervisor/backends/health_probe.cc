#include "supervisor/backends/health_probe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <utility>

#include "base/connect_failure.h"
#include "base/shortage.h"
#include "config/duration.h"
#include "supervisor/backends/health_response.h"

namespace demo {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// A response whose status is not known after this many bytes is no answer.
constexpr std::size_t kStatusWithinBytes = 16 * 1024;
// A response is read to its end so that closing does not reset it in the backend's log, but no further than
// this.
constexpr std::size_t kDrainBytes = 64 * 1024;
// How long a unix socket whose queue is full is left alone.
constexpr std::chrono::milliseconds kQueueFullRest{20};

// The backend's endpoint text is the Host field of a check that names none. A zone means nothing to the other
// host.
std::string host_field(const HealthTarget& target) {
  if (target.address.is_unix()) return "localhost";
  std::string host = target.endpoint;
  if (const std::size_t zone = host.find('%'); zone != std::string::npos) {
    host.erase(zone, host.find(']') - zone);
  }
  return host;
}

std::string opening(const HealthTarget& target) {
  std::string text(health_proxy_header(target.send_proxy_protocol));
  if (target.check.kind != HealthCheckKind::kHttp) return text;
  return text + health_request(target.check, host_field(target));
}

ProbeOutcome outcome_of(const error_code& error) {
  return is_shortage(error.value()) ? ProbeOutcome::kNotMade : ProbeOutcome::kFailed;
}

}  // namespace

HealthProbe::HealthProbe(asio::io_context& loop, const HealthTarget& target)
    : address_(target.address),
      check_(target.check),
      opening_(opening(target)),
      socket_(loop),
      timer_(loop, [this] { on_timeout(); }),
      queue_rest_(loop) {}

void HealthProbe::start(Done done) {
  done_ = std::move(done);
  timer_.start(check_.timeout);
  // Not before start() returns.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->done_ != nullptr) self->connect();
  });
}

void HealthProbe::on_timeout() {
  // Who waits for the verdict may be the last that keeps it.
  const auto self = shared_from_this();
  finish(ProbeOutcome::kFailed, fmt::format("no {} within {}", phase_, format_duration(check_.timeout)));
  close();
}

void HealthProbe::connect() {
  const asio::generic::stream_protocol::endpoint endpoint(address_.sockaddr_ptr(), address_.sockaddr_size());
  error_code failure;
  socket_.open(endpoint.protocol(), failure);
  if (failure) {
    return fail_connecting("socket", failure);
  }
  // Asio has no flag for it, and workers are started from this thread alone.
  ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
  if (address_.is_unix()) return connect_unix();
  socket_.async_connect(endpoint, [self = shared_from_this()](error_code error) {
    if (error == asio::error::operation_aborted) return;
    if (error) {
      self->fail_connecting("connect", error);
    } else {
      self->on_connected();
    }
  });
}

// Asio would take the EAGAIN of a queue that is full for a connect that is under way, and what never was
// connected for connected.
void HealthProbe::connect_unix() {
  error_code failure;
  socket_.native_non_blocking(true, failure);
  if (!failure && ::connect(socket_.native_handle(), address_.sockaddr_ptr(), address_.sockaddr_size()) != 0)
    failure.assign(errno, boost::system::system_category());
  if (!failure) return on_connected();
  if (connect_failure(failure.value(), address_) != ConnectFailure::kQueueFull) {
    return fail_connecting("connect", failure);
  }
  queue_rest_.expires_after(kQueueFullRest);
  queue_rest_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && self->done_ != nullptr) self->connect_unix();
  });
}

// What this host lacks says nothing of the backend; whatever else keeps connections from it, such as a family
// of addresses that this host does not have or a rule that forbids it, does.
void HealthProbe::fail_connecting(const char* call, const error_code& error) {
  const bool shortage = connect_failure(error.value(), address_) == ConnectFailure::kShortage;
  finish(shortage ? ProbeOutcome::kNotMade : ProbeOutcome::kFailed,
         fmt::format("{}: {}", call, error.message()));
  close();
}

void HealthProbe::cancel() {
  done_ = nullptr;
  close();
}

void HealthProbe::on_connected() {
  if (opening_.empty()) return on_opened();
  asio::async_write(socket_, asio::buffer(opening_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      if (error == asio::error::operation_aborted) return;
                      if (is_shortage(error.value())) {
                        self->finish(ProbeOutcome::kNotMade, fmt::format("send: {}", error.message()));
                        return self->close();
                      }
                      // A backend may answer and close without reading the request, so a failed write still
                      // leads to a read.
                      self->on_opened();
                    });
}

void HealthProbe::on_opened() {
  if (check_.kind != HealthCheckKind::kHttp) {
    finish(ProbeOutcome::kHealthy, "connected");
    return close();
  }
  phase_ = "response";
  read_more();
}

void HealthProbe::read_more() {
  socket_.async_read_some(
      asio::buffer(block_), [self = shared_from_this()](error_code error, std::size_t size) {
        if (error == asio::error::operation_aborted) return;
        if (!error) {
          self->on_read(size);
          return;
        }
        self->ended_ = true;
        self->finish(outcome_of(error), error == asio::error::eof ? "closed without a response"
                                                                  : fmt::format("read: {}", error.message()));
        self->close();
      });
}

void HealthProbe::on_read(std::size_t size) {
  if (done_ == nullptr) {
    drained_ += size;
    if (drained_ > kDrainBytes) {
      close();
    } else {
      read_more();
    }
    return;
  }
  received_.append(block_.data(), size);
  const HealthResponse response = read_health_response(received_);
  switch (response.kind) {
    case HealthResponse::Kind::kIncomplete:
      if (received_.size() < kStatusWithinBytes) return read_more();
      finish(ProbeOutcome::kFailed, "no status in the response");
      return close();
    case HealthResponse::Kind::kMalformed:
      finish(ProbeOutcome::kFailed, "not an HTTP response");
      return close();
    case HealthResponse::Kind::kStatus:
      finish(is_healthy_status(response.status, check_) ? ProbeOutcome::kHealthy : ProbeOutcome::kFailed,
             fmt::format("status {}", response.status));
      if (socket_.is_open()) read_more();
      return;
  }
}

void HealthProbe::finish(ProbeOutcome outcome, const std::string& reason) {
  if (const Done done = std::exchange(done_, nullptr)) done(outcome, reason);
}

void HealthProbe::close() {
  error_code ignored;
  timer_.stop();
  queue_rest_.cancel();
  // Who closes first loses a local port for a minute. A check has nothing on the way that a backend could
  // miss. It may be connected although nobody has been told yet.
  if (!ended_) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

}  // namespace demo
