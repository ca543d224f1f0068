#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// Where the daemon is.
namespace demo::ctl {

// Files for a host:port target, all PEM.
struct TlsFiles {
  std::string ca;           // certificates that may have signed the daemon's
  std::string certificate;  // the client's own
  std::string key;
  std::string server_name;  // the name in the daemon's certificate when it is not the host
  bool any() const { return !ca.empty() || !certificate.empty() || !key.empty() || !server_name.empty(); }
};

struct Target {
  std::string path;  // of a unix socket; empty: host_port is used
  std::string host_port;
  TlsFiles tls;  // host_port only

  bool is_unix() const { return !path.empty(); }
  // As --target takes it: "unix:///run/demo-server/control.sock", "10.0.0.2:7443".
  std::string text() const;
};

// What a call needs: the monitor socket serves reads alone.
enum class Access : std::uint8_t { kRead, kChange };

// Whether the target is a unix socket of a name that the daemon gives to monitor sockets.
bool is_monitor(const Target& target);

// What the file system says about a socket.
enum class SocketState : std::uint8_t { kMissing, kDenied, kUsable };
using SocketProbe = std::function<SocketState(const std::string& path)>;

// The real probe: may this process connect(2) to the path, as far as permissions tell.
SocketState probe_socket(const std::string& path);

// Places of the control socket when no target is named: the system's, then the user's ($XDG_RUNTIME_DIR, may
// be empty).
std::vector<std::string> default_sockets(const std::string& runtime_dir);

// A target as the user named it: "unix:///path", "unix:/path", "/path", "host:port". Throws a usage Failure,
// also when TLS files do not fit: without them only a loopback host is spoken to in the clear.
Target parse_target(const std::string& text, const TlsFiles& tls);

// The socket to use for the access: the first usable one of the candidates; for reads the monitor socket
// beside a control socket that is denied. Throws kDenied or kUnreachable with what to do about it.
Target choose_socket(const std::vector<std::string>& candidates, Access access, const SocketProbe& probe);

}  // namespace demo::ctl
