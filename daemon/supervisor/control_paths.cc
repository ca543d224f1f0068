#include "supervisor/control_paths.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace demo {
namespace {

ControlPaths in_folder(const std::string& folder) {
  return {folder + "/control.sock", folder + "/monitor.sock"};
}

// Daemons whose control sockets share a folder must not share the monitor socket.
std::string monitor_beside(const std::string& control) {
  const std::size_t name = control.rfind('/') + 1;
  const std::string file = control.substr(name);
  return control.substr(0, name) + (file == "control.sock" ? "monitor.sock" : "monitor-" + file);
}

}  // namespace

Result<ControlPaths> choose_control_paths(const std::string& asked) {
  if (!asked.empty()) return ControlPaths{asked, monitor_beside(asked)};
  std::string folder = "/run/demo-server";
  mode_t mode = 0755;
  if (::geteuid() != 0) {
    const char* const runtime = ::getenv("XDG_RUNTIME_DIR");
    if (runtime == nullptr || *runtime == '\0') return ControlPaths{};
    folder = std::string(runtime) + "/demo-server";
    mode = 0700;
  }
  if (::mkdir(folder.c_str(), mode) != 0 && errno != EEXIST) {
    return Error{
        ErrorCode::kPermissionDenied,
        fmt::format("cannot make the folder {} of the control socket: {}; name another with --control",
                    folder, errno_text(errno)),
        "--control", folder};
  }
  return in_folder(folder);
}

}  // namespace demo
