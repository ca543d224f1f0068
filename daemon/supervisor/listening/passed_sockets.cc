#include "supervisor/listening/passed_sockets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "base/bound_address.h"
#include "base/counted.h"
#include "supervisor/listening/syn_filter.h"
#include "supervisor/listening/unix_name.h"

namespace demo {
namespace {

// More than any queue holds: somebody connects as fast as connections are closed.
constexpr int kMostInAQueue = 1 << 17;

// An option of a socket that is a number; nothing for what is no socket.
std::optional<int> option_of(int socket, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  if (::getsockopt(socket, SOL_SOCKET, option, &value, &size) != 0) return std::nullopt;
  return value;
}

std::string interface_of(int socket) {
  std::array<char, IFNAMSIZ> name{};
  socklen_t size = name.size();
  if (::getsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, name.data(), &size) != 0) return "";
  return name.data();
}

// Why nobody can be served on it; empty: somebody can.
std::string why_useless(int socket) {
  const auto family = option_of(socket, SO_DOMAIN);
  if (!family) return "is no socket";
  if (*family != AF_INET && *family != AF_INET6 && *family != AF_UNIX) {
    return "is no socket of IPv4, IPv6 or a path";
  }
  if (option_of(socket, SO_TYPE) != SOCK_STREAM) return "is no stream socket (ListenStream=)";
  if (option_of(socket, SO_ACCEPTCONN).value_or(0) == 0) return "does not listen (Accept=no)";
  return bound_address(socket) ? "" : "has no path";
}

PassedSocket described(const std::string& name, const SharedFd& fd) {
  PassedSocket socket;
  socket.fd = fd;
  socket.name = name;
  socket.address = bound_address(fd.get()).value_or(Address());
  socket.interface = interface_of(fd.get());
  return socket;
}

ino_t inode_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

bool is_for(const PassedSocket& socket, const Listener& listener) {
  const Address& address = listener.address;
  if (socket.address.is_unix() || address.is_unix()) {
    return socket.address.is_unix() && address.is_unix() && is_same_place(socket.address, address);
  }
  return socket.interface == listener.kernel.interface && socket.address.to_string() == address.to_string();
}

// The same for two of which one may be for the other. Of a path there are several spellings.
std::string place_of(const Address& address, const std::string& interface) {
  return address.is_unix() ? "unix" : fmt::format("{}%{}", address.to_string(), interface);
}

std::string unserved(const PassedSocket& socket) {
  const std::string address = socket.address.to_string();
  const std::string interface =
      socket.interface.empty() ? "" : fmt::format(" on interface {}", socket.interface);
  return fmt::format(
      "systemd passed {}{} ({}), which no listener is for: nobody is answered there; add-listener {}{} uses "
      "it, and {} is free once that socket unit was stopped and the daemon restarted",
      address, interface, socket.name, address,
      socket.interface.empty() ? "" : " --interface " + socket.interface,
      socket.address.is_unix() ? "its path" : "its port");
}

}  // namespace

void PassedSockets::take(const std::string& name, UniqueFd fd) {
  if (const std::string why = why_useless(fd.get()); !why.empty()) {
    const auto address = option_of(fd.get(), SO_DOMAIN) ? bound_address(fd.get()) : std::nullopt;
    useless_.push_back(
        fmt::format("systemd passed {}{}, which {}: it is not used", name,
                    address && !address->to_string().empty() ? " on " + address->to_string() : "", why));
    return;
  }
  // Otherwise a worker could wait for a connection that another one has taken.
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  keep(name, SharedFd(std::move(fd)), 0);
}

const PassedSocket* PassedSockets::find(int fd) const {
  const auto found = by_inode_.find(inode_of(fd));
  return found == by_inode_.end() ? nullptr : &sockets_[found->second];
}

bool PassedSockets::has(int fd) const { return find(fd) != nullptr; }

void PassedSockets::keep(const std::string& name, const SharedFd& fd, std::uint64_t number) {
  if (!why_useless(fd.get()).empty()) return;
  const auto [known, is_new] = by_inode_.try_emplace(inode_of(fd.get()), sockets_.size());
  if (is_new) {
    const PassedSocket& added = sockets_.emplace_back(described(name, fd));
    by_place_.emplace(place_of(added.address, added.interface), known->second);
  }
  PassedSocket& socket = sockets_[known->second];
  socket.fd = fd;
  socket.number = number;
}

template <typename Act>
void PassedSockets::for_each_of(const Listener& listener, const Act& act) const {
  if (sockets_.empty()) return;
  const auto [begin, end] = by_place_.equal_range(place_of(listener.address, listener.kernel.interface));
  for (auto entry = begin; entry != end; ++entry) {
    if (const PassedSocket& socket = sockets_[entry->second]; is_for(socket, listener)) act(socket);
  }
}

std::vector<PassedSocket> PassedSockets::of(const Listener& listener) const {
  std::vector<PassedSocket> found;
  for_each_of(listener, [&found](const PassedSocket& socket) { found.push_back(socket); });
  return found;
}

bool PassedSockets::any_of(const Listener& listener) const {
  bool any = false;
  for_each_of(listener, [&any](const PassedSocket&) { any = true; });
  return any;
}

std::string PassedSockets::why_other_mode(const Listener& listener, const Config& config,
                                          std::size_t workers) const {
  if (listener.address.is_unix()) return "";
  return demo::why_other_mode(listener.accept_mode.value_or(config.accept_mode), of(listener).size(),
                              workers);
}

std::map<std::string, std::string> PassedSockets::notes(const Config& config, std::size_t workers) const {
  std::map<std::string, std::string> notes;
  for (const std::string& sentence : useless_)
    notes.emplace(fmt::format("systemd {}", notes.size()), sentence);
  if (sockets_.empty()) return notes;
  std::set<const PassedSocket*> used;
  for (const Listener& listener : config.listeners) {
    for_each_of(listener, [&used](const PassedSocket& socket) { used.insert(&socket); });
    const std::string why = why_other_mode(listener, config, workers);
    if (why.empty()) continue;
    const std::string address = listener.address.to_string();
    notes.emplace("listener " + address,
                  fmt::format("{} has accept mode {}, not {}: {}", address, to_string(AcceptMode::kExclusive),
                              to_string(listener.accept_mode.value_or(config.accept_mode)), why));
  }
  for (const PassedSocket& socket : sockets_) {
    if (used.contains(&socket)) continue;
    notes.emplace(fmt::format("socket {}%{}", socket.address.to_string(), socket.interface),
                  unserved(socket));
  }
  return notes;
}

void PassedSockets::turn_away_strays() const {
  for (const PassedSocket& socket : sockets_) {
    if (socket.held_off && socket.address.is_unix()) empty_queue(socket.fd.get());
  }
}

void PassedSockets::list(OwnSockets& sockets) const {
  for (const PassedSocket& socket : sockets_) {
    Listener listener;
    listener.address = socket.address;
    listener.kernel.interface = socket.interface;
    sockets.emplace(inode_of(socket.fd.get()),
                    OwnSocket{claim_of(listener), socket.address.to_string() + ", passed by systemd,"});
  }
}

AcceptMode mode_of_passed(AcceptMode asked_for, std::size_t sockets, std::size_t workers) {
  return why_other_mode(asked_for, sockets, workers).empty() ? asked_for : AcceptMode::kExclusive;
}

std::string why_other_mode(AcceptMode asked_for, std::size_t sockets, std::size_t workers) {
  if (sockets == 0 || sockets >= workers || !has_socket_per_worker(asked_for)) return "";
  return fmt::format("passed by systemd: {} for {}", counted(sockets, "socket"), counted(workers, "worker"));
}

void hold_off(int socket, const Address& address) {
  if (address.is_unix()) {
    ::listen(socket, 0);
  } else {
    drop_new_handshakes(socket);
  }
}

void let_in(int socket, const Address& address, int backlog) {
  if (!address.is_unix()) pass_new_handshakes(socket);
  ::listen(socket, backlog);
}

void empty_queue(int socket) {
  for (int i = 0; i < kMostInAQueue; ++i) {
    const UniqueFd client(::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC));
    if (!client && errno != ECONNABORTED && errno != EINTR) return;
  }
}

}  // namespace demo
