#include "control/connections/doorman.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/accept_error.h"
#include "base/clock.h"
#include "base/limits.h"
#include "control/connections/reserved_descriptors.h"

namespace demo {
namespace {

constexpr int kStarvedRetryMs = 100;
constexpr int kForEver = -1;
// To accept one and to refuse it takes microseconds, to give one to gRPC a hundred times as long: so many are
// accepted for each that a user is served, and no crowd fills the queue of the kernel faster than it is
// emptied.
constexpr int kAcceptedATurn = 256;

// Its client is gone, and no answer can reach it: nothing to serve.
bool has_left(int connection) {
  pollfd watched{connection, 0, 0};
  return ::poll(&watched, 1, 0) == 1 && (watched.revents & (POLLHUP | POLLERR)) != 0;
}

// So many connections that the supervisor keeps descriptors for its workers, whatever its limit is.
std::size_t most_connections(std::size_t descriptors_each) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return limits::kControlConnections;
  return std::min<std::size_t>(limits::kControlConnections, limit.rlim_cur / 4 / descriptors_each);
}

}  // namespace

Result<std::unique_ptr<Doorman>> Doorman::open(int socket, std::string name, Rules rules, Pass pass) {
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop) return Error{ErrorCode::kResourceExhausted, "eventfd: " + errno_text(errno), "", ""};
  const std::size_t most = most_connections(rules.descriptors_each);
  return std::unique_ptr<Doorman>(
      new Doorman(socket, std::move(name), rules.kept_descriptors, std::move(stop),
                  ConnectionCensus(most / rules.part_of_one, most), std::move(pass)));
}

Doorman::Doorman(int socket, std::string name, unsigned kept_descriptors, UniqueFd stop,
                 ConnectionCensus census, Pass pass)
    : socket_(socket),
      name_(std::move(name)),
      kept_descriptors_(kept_descriptors),
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
  line_.clear();
}

void Doorman::run() {
  while (wait(line_.empty() ? kForEver : 0, true)) {
    for (int accepted = 0; accepted < kAcceptedATurn && accept_one(); ++accepted) {
    }
    if (!pass_turn()) {
      if (!wait(kStarvedRetryMs, false)) return;
      continue;
    }
    if (starved_ && !wait(line_.empty() ? kStarvedRetryMs : 0, false)) return;
  }
}

bool Doorman::pass_turn() {
  for (std::size_t users = line_.users(); users > 0; --users) {
    auto [user, connection] = line_.take();
    if (has_left(connection.get()) || pass_(connection)) continue;
    log_starved();
    line_.add(user, std::move(connection));
    return false;
  }
  return true;
}

void Doorman::log_starved() {
  starved_log_.log(monotonic_ns(), LogLevel::kWarning, "{}: cannot accept a connection: {}", name_,
                   errno_text(errno));
}

bool Doorman::wait(int timeout_ms, bool for_connections) {
  pollfd watched[] = {{stop_.get(), POLLIN, 0}, {socket_, POLLIN, 0}};
  ::poll(watched, for_connections ? 2 : 1, timeout_ms);
  return watched[0].revents == 0;
}

bool Doorman::accept_one() {
  UniqueFd connection = accept_with_reserve(socket_, kept_descriptors_);
  if (!connection) {
    // Where they all are such, the socket stays readable: a firewall forbids every one.
    const bool spoilt = is_of_one_connection(errno) && ++spoilt_ < kSpoiltConnectionsMax;
    const bool again = spoilt || errno == EINTR;
    // Whatever else is wrong, the socket is readable all the same: only time helps.
    starved_ = !again && errno != EAGAIN;
    if (starved_) {
      spoilt_ = 0;
      log_starved();
    }
    return again;
  }
  starved_ = false;
  spoilt_ = 0;
  if (has_left(connection.get())) return true;
  const auto user = census_.admit(connection.get(), monotonic_ns());
  if (user) line_.add(*user, std::move(connection));
  return true;
}

}  // namespace demo
