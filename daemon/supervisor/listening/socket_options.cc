#include "supervisor/listening/socket_options.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>

#include "base/shortage.h"
#include "base/unique_fd.h"

#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#endif

namespace demo {
namespace {

// One integer option: which sockets it is for, and what the listener asks.
struct IntegerOption {
  const char* name;
  int level;
  int option;
  std::optional<int> requested;
  bool ip_only;
  OptionForm form = OptionForm::kNumber;
};

std::optional<int> as_int(std::optional<bool> value) {
  if (!value) return std::nullopt;
  return *value ? 1 : 0;
}

std::array<IntegerOption, 14> integer_options(const Listener& listener) {
  const KernelOptions& k = listener.kernel;
  const bool probes = k.keepalive_idle_s || k.keepalive_interval_s || k.keepalive_count;
  const bool v6 = listener.address.family() == AF_INET6;
  const int transparent_level = v6 ? int{IPPROTO_IPV6} : int{IPPROTO_IP};
  const int transparent_option = v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT;
  return {{
      {"v6only", IPPROTO_IPV6, IPV6_V6ONLY, as_int(effective_v6only(listener)), true, OptionForm::kSwitch},
      {"transparent", transparent_level, transparent_option, as_int(k.transparent), true,
       OptionForm::kSwitch},
      {"send_buffer_bytes", SOL_SOCKET, SO_SNDBUF, k.send_buffer_bytes, false},
      {"receive_buffer_bytes", SOL_SOCKET, SO_RCVBUF, k.receive_buffer_bytes, false},
      {"defer_accept_s", IPPROTO_TCP, TCP_DEFER_ACCEPT, effective_defer_accept_s(listener), true},
      {"fastopen_queue", IPPROTO_TCP, TCP_FASTOPEN, k.fastopen_queue, true},
      {"busy_poll_us", SOL_SOCKET, SO_BUSY_POLL, k.busy_poll_us, false},
      {"prefer_busy_poll", SOL_SOCKET, SO_PREFER_BUSY_POLL, as_int(k.prefer_busy_poll), false,
       OptionForm::kSwitch},
      {"nodelay", IPPROTO_TCP, TCP_NODELAY, k.nodelay ? 1 : 0, true, OptionForm::kSwitch},
      {"quickack", IPPROTO_TCP, TCP_QUICKACK, as_int(k.quickack), true, OptionForm::kSwitch},
      {"keepalive", SOL_SOCKET, SO_KEEPALIVE, probes ? std::optional(1) : std::nullopt, true,
       OptionForm::kSwitch},
      {"keepalive_idle_s", IPPROTO_TCP, TCP_KEEPIDLE, k.keepalive_idle_s, true},
      {"keepalive_interval_s", IPPROTO_TCP, TCP_KEEPINTVL, k.keepalive_interval_s, true},
      {"keepalive_count", IPPROTO_TCP, TCP_KEEPCNT, k.keepalive_count, true},
  }};
}

// ipv6(7)
bool default_v6only() {
  const UniqueFd fresh(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fresh.get(), IPPROTO_IPV6, IPV6_V6ONLY, &value, &size) == 0 && value != 0;
}

// Those that the listener asks for.
std::vector<IntegerOption> requested_options(const Listener& listener) {
  const bool is_unix = listener.address.is_unix();
  std::vector<IntegerOption> requested;
  for (const IntegerOption& option : integer_options(listener)) {
    if (option.requested && !(option.ip_only && is_unix)) requested.push_back(option);
  }
  if (listener.kernel.incoming_cpu && !is_unix) {
    requested.push_back({"incoming_cpu", SOL_SOCKET, SO_INCOMING_CPU, listener.kernel.incoming_cpu, true});
  }
  return requested;
}

SocketOptionReport report_of(const IntegerOption& option) {
  return {option.name, std::to_string(*option.requested), "", "", option.form};
}

// Nothing in effect where the socket has another value.
SocketOptionReport report_if_set(int socket, const IntegerOption& option) {
  SocketOptionReport report = report_of(option);
  int value = 0;
  socklen_t size = sizeof value;
  const bool known = ::getsockopt(socket, option.level, option.option, &value, &size) == 0;
  if (known && value == *option.requested) report.effective = report.requested;
  return report;
}

SocketOptionReport apply_integer(int socket, const IntegerOption& option) {
  SocketOptionReport report = report_of(option);
  int value = *option.requested;
  socklen_t size = sizeof value;
  if (::setsockopt(socket, option.level, option.option, &value, sizeof value) != 0 ||
      ::getsockopt(socket, option.level, option.option, &value, &size) != 0) {
    report.error = errno_text(errno);
    return report;
  }
  report.effective = std::to_string(value);
  return report;
}

}  // namespace

std::optional<int> effective_defer_accept_s(const Listener& listener) {
  if (listener.address.is_unix()) return std::nullopt;
  if (listener.kernel.defer_accept_s) return listener.kernel.defer_accept_s;
  if (listener.mode == ListenerMode::kTcp) return std::nullopt;
  return 1;
}

std::optional<bool> effective_v6only(const Listener& listener) {
  if (listener.address.family() != AF_INET6) return std::nullopt;
  if (listener.kernel.v6only) return listener.kernel.v6only;
  static const bool by_default = default_v6only();
  return by_default;
}

Status apply_socket_options(int socket, const Listener& listener, std::vector<SocketOptionReport>& reports) {
  for (const IntegerOption& option : requested_options(listener)) {
    reports.push_back(apply_integer(socket, option));
  }
  const std::string& interface = listener.kernel.interface;
  if (interface.empty() || listener.address.is_unix()) return {};
  if (::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
                   static_cast<socklen_t>(interface.size())) != 0) {
    const ErrorCode code =
        is_shortage(errno) ? ErrorCode::kResourceExhausted : ErrorCode::kFailedPrecondition;
    return Error{code,
                 fmt::format("cannot bind {} to interface \"{}\": {}", listener.address.to_string(),
                             interface, errno_text(errno)),
                 "listener.kernel.interface", interface};
  }
  reports.push_back({"interface", interface, interface, "", OptionForm::kText});
  return {};
}

std::vector<SocketOptionReport> set_options_again(int socket, const Listener& listener) {
  // Of one that does not say, whoever made the socket has decided.
  const bool decides_v6only = listener.kernel.v6only.has_value();
  std::vector<SocketOptionReport> reports;
  for (const IntegerOption& option : requested_options(listener)) {
    if (option.option == IPV6_V6ONLY && option.level == IPPROTO_IPV6 && !decides_v6only) continue;
    SocketOptionReport report = report_if_set(socket, option);
    if (report.effective.empty()) report = apply_integer(socket, option);
    if (!report.error.empty()) report.error += ", on a socket that systemd made";
    reports.push_back(std::move(report));
  }
  const std::string& interface = listener.kernel.interface;
  if (!interface.empty()) reports.push_back({"interface", interface, interface, "", OptionForm::kText});
  return reports;
}

SocketOptionReport report_backlog(int requested) {
  int cap = 0;
  std::ifstream("/proc/sys/net/core/somaxconn") >> cap;
  const int effective = cap > 0 ? std::min(requested, cap) : requested;
  return {"backlog", std::to_string(requested), std::to_string(effective), ""};
}

}  // namespace demo
