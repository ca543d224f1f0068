#include "config/forward_loops.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>

namespace demo {
namespace {

// An address without its port and scope: IPv4 as IPv4 mapped to IPv6, so that one form is left.
using Host = std::array<unsigned char, 16>;

constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

// 0.0.0.0, as such; that of IPv6 is all zeros.
constexpr Host kAnyOfIpv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool is_mapped(const Host& host) { return std::equal(kMapped.begin(), kMapped.end(), host.begin()); }

Host host_of(const Address& address) {
  Host host{};
  if (address.family() == AF_INET6) {
    const auto& in6 = *reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr());
    std::memcpy(host.data(), &in6.sin6_addr, host.size());
  } else if (address.family() == AF_INET) {
    const auto& in = *reinterpret_cast<const sockaddr_in*>(address.sockaddr_ptr());
    std::copy(kMapped.begin(), kMapped.end(), host.begin());
    std::memcpy(host.data() + kMapped.size(), &in.sin_addr, sizeof in.sin_addr);
  }
  return host;
}

bool is_wildcard(const Host& host) {
  const auto rest = is_mapped(host) ? host.begin() + kMapped.size() : host.begin();
  return std::all_of(rest, host.end(), [](unsigned char byte) { return byte == 0; });
}

// ip(7): all of 127.0.0.0/8 is this host.
bool is_loopback(const Host& host) {
  if (is_mapped(host)) return host[kMapped.size()] == 127;
  Host loopback{};
  loopback.back() = 1;
  return host == loopback;
}

// Where a connection to "any address" goes: to loopback of the family, see connect(2) in the kernel.
Host connected_host(const Host& host) {
  if (!is_wildcard(host)) return host;
  Host loopback = host;
  if (is_mapped(host)) loopback[kMapped.size()] = 127;
  loopback.back() = 1;
  return loopback;
}

bool is_ours(const Host& host, const std::vector<Address>& own) {
  return is_loopback(host) || std::any_of(own.begin(), own.end(), [&host](const Address& address) {
           return host_of(address) == host;
         });
}

std::string path_of(const Address& address) {
  return std::filesystem::path(address.host().substr(sizeof "unix:" - 1)).lexically_normal().string();
}

// Listeners that forward, by where they are reached: of thousands a few are asked about each address.
class ReachedListeners {
 public:
  ReachedListeners(const std::vector<LoopListener>& listeners, const std::vector<Address>& own) : own_(own) {
    for (const LoopListener& listener : listeners) {
      if (listener.forwards) by_place_.emplace(place_of(listener.bound, host_of(listener.bound)), &listener);
    }
  }

  // The pools that the listeners forward to which connect(2) to the target reaches.
  std::set<std::string> pools_behind(const Address& target) const {
    std::set<std::string> pools;
    for (const Host& host : {connected_host(host_of(target)), kAnyOfIpv4, Host{}}) {
      const auto [begin, end] = by_place_.equal_range(place_of(target, host));
      for (auto entry = begin; entry != end; ++entry) {
        if (reaches(target, *entry->second, own_)) pools.insert(entry->second->pool);
      }
    }
    return pools;
  }

 private:
  struct Place {
    std::string path;  // of a unix socket, which has nothing else
    std::uint16_t port = 0;
    Host host{};
    auto operator<=>(const Place&) const = default;
  };
  static Place place_of(const Address& address, const Host& host) {
    return address.is_unix() ? Place{path_of(address)} : Place{{}, address.port(), host};
  }

  const std::vector<Address>& own_;
  std::multimap<Place, const LoopListener*> by_place_;
};

}  // namespace

LoopListener loop_listener(const Listener& listener, const Address& bound, bool forwards) {
  return {bound, listener.kernel.interface, listener.kernel.v6only.value_or(false), forwards, listener.pool};
}

bool reaches(const Address& target, const LoopListener& listener, const std::vector<Address>& own) {
  const Address& bound = listener.bound;
  if (target.is_unix() || bound.is_unix()) {
    return target.is_unix() && bound.is_unix() && path_of(target) == path_of(bound);
  }
  if (target.port() != bound.port()) return false;
  // What this host sends to itself arrives on its loopback interface.
  if (!listener.interface.empty() && listener.interface != "lo") return false;
  const Host to = connected_host(host_of(target));
  const Host at = host_of(bound);
  if (!is_wildcard(at)) return to == at;
  const bool same_family = is_mapped(to) == is_mapped(at);
  const bool takes_both = bound.family() == AF_INET6 && !is_mapped(at) && !listener.v6only;
  return (same_family || takes_both) && is_ours(to, own);
}

std::vector<bool> find_forward_loops(const std::vector<LoopListener>& listeners,
                                     const std::vector<LoopMember>& members,
                                     const std::vector<Address>& own) {
  if (members.empty()) return {};
  std::vector<std::set<std::string>> next(members.size());  // pools that a member's requests come to
  std::map<std::string, std::set<std::string>> ways;        // the same by pool
  const ReachedListeners reached(listeners, own);
  for (std::size_t i = 0; i < members.size(); ++i) {
    next[i] = reached.pools_behind(members[i].address);
    ways[members[i].pool].insert(next[i].begin(), next[i].end());
  }
  const auto leads_to = [&ways](const std::set<std::string>& from, const std::string& pool) {
    std::set<std::string> seen = from;
    std::vector<std::string> open(from.begin(), from.end());
    while (!open.empty() && !seen.contains(pool)) {
      const std::string at = std::move(open.back());
      open.pop_back();
      for (const std::string& to : ways[at]) {
        if (seen.insert(to).second) open.push_back(to);
      }
    }
    return seen.contains(pool);
  };
  std::vector<bool> loops(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    loops[i] = !next[i].empty() && leads_to(next[i], members[i].pool);
  }
  return loops;
}

std::vector<LoopingBackend> find_configured_loops(const Config& config, const std::vector<Address>& own) {
  std::vector<LoopListener> listeners;
  for (const Listener& listener : config.listeners) {
    // Mode auto forwards as soon as its pool has a backend.
    const bool forwards = listener.mode != ListenerMode::kServer && listener.mode != ListenerMode::kRaw;
    const bool known = listener.address.is_unix() || listener.address.port() != 0;
    if (forwards && known) listeners.push_back(loop_listener(listener, listener.address, true));
  }
  std::vector<LoopMember> members;
  std::vector<LoopingBackend> names;
  for (const Pool& pool : config.pools) {
    for (const Backend& backend : pool.backends) {
      if (backend.endpoint.needs_resolving()) continue;
      members.push_back({pool.name, backend.endpoint.address});
      names.push_back({pool.name, backend.endpoint.text});
    }
  }
  const std::vector<bool> loops = find_forward_loops(listeners, members, own);
  std::vector<LoopingBackend> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (loops[i]) found.push_back(std::move(names[i]));
  }
  return found;
}

}  // namespace demo
