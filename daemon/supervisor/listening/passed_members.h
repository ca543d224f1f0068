#pragma once

#include <vector>

#include "supervisor/listening/passed_sockets.h"
#include "supervisor/listening/socket_member.h"

// Sockets of a group that the service manager made.
namespace demo {

bool any_passed(const std::vector<SocketMember>& members);
bool is_among(const SharedFd& socket, const std::vector<SocketMember>& members);
// Whether the kernel can be told which of them to select: one alone may have been made without SO_REUSEPORT,
// and then it has no group.
bool can_be_steered(const std::vector<SocketMember>& members);

// Adds those that are no members yet, in their order.
void join_passed(const std::vector<PassedSocket>& passed, std::vector<SocketMember>& members);

// What those among the members are to be.
struct PassedPlan {
  const Listener& listener;
  AcceptMode mode = AcceptMode::kExclusive;  // as they are enough for
  const std::vector<WorkerPlace>& workers;
  const SocketTraits& traits;
};
// Gives each of them its worker, and sets its options where it has other traits.
void set_up_passed(const PassedPlan& plan, std::vector<SocketMember>& members);

}  // namespace demo
