#include "supervisor/listening/listener_socket.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/bound_address.h"
#include "base/shortage.h"
#include "supervisor/listening/socket_options.h"

namespace demo {
namespace {

Result<UniqueFd> open_socket(const Address& address) {
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return listen_error(address, errno);
  return fd;
}

bool set_flag(int fd, int option) {
  const int on = 1;
  return ::setsockopt(fd, SOL_SOCKET, option, &on, sizeof on) == 0;
}

const char* path_bytes(const Address& address) {
  return reinterpret_cast<const sockaddr_un*>(address.sockaddr_ptr())->sun_path;
}

// A path that nobody answers on was left behind by a dead process. Anything but a socket stays.
Status probe_unix(const Address& address) {
  struct stat status {};
  if (::lstat(path_bytes(address), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) {
    return Error{ErrorCode::kFailedPrecondition,
                 fmt::format("cannot listen on {}: the file exists and is not a socket", address.to_string()),
                 "listener.address", address.to_string()};
  }
  auto client = open_socket(address);
  if (!client) return client.error();
  if (::connect(client->get(), address.sockaddr_ptr(), address.sockaddr_size()) == 0)
    return listen_error(address, EADDRINUSE);
  if (errno == ECONNREFUSED || errno == ENOENT) return {};
  return listen_error(address, is_shortage(errno) ? errno : EADDRINUSE);
}

}  // namespace

Error listen_error(const Address& address, int error_number) {
  const std::string text = address.to_string();
  const auto error = [&](ErrorCode code, std::string_view why) {
    return Error{code, fmt::format("cannot listen on {}: {}", text, why), "listener.address", text};
  };
  switch (error_number) {
    case EADDRINUSE:
      return error(ErrorCode::kAlreadyExists,
                   "another program listens there; stop it or choose another address");
    case EADDRNOTAVAIL:
      return error(ErrorCode::kFailedPrecondition,
                   "no network interface has this address; see \"ip address\"");
    case EACCES:
    case EPERM:
      if (address.is_unix())
        return error(ErrorCode::kPermissionDenied, "its folder is not writable for this user");
      return error(ErrorCode::kPermissionDenied,
                   "ports below 1024 need root or CAP_NET_BIND_SERVICE; choose one from 1024 on");
    case EMFILE:
    case ENFILE:
      return error(ErrorCode::kResourceExhausted, "no file descriptor is left; raise the limit (ulimit -n)");
    case ENODEV:
      return error(ErrorCode::kFailedPrecondition,
                   fmt::format("there is no network interface \"{}\"; see \"ip link\"", address.zone()));
    case ENOENT:
    case ENOTDIR:
      return error(ErrorCode::kFailedPrecondition, "its folder does not exist");
    default:
      return error(is_shortage(error_number) ? ErrorCode::kResourceExhausted : ErrorCode::kFailedPrecondition,
                   errno_text(error_number));
  }
}

Status probe_address(const Listener& listener) {
  Address address = listener.address;
  if (address.is_unix()) return probe_unix(address);
  if (!address.look_up_zone()) return listen_error(address, ENODEV);
  auto fd = open_socket(address);
  if (!fd) return fd.error();
  std::vector<SocketOptionReport> unused;
  if (auto applied = apply_socket_options(fd->get(), listener, unused); !applied) return applied;
  // SO_REUSEADDR alone passes over connections in TIME_WAIT, not over a socket that listens.
  if (!set_flag(fd->get(), SO_REUSEADDR) ||
      ::bind(fd->get(), address.sockaddr_ptr(), address.sockaddr_size()) != 0) {
    return listen_error(address, errno);
  }
  return {};
}

Result<ListenerSocket> open_listener_socket(const Listener& listener, const Address& address) {
  Address bind_to = address;
  if (!bind_to.look_up_zone()) return listen_error(bind_to, ENODEV);
  auto fd = open_socket(bind_to);
  if (!fd) return fd.error();
  ListenerSocket socket;
  socket.fd = SharedFd(std::move(*fd));
  if (!bind_to.is_unix() &&
      (!set_flag(socket.fd.get(), SO_REUSEADDR) || !set_flag(socket.fd.get(), SO_REUSEPORT))) {
    return listen_error(bind_to, errno);
  }
  if (auto applied = apply_socket_options(socket.fd.get(), listener, socket.options); !applied) {
    return applied.error();
  }
  if (bind_to.is_unix()) {
    auto name = UnixName::bind(socket.fd.get(), bind_to);
    if (!name) return listen_error(bind_to, name.error());
    socket.name = std::move(*name);
  } else if (::bind(socket.fd.get(), bind_to.sockaddr_ptr(), bind_to.sockaddr_size()) != 0) {
    return listen_error(bind_to, errno);
  }
  if (::listen(socket.fd.get(), listener.kernel.backlog) != 0) return listen_error(bind_to, errno);
  socket.options.push_back(report_backlog(listener.kernel.backlog));
  const auto bound = bound_address(socket.fd.get(), bind_to);
  if (!bound) return listen_error(bind_to, errno);
  socket.bound = *bound;
  return socket;
}

std::optional<Address> bound_address(int socket, const Address& bind_to) {
  // The name of a unix socket is not that of its path, UnixName.
  if (bind_to.is_unix()) return bind_to;
  return bound_address(socket);
}

bool has_waiting_connection(int socket) {
  pollfd entry{socket, POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0 && (entry.revents & POLLIN) != 0;
}

}  // namespace demo
