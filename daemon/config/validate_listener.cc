#include "config/validate_listener.h"

#include <net/if.h>
#include <netinet/in.h>

#include "config/no_such_pool.h"
#include "config/validate_pool.h"

namespace demo {
namespace {

// bind(2) would take it for invalid without saying why.
bool lacks_interface(const Listener& listener) {
  if (listener.address.family() != AF_INET6 || !listener.kernel.interface.empty()) return false;
  const auto& in6 = *reinterpret_cast<const sockaddr_in6*>(listener.address.sockaddr_ptr());
  return IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr) && listener.address.zone().empty();
}

void check_kernel_options(const Listener& listener, Problems problems) {
  const KernelOptions& kernel = listener.kernel;
  const int family = listener.address.family();
  if (kernel.v6only.value_or(false) && family != AF_INET6 && family != AF_UNSPEC) {
    problems.add("v6only", "on", "applies to IPv6 addresses only");
  }
  if (kernel.interface.empty()) return;
  if (kernel.interface.size() >= IFNAMSIZ) {
    problems.add("interface", kernel.interface,
                 fmt::format("an interface name has at most {} bytes", IFNAMSIZ - 1));
  } else if (kernel.interface.find_first_of("/: \t\r\n") != std::string::npos || kernel.interface == "." ||
             kernel.interface == "..") {
    problems.add("interface", kernel.interface, "not the name of a network interface");
  }
  if (listener.address.is_unix()) {
    problems.add("interface", kernel.interface, "a unix socket cannot be bound to a network interface");
  }
}

}  // namespace

void check_own(const Listener& listener, Problems problems) {
  check_pool_name(problems, "pool", listener.pool);
  if (listener.address.family() == AF_UNSPEC) {
    problems.add("address", "", "a listener needs an address");
  }
  if (problems.knows("kernel.interface") && lacks_interface(listener)) {
    problems.add("address", listener.address.to_string(),
                 fmt::format("a link-local address needs its interface, such as [{}%eth0]:{}",
                             listener.address.host(), listener.address.port()));
  }
  if (listener.address.is_unix() && listener.accept_mode && has_socket_per_worker(*listener.accept_mode)) {
    problems.add("accept_mode", std::string(to_string(*listener.accept_mode)),
                 "a unix socket is one for all workers; use shared or exclusive");
  }
  // A raw listener answers any bytes and looks at none, so a PROXY header would count as a request.
  if (listener.accept_proxy_protocol && listener.mode == ListenerMode::kRaw) {
    problems.add("accept_proxy_protocol", "on", "a raw listener reads no header; use another mode");
  }
  check_kernel_options(listener, problems.under("kernel"));
}

void check_pool_of(const Config& config, const Listener& listener, Problems problems) {
  if (!needs_pool(listener) || find_pool(config, listener.pool) != nullptr) return;
  problems.add("pool", listener.pool,
               fmt::format("no pool has this name, and a {} listener needs one{}", to_string(listener.mode),
                           near_pool(config, listener.pool)));
}

}  // namespace demo
