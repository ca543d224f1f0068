#include "supervisor/upgrade/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "base/shortage.h"

namespace demo {
namespace {

constexpr const char* kRunningProgram = "/proc/self/exe";

SharedFd open_as_place(const char* path) { return SharedFd(UniqueFd(::open(path, O_PATH | O_CLOEXEC))); }

// With the links in it, since the next version may lie where they lead by then; the file's own path where it
// was called by its name alone.
std::string path_as_called(const std::string& name) {
  std::error_code error;
  const std::filesystem::path called = std::filesystem::absolute(name, error).lexically_normal();
  const bool is_this = name.find('/') != std::string::npos && !error &&
                       std::filesystem::equivalent(called, kRunningProgram, error) && !error;
  return is_this ? called.string() : std::filesystem::read_symlink(kRunningProgram, error).string();
}

bool is_script(const std::string& path) {
  char begin[2] = {};
  std::ifstream(path, std::ios::binary).read(begin, sizeof begin);
  return begin[0] == '#' && begin[1] == '!';
}

}  // namespace

Program this_program(int argc, const char* const* argv, std::string known_path) {
  if (known_path.empty()) known_path = path_as_called(argc > 0 ? argv[0] : "");
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
  if (is_script(program.path)) {
    return Error{ErrorCode::kFailedPrecondition,
                 fmt::format("{} is a script: the daemon's own program is needed there", program.path), "",
                 ""};
  }
  return Program{program.path, std::move(file), program.arguments};
}

}  // namespace demo
