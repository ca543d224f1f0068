#include "supervisor/state/state_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <memory>
#include <tuple>
#include <utility>

#include "base/read_file.h"
#include "base/shortage.h"
#include "base/whole_io.h"

namespace demo {
namespace {

constexpr const char* kStateName = "state.json";
constexpr const char* kFileName = "file.json";
// What messages call the two.
constexpr const char* kStateWords = "the saved state";
constexpr const char* kFileWords = "the kept configuration file";
constexpr const char* kGenerationName = "generation";
constexpr const char* kTrialName = "trial";
constexpr const char* kTemporaryEnding = ".new";
constexpr mode_t kFileMode = 0640;
// A larger file was not written by this daemon.
constexpr std::size_t kStateSizeBytes = 256 * 1024 * 1024;
constexpr const char* kDamagedMark = ".damaged-";
// No daemon comes that far.
constexpr std::uint64_t kLargestGeneration = std::uint64_t{1} << 62;
constexpr int kDamagedNamesTried = 100;

ErrorCode code_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kPermissionDenied;
    case EDQUOT:
    case EFBIG:
      return ErrorCode::kResourceExhausted;
    default:
      return is_shortage(error_number) ? ErrorCode::kResourceExhausted : ErrorCode::kInternal;
  }
}

Error failed(std::string_view what, const std::string& path, int error_number) {
  return {code_of(error_number), fmt::format("cannot {} {}: {}", what, path, errno_text(error_number)),
          "state_dir", path};
}

Result<UniqueFd> open_directory(const std::string& directory) {
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return failed("open the state directory", directory, errno);
  return fd;
}

// Why a file cannot be one that this daemon saved; empty when it can. Root may have edited it.
std::string why_not_ours(const struct stat& file) {
  switch (file.st_mode & S_IFMT) {
    case S_IFREG:
      break;
    case S_IFLNK:
      return "it is a symbolic link";
    case S_IFDIR:
      return "it is a folder";
    case S_IFIFO:
      return "it is a FIFO";
    case S_IFSOCK:
      return "it is a socket";
    default:
      return "it is a device";
  }
  const bool ours = file.st_uid == ::geteuid() || file.st_uid == 0;
  return ours ? "" : fmt::format("it belongs to uid {}", file.st_uid);
}

// What earlier starts set aside, sorted; none of a directory that cannot be read.
std::vector<std::string> damaged_names(const std::string& directory) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(directory.c_str()), ::closedir);
  if (!folder) return names;
  while (const dirent* const entry = ::readdir(folder.get())) {
    const std::string_view name(entry->d_name);
    const auto is_of = [name](std::string_view file) {
      return name.starts_with(file) && name.substr(file.size()).starts_with(kDamagedMark);
    };
    if (is_of(kStateName) || is_of(kFileName)) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

StateStore::StateStore(std::string directory, UniqueFd fd, Sync sync)
    : directory_(std::move(directory)),
      fd_(std::move(fd)),
      sync_(std::move(sync)),
      damaged_(damaged_names(directory_)) {}

int StateStore::sync_directory(int fd) { return ::fsync(fd) == 0 ? 0 : errno; }

Status StateStore::check(const std::string& directory) {
  const auto fd = open_directory(directory);
  return fd ? Status() : fd.error();
}

Status StateStore::check(const std::string& directory, const Check& state, const Check& file) {
  const auto fd = open_directory(directory);
  if (!fd) return fd.error();
  for (const auto& [name, what, usable] :
       {std::tuple(kStateName, kStateWords, &state), std::tuple(kFileName, kFileWords, &file)}) {
    const std::string path = directory + "/" + name;
    const auto found = find(fd->get(), path, name, what, *usable);
    if (!found) return found.error();
    if (found->why_not.empty()) continue;
    return Error{ErrorCode::kFailedPrecondition,
                 fmt::format("{} {} cannot be used: {}", what, path, found->why_not), "", ""};
  }
  return {};
}

Result<StateStore> StateStore::open(std::string directory, Sync sync) {
  auto opened = open_directory(directory);
  if (!opened) return opened.error();
  UniqueFd fd = std::move(*opened);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("lock the state directory", directory, errno);
    return Error{ErrorCode::kFailedPrecondition,
                 fmt::format("the state directory {} is in use by another demo-server", directory),
                 "state_dir", directory};
  }
  // What a save that died left behind was never renamed, so it never was the state.
  StateStore store(std::move(directory), std::move(fd), std::move(sync));
  for (const char* const name : {kStateName, kFileName, kGenerationName, kTrialName}) {
    const std::string temporary = std::string(name) + kTemporaryEnding;
    if (::unlinkat(store.fd_.get(), temporary.c_str(), 0) == 0 || errno == ENOENT || errno == EROFS) continue;
    if (errno != EISDIR) {
      return failed("remove the remains of an interrupted save in", store.directory_, errno);
    }
    if (auto aside = store.set_aside(temporary.c_str()); !aside) return aside.error();
  }
  return store;
}

Result<StateStore::Loaded> StateStore::load(const Check& check) {
  return load(kStateName, kStateWords, check);
}

Result<StateStore::Loaded> StateStore::load_file(const Check& check) {
  return load(kFileName, kFileWords, check);
}

Result<StateStore::Found> StateStore::find(int folder, const std::string& path, const char* name,
                                           std::string_view what, const Check& check) {
  const std::string reading = fmt::format("read {}", what);
  struct stat found {};
  if (::fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return Found{};
    return failed(reading, path, errno);
  }
  if (std::string why = why_not_ours(found); !why.empty()) return Found{std::nullopt, std::move(why)};
  // Whatever has taken its place meanwhile: opening it waits for nobody.
  const UniqueFd file(::openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!file) return failed(reading, path, errno);
  const auto bytes = read_all(file.get(), kStateSizeBytes);
  if (!bytes && is_shortage(bytes.error())) return failed(reading, path, bytes.error());
  const Status good =
      bytes ? check(*bytes) : Status(Error{code_of(bytes.error()), errno_text(bytes.error()), "", ""});
  if (good) return Found{*bytes, ""};
  return Found{std::nullopt, good.error().message};
}

Result<StateStore::Loaded> StateStore::load(const char* name, std::string_view what, const Check& check) {
  const std::string path = directory_ + "/" + name;
  auto found = find(fd_.get(), path, name, what, check);
  if (!found) return found.error();
  if (found->why_not.empty()) return Loaded{std::move(found->bytes), ""};
  const auto aside = set_aside(name);
  if (!aside) return aside.error();
  return Loaded{std::nullopt, fmt::format("{} {} cannot be used ({}) and was set aside as {}", what, path,
                                          found->why_not, *aside)};
}

Result<std::string> StateStore::set_aside(const char* file) {
  const std::string stamp =
      fmt::format("{}{}{:%Y%m%dT%H%M%SZ}", file, kDamagedMark, fmt::gmtime(std::time(nullptr)));
  for (int attempt = 0; attempt < kDamagedNamesTried; ++attempt) {
    const std::string name = attempt == 0 ? stamp : fmt::format("{}.{}", stamp, attempt);
    // RENAME_NOREPLACE keeps what an earlier start set aside in the same second.
    if (::renameat2(fd_.get(), file, fd_.get(), name.c_str(), RENAME_NOREPLACE) == 0) {
      ::fsync(fd_.get());
      if (file == std::string_view(kStateName) || file == std::string_view(kFileName))
        damaged_.push_back(name);
      return directory_ + "/" + name;
    }
    if (errno != EEXIST) break;
  }
  return failed("set aside", directory_ + "/" + file, errno);
}

std::vector<StateStore::Damaged> StateStore::damaged() const {
  std::vector<Damaged> files;
  for (const std::string& name : damaged_) {
    const bool there = ::faccessat(fd_.get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    if (there) files.push_back({directory_ + "/" + name, std::string_view(name).starts_with(kStateName)});
  }
  return files;
}

Result<StateStore::Saved> StateStore::save(std::string_view bytes) { return replace(kStateName, bytes); }

Result<StateStore::Saved> StateStore::save_file(std::string_view bytes) { return replace(kFileName, bytes); }

Result<std::uint64_t> StateStore::last_generation() const {
  const std::string path = directory_ + "/" + kGenerationName;
  const UniqueFd file(
      ::openat(fd_.get(), kGenerationName, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!file && errno == ENOENT) return std::uint64_t{0};
  if (!file) return failed("read", path, errno);
  const auto text = read_all(file.get(), kStateSizeBytes);
  if (!text) return failed("read", path, text.error());
  std::uint64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, number);
  const std::string_view after(rest, static_cast<std::size_t>(end - rest));
  if (error != std::errc() || after != "\n" || number > kLargestGeneration) {
    return Error{ErrorCode::kInternal, path + " is not a number and a line feed", "state_dir", path};
  }
  return number;
}

Result<StateStore::Saved> StateStore::keep_generation(std::uint64_t last) {
  return replace(kGenerationName, fmt::format("{}\n", last));
}

bool StateStore::in_place() const {
  struct stat open {};
  struct stat named {};
  return ::fstat(fd_.get(), &open) == 0 && ::stat(directory_.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

Status StateStore::follow() {
  if (in_place()) return {};
  auto other = StateStore::open(directory_);
  if (!other) {
    Error error = other.error();
    error.message = "the state directory was moved away or removed, so nothing was saved: " + error.message;
    return error;
  }
  fd_ = std::move(other->fd_);
  return {};
}

Status StateStore::try_writing(const std::string& directory, std::size_t bytes) {
  const std::string name = std::string(kTrialName) + kTemporaryEnding;
  const std::string path = directory + "/" + name;
  const UniqueFd folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return failed("open the state directory", directory, errno);
  ::unlinkat(folder.get(), name.c_str(), 0);
  const UniqueFd file(
      ::openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  if (!file) return failed("create", path, errno);
  const bool written = write_all(file.get(), std::string(bytes, '\n')) && ::fsync(file.get()) == 0;
  const int error = written ? 0 : errno;
  ::unlinkat(folder.get(), name.c_str(), 0);
  if (error != 0) return failed("write", path, error);
  return {};
}

Result<StateStore::Saved> StateStore::replace(const std::string& name, std::string_view bytes) {
  if (auto there = follow(); !there) return there.error();
  const std::string temporary = name + kTemporaryEnding;
  const std::string path = directory_ + "/" + temporary;
  const auto give_up = [&](std::string_view what, int error_number) -> Error {
    ::unlinkat(fd_.get(), temporary.c_str(), 0);
    return failed(what, path, error_number);
  };
  // Made anew, so that it is a file, and ours, whatever was put there.
  ::unlinkat(fd_.get(), temporary.c_str(), 0);
  UniqueFd file(::openat(fd_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  if (!file) return failed("create", path, errno);
  if (!write_all(file.get(), bytes)) return give_up("write", errno);
  // Without it a power loss could leave the new name with none of the new bytes.
  if (::fsync(file.get()) != 0) return give_up("write", errno);
  if (::close(file.release()) != 0 && errno != EINTR) return give_up("write", errno);
  if (::renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) != 0) return give_up("rename", errno);
  const int error = sync_(fd_.get());
  // Some file systems have nothing to write of a directory: fsync(2), EINVAL.
  if (error == 0 || error == EINVAL || error == ENOTSUP || error == ENOSYS) return Saved{};
  return Saved{fmt::format("saved, but a power loss may undo it: {}",
                           failed("write the state directory", directory_, error).message)};
}

}  // namespace demo
