#include "supervisor/listening/member_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"

namespace demo {

const SocketMember* member_with_path(const std::vector<SocketMember>& members) {
  const auto found =
      std::ranges::find_if(members, [](const SocketMember& member) { return member.socket.name.has_path(); });
  return found == members.end() ? nullptr : &*found;
}

Status inherit_path(const Listener& listener, const std::vector<SocketMember>& members, UnixName& name) {
  const SocketMember* const named = member_with_path(members);
  if (named == nullptr) return {};
  const int error = name.inherit(named->socket.name);
  if (error == 0) return {};
  return Error{ErrorCode::kPermissionDenied,
               fmt::format("cannot replace the socket of {}: the new file cannot be given the owner and mode "
                           "of the old one: {}",
                           listener.address.to_string(), errno_text(error)),
               "listener.address", listener.address.to_string()};
}

void take_path(const Listener& listener, const std::vector<SocketMember>& members, SocketMember& member) {
  const SocketMember* const named = member_with_path(members);
  const auto there = file_at(listener.address);
  int error = member.socket.name.publish(named != nullptr ? named->socket.name.file() : std::nullopt);
  // What a dead process left goes; what another program put there since prepare() stays.
  if (error == EEXIST && probe_address(listener)) error = member.socket.name.publish(there);
  if (error != 0) log(LogLevel::kError, "{}", listen_error(listener.address, error).message);
}

}  // namespace demo
