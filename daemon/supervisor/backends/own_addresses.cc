#include "supervisor/backends/own_addresses.h"

#include <ifaddrs.h>
#include <netinet/in.h>

namespace demo {

std::vector<Address> own_addresses() {
  std::vector<Address> addresses;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    if (entry->ifa_addr->sa_family == AF_INET) {
      addresses.push_back(Address::from_sockaddr(entry->ifa_addr, sizeof(sockaddr_in)));
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      addresses.push_back(Address::from_sockaddr(entry->ifa_addr, sizeof(sockaddr_in6)));
    }
  }
  ::freeifaddrs(list);
  return addresses;
}

}  // namespace demo
