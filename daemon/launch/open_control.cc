#include "launch/open_control.h"

#include <exception>
#include <string>
#include <utility>

#include "control/connections/thread_limit.h"
#include "supervisor/start/control_paths.h"

namespace demo {

std::optional<ControlTcpOptions> control_tcp_options(const Flags& flags) {
  if (!flags.control_tcp) return std::nullopt;
  return ControlTcpOptions{*flags.control_tcp, flags.tls_certificate, flags.tls_key, flags.tls_client_ca,
                           flags.insecure_everyone_on_this_host_is_admin};
}

Result<std::unique_ptr<ControlServer>> open_control(const Flags& flags, Supervisor& supervisor,
                                                    NamedFds& kept) {
  ControlOptions options;
  auto paths = choose_control_paths(flags.control_path);
  if (!paths) return paths.error();
  options.control_path = paths->control;
  options.monitor_path = paths->monitor;
  options.tcp = control_tcp_options(flags);
  return open_control(std::move(options), supervisor, kept);
}

Result<std::unique_ptr<ControlServer>> open_control(ControlOptions options, Supervisor& supervisor,
                                                    NamedFds& kept) {
  options.version = DEMO_VERSION;
  const auto refused = [](const std::string& why) {
    return Error{ErrorCode::kResourceExhausted, "cannot serve the control API: " + why, "", ""};
  };
  if (auto enough = check_thread_limit(threads_of_api()); !enough) return refused(enough.error().message);
  // Its threads are made by libraries, which throw when there can be none.
  try {
    auto opened = ControlServer::open(std::move(options), supervisor, kept);
    // Whoever connected to what it does not serve would wait for ever.
    if (opened) kept.clear();
    return opened;
  } catch (const std::exception& error) {
    return refused(error.what());
  }
}

}  // namespace demo
