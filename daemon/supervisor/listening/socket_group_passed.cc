// Sockets of a group that the service manager made.
#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "supervisor/listening/socket_group.h"
#include "supervisor/listening/socket_options.h"

namespace demo {

bool SocketGroup::has_passed() const {
  return std::ranges::any_of(members_, [](const Member& member) { return member.is_passed(); });
}

bool SocketGroup::has(const SharedFd& socket) const {
  return std::ranges::any_of(members_,
                             [&socket](const Member& member) { return member.socket.fd == socket; });
}

// One alone may have been made without SO_REUSEPORT, and then there is no group in the kernel.
bool SocketGroup::can_steer() const {
  return !listener_.address.is_unix() && !(has_passed() && members_.size() == 1);
}

void SocketGroup::take_passed() {
  for (const PassedSocket& passed : passed_) {
    if (has(passed.fd)) continue;
    Member& member = members_.emplace_back();
    member.id = SocketMember::next_id();
    member.socket.fd = passed.fd;
    member.socket.bound = passed.address;
    member.passed_as = passed.name;
    // Equal to nothing that can be wanted: options are to be set.
    member.traits.kernel.backlog = 0;
    if (!passed.address.is_unix()) continue;
    if (const auto file = file_at(passed.address)) {
      member.socket.name = UnixName::adopt(passed.address, *file);
      member.socket.name.let_go();
    }
  }
}

void SocketGroup::set_up_passed() {
  const std::vector<WorkerPlace>& workers = wanted_->workers;
  const bool each_has_one = has_socket_per_worker(mode_) && !workers.empty();
  std::size_t place = 0;
  for (Member& member : members_) {
    if (!member.is_passed()) continue;
    member.owner = each_has_one ? workers[place++ % workers.size()].index : kEveryWorker;
    if (member.traits == wanted_->traits) continue;
    const int fd = member.socket.fd.get();
    member.socket.options = set_options_again(fd, listener_);
    let_in(fd, listener_.address, listener_.kernel.backlog);
    member.socket.options.push_back(report_backlog(listener_.kernel.backlog));
  }
}

}  // namespace demo
