#include "rpc_call/target.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

#include "failure.h"
#include "values/number_text.h"

namespace demo::ctl {
namespace {

constexpr std::string_view kControlName = "control.sock";
constexpr std::string_view kMonitorName = "monitor.sock";
constexpr std::string_view kMonitorOf = "monitor-";  // and the name of any other control socket

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// As the daemon names it: demo-server(8), --control.
std::string monitor_beside(const std::string& path) {
  const std::string file = file_name(path);
  return path.substr(0, path.size() - file.size()) +
         (file == kControlName ? std::string(kMonitorName) : fmt::format("{}{}", kMonitorOf, file));
}

Target unix_target(std::string path) {
  Target target;
  target.path = std::move(path);
  return target;
}

Target host_target(const std::string& text, const TlsFiles& tls) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : parse_whole(text.substr(colon + 1));
  if (!port || *port == 0 || *port > 65535 || colon == 0) {
    throw usage_failure(fmt::format("--target \"{}\" is neither unix:///path nor host:port", text));
  }
  if (!tls.any() && !is_loopback(std::string_view(text).substr(0, colon))) {
    throw usage_failure(
        fmt::format("--target {} is on another host: it needs --tls-ca, --tls-cert and --tls-key", text));
  }
  if (tls.any() && (tls.ca.empty() || tls.certificate.empty() || tls.key.empty())) {
    throw usage_failure("--tls-ca, --tls-cert and --tls-key are needed together");
  }
  Target target;
  target.host_port = text;
  target.tls = tls;
  return target;
}

}  // namespace

std::string Target::text() const { return is_unix() ? "unix://" + path : host_port; }

SocketState probe_socket(const std::string& path) {
  // unix(7): connecting asks for write permission on the socket and search permission on its folders.
  if (::access(path.c_str(), W_OK) == 0) return SocketState::kUsable;
  return errno == EACCES || errno == EPERM || errno == EROFS ? SocketState::kDenied : SocketState::kMissing;
}

std::vector<std::string> default_sockets(const std::string& runtime_dir) {
  std::vector<std::string> sockets{"/run/demo-server/control.sock"};
  if (!runtime_dir.empty()) sockets.push_back(runtime_dir + "/demo-server/control.sock");
  return sockets;
}

Target parse_target(const std::string& text, const TlsFiles& tls) {
  std::string_view path = text;
  if (path.starts_with("unix://")) {
    path.remove_prefix(7);
  } else if (path.starts_with("unix:")) {
    path.remove_prefix(5);
  } else if (!path.starts_with('/')) {
    return host_target(text, tls);
  }
  if (!path.starts_with('/'))
    throw usage_failure(fmt::format("--target \"{}\": a unix path must be absolute", text));
  if (tls.any()) throw usage_failure("the --tls options are for a --target of the form host:port");
  return unix_target(std::string(path));
}

bool is_monitor(const Target& target) {
  const std::string file = file_name(target.path);
  return file == kMonitorName || file.starts_with(kMonitorOf);
}

Target choose_socket(const std::vector<std::string>& candidates, Access access, const SocketProbe& probe) {
  std::string denied;
  for (const std::string& path : candidates) {
    const SocketState state = probe(path);
    if (state == SocketState::kUsable) return unix_target(path);
    if (state == SocketState::kMissing) continue;
    const std::string monitor = monitor_beside(path);
    if (access == Access::kRead && probe(monitor) == SocketState::kUsable) return unix_target(monitor);
    if (denied.empty()) denied = path;
  }
  if (!denied.empty()) {
    throw Failure(
        ExitCode::kDenied,
        fmt::format("no right to use {}: become root or a member of its group (ls -l shows which)", denied));
  }
  throw Failure(
      ExitCode::kUnreachable,
      fmt::format("no daemon found at {}: start one with systemctl start demo-server, or name its socket "
                  "with --target or DEMOCTL_TARGET",
                  fmt::join(candidates, " or ")));
}

}  // namespace demo::ctl
