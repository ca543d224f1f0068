#include "supervisor/backends/own_addresses.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include <charconv>
#include <sstream>
#include <string>
#include <string_view>

#include "base/read_file.h"
#include "base/unique_fd.h"

namespace demo {
namespace {

// Where the kernel lists what SIOCGIFCONF leaves out: address, index of the interface and more in hexadecimal
// digits, a line each. The folders of processes are there whatever else of /proc is hidden (ProcSubset=pid).
constexpr const char* kIpv6List = "/proc/thread-self/net/if_inet6";
constexpr std::size_t kIpv6ListBytes = 4 * 1024 * 1024;

// False where the kernel does not tell.
bool add_ipv4(std::vector<Address>& addresses) {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifconf list{};
  // Without a place for them it tells how much room they take.
  if (!socket || ::ioctl(socket.get(), SIOCGIFCONF, &list) != 0) return false;
  // More than that, so that a list which grew meanwhile is not taken for a whole one.
  std::vector<ifreq> entries;
  do {
    entries.resize(static_cast<std::size_t>(list.ifc_len) / sizeof(ifreq) + 16);
    list.ifc_len = static_cast<int>(entries.size() * sizeof(ifreq));
    list.ifc_req = entries.data();
    if (::ioctl(socket.get(), SIOCGIFCONF, &list) != 0) return false;
  } while (static_cast<std::size_t>(list.ifc_len) == entries.size() * sizeof(ifreq));
  entries.resize(static_cast<std::size_t>(list.ifc_len) / sizeof(ifreq));
  for (const ifreq& entry : entries) {
    if (entry.ifr_addr.sa_family != AF_INET) continue;
    addresses.push_back(Address::from_sockaddr(&entry.ifr_addr, sizeof(sockaddr_in)));
  }
  return true;
}

template <typename Number>
bool read_hexadecimal(std::string_view digits, Number& number) {
  const char* const last = digits.data() + digits.size();
  return std::from_chars(digits.data(), last, number, 16).ptr == last;
}

// False where the kernel does not tell; one without IPv6 has no list.
bool add_ipv6(std::vector<Address>& addresses) {
  const auto text = read_file(kIpv6List, kIpv6ListBytes);
  if (!text) return text.error().code == ErrorCode::kNotFound;
  std::istringstream lines(*text);
  std::string digits, index, rest;
  while (lines >> digits >> index && std::getline(lines, rest)) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    bool right = digits.size() == 2 * sizeof address.sin6_addr;
    for (std::size_t i = 0; right && i < sizeof address.sin6_addr; ++i) {
      right = read_hexadecimal(std::string_view(digits).substr(2 * i, 2), address.sin6_addr.s6_addr[i]);
    }
    // Other addresses are the same on every interface.
    if (right && IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr)) {
      right = read_hexadecimal(index, address.sin6_scope_id);
    }
    if (right) {
      addresses.push_back(
          Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&address), sizeof address));
    }
  }
  return true;
}

bool is_loopback(const Address& address) {
  static const Address v4 = *Address::parse("127.0.0.1:0");
  static const Address v6 = *Address::parse("[::1]:0");
  return address == v4 || address == v6;
}

}  // namespace

std::vector<Address> own_addresses() {
  std::vector<Address> addresses;
  if (!add_ipv4(addresses) || !add_ipv6(addresses)) addresses.clear();
  return addresses;
}

int family_of_host() {
  bool v4 = false;
  bool v6 = false;
  for (const Address& address : own_addresses()) {
    if (!is_loopback(address)) (address.family() == AF_INET ? v4 : v6) = true;
  }
  if (v4 == v6) return AF_UNSPEC;
  return v4 ? AF_INET : AF_INET6;
}

}  // namespace demo
