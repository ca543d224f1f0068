#include "supervisor/listening/socket_holder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace demo {
namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& process, const std::string& wanted) {
  std::error_code error;
  for (fs::directory_iterator entry(process / "fd", error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    if (fs::read_symlink(entry->path(), gone) == wanted) return true;
  }
  return false;
}

bool is_number(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

std::optional<SocketHolder> find_holder(std::uint64_t inode) {
  const std::string wanted = fmt::format("socket:[{}]", inode);
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string pid = entry->path().filename();
    if (!is_number(pid) || !holds(entry->path(), wanted)) continue;
    SocketHolder holder{static_cast<pid_t>(std::stol(pid)), ""};
    std::ifstream comm(entry->path() / "comm");
    std::getline(comm, holder.name);
    // A process names itself: nothing of it may steer a terminal.
    std::replace_if(
        holder.name.begin(), holder.name.end(), [](unsigned char c) { return std::isprint(c) == 0; }, '?');
    return holder;
  }
  return std::nullopt;
}

}  // namespace demo
