#pragma once

#include <vector>

#include "base/result.h"
#include "supervisor/listening/socket_member.h"

// The unix path that sockets of one group follow each other at.
namespace demo {

// The one that the path leads to; null: none of them.
const SocketMember* member_with_path(const std::vector<SocketMember>& members);

// Gives the name of a new socket the owner and mode of the file that the path has. Error: kPermissionDenied.
Status inherit_path(const Listener& listener, const std::vector<SocketMember>& members, UnixName& name);

// Whoever connects to the path comes to this member from now on; where that cannot be, the log says why.
// Nothing for one without a name.
void take_path(const Listener& listener, const std::vector<SocketMember>& members, SocketMember& member);

}  // namespace demo
