#include "control/unix_doorman.h"

#include <grpcpp/server_posix.h>
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
// One user has at most this part of all connections: half.
constexpr std::size_t kPartOfOneUser = 2;

// So many connections that the supervisor keeps descriptors for its workers, whatever its limit is.
std::size_t most_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return limits::kControlConnections;
  return std::min<std::size_t>(limits::kControlConnections, limit.rlim_cur / 4);
}

}  // namespace

Result<std::unique_ptr<UnixDoorman>> UnixDoorman::open(SocketFile socket, grpc::Server& server) {
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop) return Error{ErrorCode::kResourceExhausted, "eventfd: " + errno_text(errno), "", ""};
  return std::unique_ptr<UnixDoorman>(
      new UnixDoorman(std::move(socket), std::move(stop), most_connections(), server));
}

UnixDoorman::UnixDoorman(SocketFile socket, UniqueFd stop, std::size_t most, grpc::Server& server)
    : server_(server),
      socket_(std::move(socket)),
      stop_(std::move(stop)),
      census_(most / kPartOfOneUser, most) {
  thread_ = std::thread([this] { run(); });
}

UnixDoorman::~UnixDoorman() { close(); }

void UnixDoorman::close() {
  if (!thread_.joinable()) return;
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
  socket_.close();
}

void UnixDoorman::run() {
  while (wait(-1, true)) {
    while (accept_one()) {
    }
    if (starved_ && !wait(kStarvedRetryMs, false)) return;
  }
}

bool UnixDoorman::wait(int timeout_ms, bool for_connections) {
  pollfd watched[] = {{stop_.get(), POLLIN, 0}, {socket_.fd(), POLLIN, 0}};
  ::poll(watched, for_connections ? 2 : 1, timeout_ms);
  return watched[0].revents == 0;
}

bool UnixDoorman::accept_one() {
  UniqueFd connection(::accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!connection) {
    const bool was_starved = std::exchange(starved_, errno == EMFILE || errno == ENFILE || errno == ENOMEM);
    if (starved_ && !was_starved) {
      log(LogLevel::kWarning, "{}: cannot accept a connection: {}", socket_.path(), errno_text(errno));
    }
    return errno == ECONNABORTED || errno == EINTR;
  }
  starved_ = false;
  if (census_.admit(connection.get())) grpc::AddInsecureChannelFromFd(&server_, connection.release());
  return true;
}

}  // namespace demo
