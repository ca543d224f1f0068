#include "supervisor/listening/socket_diagnosis.h"

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

#include "base/diagnosis_socket.h"

namespace demo {
namespace {

// The kernel fills no larger part at a time.
constexpr std::size_t kPartBytes = 32 * 1024;
// Of answers that nobody wants, one call of empty() reads so many parts: 2 MiB.
constexpr int kMostParts = 64;

struct Query {
  nlmsghdr header;
  inet_diag_req_v2 request;
};

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

}  // namespace

bool SocketDiagnosis::use(UniqueFd passed) {
  if (!is_diagnosis_socket(passed.get())) return false;
  netlink_ = std::move(passed);
  return true;
}

bool SocketDiagnosis::empty() {
  std::array<char, kPartBytes> nobody_wants;
  for (int part = 0; part < kMostParts; ++part) {
    const ssize_t got = ::recv(netlink_.get(), nobody_wants.data(), nobody_wants.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return true;
  }
  return false;
}

bool SocketDiagnosis::ask(int family, std::uint16_t port, std::uint32_t states) {
  Query query{};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  query.header.nlmsg_seq = ++question_;
  query.request.sdiag_family = static_cast<__u8>(family);
  query.request.sdiag_protocol = IPPROTO_TCP;
  query.request.idiag_states = states;
  query.request.id.idiag_sport = htons(port);
  query.request.id.idiag_cookie[0] = query.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  return ::sendto(netlink_.get(), &query, sizeof query, MSG_DONTWAIT,
                  reinterpret_cast<const sockaddr*>(&kernel),
                  sizeof kernel) == static_cast<ssize_t>(sizeof query);
}

bool SocketDiagnosis::collect(std::vector<PortSocket>& sockets) {
  alignas(nlmsghdr) std::array<char, kPartBytes> part;
  for (;;) {
    // The kernel answers a question while it is put, and goes on while the answer is read: nothing waits.
    const ssize_t got = ::recv(netlink_.get(), part.data(), part.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    auto left = static_cast<unsigned>(got);
    for (auto* header = reinterpret_cast<nlmsghdr*>(part.data()); NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_seq != question_) continue;
      if (header->nlmsg_type == NLMSG_DONE) return true;
      if (header->nlmsg_type == NLMSG_ERROR) return false;
      if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY) sockets.push_back(read_socket(header));
    }
  }
}

std::optional<std::vector<PortSocket>> SocketDiagnosis::list(std::uint16_t port, std::uint32_t states) {
  if (!netlink_) netlink_ = open_diagnosis_socket();
  if (!netlink_ || !empty()) return std::nullopt;
  std::vector<PortSocket> sockets;
  for (const int family : {AF_INET, AF_INET6}) {
    if (!ask(family, port, states) || !collect(sockets)) return std::nullopt;
  }
  return sockets;
}

std::optional<std::vector<PortSocket>> SocketDiagnosis::listening_on(std::uint16_t port) {
  return list(port, 1U << TCP_LISTEN);
}

std::optional<std::set<std::uint16_t>> SocketDiagnosis::ports_with_open_handshakes() {
  const auto sockets = list(0, 1U << TCP_SYN_RECV);
  if (!sockets) return std::nullopt;
  std::set<std::uint16_t> ports;
  for (const PortSocket& socket : *sockets) ports.insert(socket.claim.address.port());
  return ports;
}

}  // namespace demo
