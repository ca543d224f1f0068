#include "supervisor/start/worker_binary.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace demo {

std::string find_worker_binary() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string beside = (self.parent_path() / "demo-server-worker").string();
  if (!error && ::access(beside.c_str(), X_OK) == 0) return beside;
  return "/usr/libexec/demo-server/demo-server-worker";
}

}  // namespace demo
