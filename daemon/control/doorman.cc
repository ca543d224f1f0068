#include "control/doorman.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/limits.h"
#include "base/log.h"

namespace demo {
namespace {

constexpr int kStarvedRetryMs = 100;

// So many connections that the supervisor keeps descriptors for its workers, whatever its limit is.
std::size_t most_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return limits::kControlConnections;
  return std::min<std::size_t>(limits::kControlConnections, limit.rlim_cur / 4);
}

}  // namespace

Result<std::unique_ptr<Doorman>> Doorman::open(int socket, std::string name, std::size_t part_of_one,
                                               Pass pass) {
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop) return Error{ErrorCode::kResourceExhausted, "eventfd: " + errno_text(errno), "", ""};
  const std::size_t most = most_connections();
  return std::unique_ptr<Doorman>(new Doorman(socket, std::move(name), std::move(stop),
                                              ConnectionCensus(most / part_of_one, most), std::move(pass)));
}

Doorman::Doorman(int socket, std::string name, UniqueFd stop, ConnectionCensus census, Pass pass)
    : socket_(socket),
      name_(std::move(name)),
      pass_(std::move(pass)),
      stop_(std::move(stop)),
      census_(std::move(census)) {
  thread_ = std::thread([this] { run(); });
}

Doorman::~Doorman() { close(); }

void Doorman::close() {
  if (!thread_.joinable()) return;
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void Doorman::run() {
  while (wait(-1, true)) {
    while (accept_one()) {
    }
    if (starved_ && !wait(kStarvedRetryMs, false)) return;
  }
}

bool Doorman::wait(int timeout_ms, bool for_connections) {
  pollfd watched[] = {{stop_.get(), POLLIN, 0}, {socket_, POLLIN, 0}};
  ::poll(watched, for_connections ? 2 : 1, timeout_ms);
  return watched[0].revents == 0;
}

bool Doorman::accept_one() {
  UniqueFd connection(::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!connection) {
    const bool again = errno == ECONNABORTED || errno == EINTR;
    // Whatever else is wrong, the socket is readable all the same: only time helps.
    const bool was_starved = std::exchange(starved_, !again && errno != EAGAIN);
    if (starved_ && !was_starved) {
      log(LogLevel::kWarning, "{}: cannot accept a connection: {}", name_, errno_text(errno));
    }
    return again;
  }
  starved_ = false;
  if (census_.admit(connection.get())) pass_(connection.release());
  return true;
}

}  // namespace demo
