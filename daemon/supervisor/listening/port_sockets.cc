#include "supervisor/listening/port_sockets.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/unique_fd.h"

namespace demo {
namespace {

struct Query {
  nlmsghdr header;
  inet_diag_req_v2 request;
};

// Asks for the sockets of one family, port and set of states.
bool ask(int netlink, int family, std::uint16_t port, std::uint32_t states) {
  Query query{};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  query.request.sdiag_family = static_cast<__u8>(family);
  query.request.sdiag_protocol = IPPROTO_TCP;
  query.request.idiag_states = states;
  query.request.id.idiag_sport = htons(port);
  query.request.id.idiag_cookie[0] = query.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  return ::sendto(netlink, &query, sizeof query, 0, reinterpret_cast<const sockaddr*>(&kernel),
                  sizeof kernel) == static_cast<ssize_t>(sizeof query);
}

Address address_of(const inet_diag_msg& message) {
  if (message.idiag_family == AF_INET) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = message.id.idiag_sport;
    std::memcpy(&in.sin_addr, message.id.idiag_src, sizeof in.sin_addr);
    return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&in), sizeof in);
  }
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  in6.sin6_port = message.id.idiag_sport;
  std::memcpy(&in6.sin6_addr, message.id.idiag_src, sizeof in6.sin6_addr);
  return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&in6), sizeof in6);
}

PortSocket read_socket(nlmsghdr* header) {
  auto* const message = static_cast<inet_diag_msg*>(NLMSG_DATA(header));
  PortSocket socket{
      {address_of(*message), false, message->id.idiag_if}, message->idiag_inode, message->idiag_uid};
  auto* attribute = reinterpret_cast<rtattr*>(message + 1);
  auto left = static_cast<int>(header->nlmsg_len) - static_cast<int>(NLMSG_LENGTH(sizeof *message));
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type == INET_DIAG_SKV6ONLY) {
      socket.claim.v6only = *static_cast<const std::uint8_t*>(RTA_DATA(attribute)) != 0;
    }
  }
  return socket;
}

// Reads the answer to its end. False when the kernel refused.
bool collect(int netlink, std::vector<PortSocket>& sockets) {
  alignas(nlmsghdr) std::array<char, 32 * 1024> buffer{};
  for (;;) {
    const ssize_t got = ::recv(netlink, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    auto left = static_cast<unsigned>(got);
    for (auto* header = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE) return true;
      if (header->nlmsg_type == NLMSG_ERROR) return false;
      if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY) sockets.push_back(read_socket(header));
    }
  }
}

std::optional<std::vector<PortSocket>> list(std::uint16_t port, std::uint32_t states) {
  // The kernel answers a dump while it is asked for: nothing here waits.
  const UniqueFd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG));
  if (!netlink) return std::nullopt;
  std::vector<PortSocket> sockets;
  for (const int family : {AF_INET, AF_INET6}) {
    if (!ask(netlink.get(), family, port, states) || !collect(netlink.get(), sockets)) return std::nullopt;
  }
  return sockets;
}

}  // namespace

std::optional<std::vector<PortSocket>> listening_sockets(std::uint16_t port) {
  return list(port, 1U << TCP_LISTEN);
}

ListeningCensus::ListeningCensus() {
  auto sockets = listening_sockets(0);
  told_ = sockets.has_value();
  if (!told_) return;
  for (PortSocket& socket : *sockets) {
    by_port_[socket.claim.address.port()].push_back(std::move(socket));
  }
}

std::optional<std::vector<PortSocket>> ListeningCensus::on(std::uint16_t port) const {
  if (!told_) return std::nullopt;
  const auto found = by_port_.find(port);
  return found == by_port_.end() ? std::vector<PortSocket>() : found->second;
}

std::optional<std::set<std::uint16_t>> ports_with_open_handshakes() {
  const auto sockets = list(0, 1U << TCP_SYN_RECV);
  if (!sockets) return std::nullopt;
  std::set<std::uint16_t> ports;
  for (const PortSocket& socket : *sockets) ports.insert(socket.claim.address.port());
  return ports;
}

}  // namespace demo
