#include "supervisor/start/control_paths.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/file_access.h"

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

Error cannot_make(const std::string& folder, int error_number) {
  return {ErrorCode::kPermissionDenied,
          fmt::format("cannot make the folder {} of the control socket: {}; name another with --control",
                      folder, errno_text(error_number)),
          "--control", folder};
}

// Makes the folder where there is none yet; the one that it is in must be there. Others may look for
// monitor.sock in what root makes.
Status make_folder(const std::string& folder) {
  const mode_t mode = ::geteuid() == 0 ? 0755 : 0700;
  if (folder.empty() || ::mkdir(folder.c_str(), mode) == 0 || errno == EEXIST) return {};
  return cannot_make(folder, errno);
}

std::string folder_above(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

Result<ControlPaths> choose_control_paths(const std::string& asked) {
  ControlPaths paths;
  if (!asked.empty()) {
    paths = {asked, monitor_beside(asked)};
  } else if (::geteuid() == 0) {
    paths = in_folder("/run/demo-server");
  } else {
    const char* const runtime = ::getenv("XDG_RUNTIME_DIR");
    if (runtime == nullptr || *runtime == '\0') return ControlPaths{};
    paths = in_folder(std::string(runtime) + "/demo-server");
  }
  if (auto made = make_folder(folder_above(paths.control)); !made) return made.error();
  return paths;
}

Result<ControlPaths> check_control_paths(const std::string& asked) {
  const std::string folder = folder_above(asked);
  const bool missing = !folder.empty() && ::access(folder.c_str(), F_OK) != 0 && errno == ENOENT;
  const int fault = missing ? making_fault(folder_of(folder)) : 0;
  if (fault != 0) return cannot_make(folder, fault);
  return ControlPaths{asked, monitor_beside(asked)};
}

}  // namespace demo
