#include "config/validate_listener.h"

#include <net/if.h>
#include <netinet/in.h>

#include <limits>

#include "config/no_such_pool.h"
#include "config/validate_pool.h"

namespace demo {
namespace {

constexpr int kIntMax = std::numeric_limits<int>::max();
constexpr int kSecondsMax = 32'767;      // what tcp(7) takes for TCP_KEEPIDLE and TCP_KEEPINTVL
constexpr int kKeepaliveCountMax = 127;  // likewise for TCP_KEEPCNT

void check_optional(Problems& problems, std::string_view field, const std::optional<int>& value, int least,
                    int most) {
  if (value) problems.require_range(field, *value, least, most);
}

// bind(2) would take it for invalid without saying why.
bool lacks_interface(const Listener& listener) {
  if (listener.address.family() != AF_INET6 || !listener.kernel.interface.empty()) return false;
  const auto& in6 = *reinterpret_cast<const sockaddr_in6*>(listener.address.sockaddr_ptr());
  return IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr) && listener.address.zone().empty();
}

void validate_kernel_options(const Listener& listener, Problems problems) {
  const KernelOptions& kernel = listener.kernel;
  problems.require_range("backlog", kernel.backlog, 1, kIntMax);
  check_optional(problems, "defer_accept_s", kernel.defer_accept_s, 0, kSecondsMax);
  check_optional(problems, "fastopen_queue", kernel.fastopen_queue, 0, kIntMax);
  check_optional(problems, "busy_poll_us", kernel.busy_poll_us, 0, kIntMax);
  check_optional(problems, "keepalive_idle_s", kernel.keepalive_idle_s, 1, kSecondsMax);
  check_optional(problems, "keepalive_interval_s", kernel.keepalive_interval_s, 1, kSecondsMax);
  check_optional(problems, "keepalive_count", kernel.keepalive_count, 1, kKeepaliveCountMax);
  check_optional(problems, "send_buffer_bytes", kernel.send_buffer_bytes, 1, kIntMax);
  check_optional(problems, "receive_buffer_bytes", kernel.receive_buffer_bytes, 1, kIntMax);
  check_optional(problems, "incoming_cpu", kernel.incoming_cpu, 0, kIntMax);
  if (kernel.v6only.value_or(false) && listener.address.family() != AF_INET6) {
    problems.add("v6only", "true", "applies to IPv6 addresses only");
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

void validate_listener(const Config& config, const Listener& listener, Problems problems) {
  if (listener.address.family() == AF_UNSPEC) {
    problems.add("address", "", "a listener needs an address");
    return;
  }
  if (lacks_interface(listener)) {
    problems.add("address", listener.address.to_string(),
                 fmt::format("a link-local address needs its interface, such as [{}%eth0]:{}",
                             listener.address.host(), listener.address.port()));
  }
  check_pool_name(problems, "pool", listener.pool);
  const bool needs_pool = listener.mode == ListenerMode::kProxy || listener.mode == ListenerMode::kTcp;
  if (needs_pool && find_pool(config, listener.pool) == nullptr) {
    problems.add("pool", listener.pool,
                 fmt::format("no pool has this name, and a {} listener needs one{}", to_string(listener.mode),
                             near_pool(config, listener.pool)));
  }
  if (listener.address.is_unix() && listener.accept_mode && has_socket_per_worker(*listener.accept_mode)) {
    problems.add("accept_mode", std::string(to_string(*listener.accept_mode)),
                 "a unix socket is one for all workers; use shared or exclusive");
  }
  // A raw listener answers any bytes and looks at none, so a PROXY header would count as a request.
  if (listener.accept_proxy_protocol && listener.mode == ListenerMode::kRaw) {
    problems.add("accept_proxy_protocol", "true", "a raw listener reads no header; use another mode");
  }
  validate_kernel_options(listener, problems.under("kernel"));
}

}  // namespace demo
