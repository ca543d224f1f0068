#include "supervisor/backends/system_lookup.h"

#include <fmt/format.h>
#include <netdb.h>

#include <cerrno>
#include <memory>
#include <string>

#include "base/descriptor_shortage.h"
#include "supervisor/backends/lookup_threads.h"
#include "supervisor/backends/own_addresses.h"

namespace demo {
namespace {

Result<NameResolver::Addresses> ask_system(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  // AI_ADDRCONFIG asks by a netlink socket, and takes every family for there where it may open none.
  hints.ai_family = family_of_host();
  addrinfo* list = nullptr;
  int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  // A server that is silent is so for every family.
  if (error != 0 && error != EAI_AGAIN && hints.ai_family != AF_UNSPEC) {
    hints.ai_family = AF_UNSPEC;
    error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  }
  if (error != 0) {
    std::string why = error == EAI_SYSTEM ? errno_text(errno) : ::gai_strerror(error);
    // The library takes files and sockets that it cannot open for a name that is not known.
    if (const std::string shortage = why_no_descriptor(); !shortage.empty())
      why = "no file descriptor is left, " + shortage;
    return Error{ErrorCode::kUnavailable, fmt::format("cannot resolve {}: {}", host, why), "", host};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, &::freeaddrinfo);
  NameResolver::Addresses found;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    found.push_back(Address::from_sockaddr(entry->ai_addr, entry->ai_addrlen));
  }
  return found;
}

}  // namespace

NameResolver::Lookup system_lookup(boost::asio::io_context& loop) {
  return lookup_in_threads(loop, ask_system);
}

}  // namespace demo
