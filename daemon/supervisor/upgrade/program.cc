#include "supervisor/upgrade/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/shortage.h"

namespace demo {
namespace {

constexpr const char* kRunningProgram = "/proc/self/exe";

SharedFd open_as_place(const char* path) { return SharedFd(UniqueFd(::open(path, O_PATH | O_CLOEXEC))); }

}  // namespace

Program this_program(int argc, const char* const* argv, std::string known_path) {
  if (known_path.empty()) {
    std::error_code error;
    known_path = std::filesystem::read_symlink(kRunningProgram, error).string();
  }
  return {std::move(known_path), open_as_place(kRunningProgram), {argv, argv + argc}};
}

Result<Program> next_version(const Program& program) {
  const auto refused = [&](int error) {
    return Error{is_shortage(error) ? ErrorCode::kResourceExhausted : ErrorCode::kFailedPrecondition,
                 fmt::format("cannot execute {}: {}", program.path, errno_text(error)), "", ""};
  };
  SharedFd file = open_as_place(program.path.c_str());
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return refused(errno);
  if (!S_ISREG(status.st_mode)) return refused(EACCES);
  if (::faccessat(AT_FDCWD, program.path.c_str(), X_OK, AT_EACCESS) != 0) return refused(errno);
  return Program{program.path, std::move(file), program.arguments};
}

}  // namespace demo
