#include "supervisor/listening/passed_members.h"

#include <algorithm>
#include <cstddef>

#include "supervisor/listening/socket_options.h"

namespace demo {
namespace {

SocketMember member_of(const PassedSocket& passed) {
  SocketMember member;
  member.id = SocketMember::next_id();
  member.socket.fd = passed.fd;
  member.socket.bound = passed.address;
  member.passed_as = passed.name;
  // Equal to nothing that can be wanted: options are to be set.
  member.traits.kernel.backlog = 0;
  if (!passed.address.is_unix()) return member;
  if (const auto file = file_at(passed.address)) {
    member.socket.name = UnixName::adopt(passed.address, *file);
    member.socket.name.let_go();
  }
  return member;
}

}  // namespace

bool any_passed(const std::vector<SocketMember>& members) {
  return std::ranges::any_of(members, [](const SocketMember& member) { return member.is_passed(); });
}

bool is_among(const SharedFd& socket, const std::vector<SocketMember>& members) {
  return std::ranges::any_of(members,
                             [&socket](const SocketMember& member) { return member.socket.fd == socket; });
}

bool can_be_steered(const std::vector<SocketMember>& members) {
  return members.size() != 1 || !members.front().is_passed();
}

void join_passed(const std::vector<PassedSocket>& passed, std::vector<SocketMember>& members) {
  for (const PassedSocket& socket : passed) {
    if (!is_among(socket.fd, members)) members.push_back(member_of(socket));
  }
}

void set_up_passed(const PassedPlan& plan, std::vector<SocketMember>& members) {
  const Listener& listener = plan.listener;
  const bool each_has_one = has_socket_per_worker(plan.mode) && !plan.workers.empty();
  std::size_t place = 0;
  for (SocketMember& member : members) {
    if (!member.is_passed()) continue;
    member.owner = each_has_one ? plan.workers[place++ % plan.workers.size()].index : kEveryWorker;
    if (member.traits == plan.traits) continue;
    const int fd = member.socket.fd.get();
    member.socket.options = set_options_again(fd, listener);
    let_in(fd, listener.address, listener.kernel.backlog);
    member.socket.options.push_back(report_backlog(listener.kernel.backlog));
  }
}

}  // namespace demo
