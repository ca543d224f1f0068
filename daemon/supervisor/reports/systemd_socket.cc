#include "supervisor/reports/systemd_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace demo {
namespace {

// The one in NOTIFY_SOCKET as sockaddr_un::sun_path has it; empty when there is none that can be.
std::string manager_address() {
  const char* const name = std::getenv("NOTIFY_SOCKET");
  std::string address = name == nullptr ? "" : name;
  const bool known = address.starts_with('/') || address.starts_with('@');
  if (!known || address.size() < 2 || address.size() >= sizeof(sockaddr_un::sun_path)) return {};
  if (address.front() == '@') address.front() = '\0';
  return address;
}

// The descriptor as the one that goes with a message, cmsg(3).
class PassedFd {
 public:
  PassedFd(msghdr& message, int fd) {
    message.msg_control = control_;
    message.msg_controllen = sizeof control_;
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }

 private:
  alignas(cmsghdr) char control_[CMSG_SPACE(sizeof(int))] = {};
};

}  // namespace

SystemdSocket::SystemdSocket() : address_(manager_address()) {}

bool SystemdSocket::send(std::string_view message, int fd) {
  if (!there()) return true;
  if (!socket_) socket_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un manager{};
  manager.sun_family = AF_UNIX;
  std::memcpy(manager.sun_path, address_.data(), address_.size());
  iovec text{const_cast<char*>(message.data()), message.size()};
  msghdr header{};
  header.msg_name = &manager;
  header.msg_namelen = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  header.msg_iov = &text;
  header.msg_iovlen = 1;
  std::optional<PassedFd> passed;
  if (fd >= 0) passed.emplace(header, fd);
  return ::sendmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(message.size());
}

}  // namespace demo
