#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/named_fds.h"
#include "base/result.h"
#include "control/control_options.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// The daemon's gRPC endpoints: control socket, monitor socket, TCP. Owns their servers, threads and socket
// files. Runs in the supervisor, beside its loop.
class ControlServer {
 public:
  // Binds and serves every endpoint of the options, or none. Errors are one sentence for the operator: a path
  // that is too long or not writable, a socket that another daemon serves, plaintext TCP beyond loopback, a
  // certificate that cannot be read. Signals must be blocked before: it starts threads. supervisor outlives
  // the object.
  static Result<std::unique_ptr<ControlServer>> open(ControlOptions options, SupervisorApi& supervisor);
  // The same, with what hand_over() gave where that fits; what is used is taken out.
  static Result<std::unique_ptr<ControlServer>> open(ControlOptions options, SupervisorApi& supervisor,
                                                     NamedFds& kept);

  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  ~ControlServer();

  // What a shutdown grants to answers that are being written, at all endpoints together.
  static constexpr std::chrono::milliseconds kPatience{1000};
  // The same where the next process waits to serve.
  static constexpr std::chrono::milliseconds kHurry{50};

  // Ends every call with UNAVAILABLE, removes the socket files, joins the threads. Waits for calls whose
  // answer is being written, and for clients to take note, as long as that at most. Idempotent. May be called
  // on the supervisor's loop.
  void shutdown(std::chrono::milliseconds patience = kPatience);

  // The same, but the sockets and their files stay: who connects meanwhile waits for the next server.
  NamedFds hand_over(std::chrono::milliseconds patience);

  // The port of the TCP endpoint, which the kernel chose when port 0 was asked for; 0 without one.
  int tcp_port() const;

 private:
  struct Parts;
  explicit ControlServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// What open() would say of the paths of control and monitor socket, without making either.
Status check_control_sockets(const std::string& control_path, const std::string& monitor_path);

}  // namespace demo
