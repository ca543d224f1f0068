// A socket group from one supervisor to the next.
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "channel/field_mark.h"
#include "channel/field_reader.h"
#include "channel/field_writer.h"
#include "demo/internal/v1/handover.pb.h"
#include "supervisor/listening/socket_group.h"
#include "supervisor/listening/socket_options.h"

namespace demo {
namespace {

// Opaque to another build: what it does not know for equal is replaced.
std::string text_of_traits(const KernelOptions& kernel, bool exclusive) {
  std::string text = fmt::format("{:x}{}", FieldMark::of<KernelOptions>(), exclusive ? 'x' : ' ');
  FieldWriter write(text);
  for_each_field(kernel, write);
  return text;
}

std::optional<KernelOptions> kernel_of_traits(std::string_view text, bool exclusive) {
  KernelOptions kernel;
  const std::string begin = fmt::format("{:x}{}", FieldMark::of<KernelOptions>(), exclusive ? 'x' : ' ');
  if (!text.starts_with(begin)) return std::nullopt;
  FieldReader read(text.substr(begin.size()));
  for_each_field(kernel, read);
  if (!read.complete()) return std::nullopt;
  return kernel;
}

// Not after shutdown(2), nor for a descriptor that is no socket.
bool is_listening(int socket) {
  int listens = 0;
  socklen_t size = sizeof listens;
  return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

Address bound_address(int socket, const Address& configured) {
  if (configured.is_unix()) return configured;
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0) return configured;
  return Address::from_sockaddr(reinterpret_cast<sockaddr*>(&name), size);
}

}  // namespace

void SocketGroup::record(internal::v1::SocketGroup& record) const {
  record.set_address(listener_.address.to_string());
  record.set_interface(listener_.kernel.interface);
  record.set_v6only(effective_v6only(listener_).value_or(false));
  record.set_accept_mode(std::string(to_string(mode_)));
  record.set_leaving(removed());
  record.set_in_the_way(in_the_way_);
  for (const SocketOptionReport& report : options_) {
    internal::v1::SocketOption& option = *record.add_options();
    option.set_name(report.name);
    option.set_requested(report.requested);
    option.set_effective(report.effective);
    option.set_error(report.error);
    option.set_form(static_cast<std::uint32_t>(report.form));
  }
  for (const Member& member : members_) {
    if (!member.committed) continue;
    const std::string traits = text_of_traits(member.traits.kernel, member.traits.exclusive);
    auto& known = *record.mutable_traits();
    const auto place = std::find(known.begin(), known.end(), traits);
    internal::v1::SocketGroup::Socket& socket = *record.add_sockets();
    socket.set_traits(static_cast<std::uint32_t>(place - known.begin()));
    if (place == known.end()) record.add_traits(traits);
    socket.set_number(member.id);
    if (member.owner != kEveryWorker) socket.set_owner(member.owner);
    socket.set_exclusive(member.traits.exclusive);
    socket.set_phase(static_cast<internal::v1::SocketGroup::Phase>(member.phase));
    socket.set_defer_accept_s(static_cast<std::uint32_t>(member.traits.kernel.defer_accept_s.value_or(0)));
    if (member.socket.name.has_path()) {
      socket.mutable_file()->set_device(member.socket.name.file()->device);
      socket.mutable_file()->set_inode(member.socket.name.file()->inode);
    }
  }
}

void SocketGroup::list_descriptors(std::vector<std::pair<std::uint64_t, int>>& descriptors) const {
  for (const Member& member : members_) {
    if (member.committed) descriptors.emplace_back(member.id, member.socket.fd.get());
  }
}

void SocketGroup::let_go() {
  for (Member& member : members_) {
    if (member.committed) member.socket.name.let_go();
  }
}

SocketGroup::SocketGroup(const internal::v1::SocketGroup& record, std::map<std::uint64_t, SharedFd>& sockets,
                         OpenHandshakes& handshakes)
    : handshakes_(handshakes), steering_known_(false) {
  if (auto address = Address::parse(record.address())) listener_.address = *address;
  listener_.kernel.interface = record.interface();
  if (!listener_.address.is_unix() && listener_.address.family() == AF_INET6) {
    listener_.kernel.v6only = record.v6only();
  }
  mode_ = parse_word<AcceptMode>(record.accept_mode()).value_or(AcceptMode::kExclusive);
  in_the_way_ = record.in_the_way();
  for (const internal::v1::SocketOption& option : record.options()) {
    options_.push_back({option.name(), option.requested(), option.effective(), option.error(),
                        static_cast<OptionForm>(option.form())});
  }
  adopt_members(record, sockets);
  if (!members_.empty()) bound_ = bound_address(members_.front().socket.fd.get(), listener_.address);
  if (record.leaving()) return;
  wanted_ = wanted_of(listener_, mode_, {});
}

void SocketGroup::adopt_members(const internal::v1::SocketGroup& record,
                                std::map<std::uint64_t, SharedFd>& sockets) {
  for (const internal::v1::SocketGroup::Socket& socket : record.sockets()) {
    Member member;
    member.id = socket.number();
    last_id_ = std::max(last_id_, member.id);
    member.owner = socket.has_owner() ? socket.owner() : kEveryWorker;
    member.committed = true;
    member.phase = static_cast<Phase>(socket.phase());
    member.since_ns = monotonic_ns();
    member.traits.exclusive = socket.exclusive();
    member.socket.options = options_;
    const std::string traits = socket.traits() < static_cast<std::uint32_t>(record.traits_size())
                                   ? record.traits(static_cast<int>(socket.traits()))
                                   : std::string();
    if (auto kernel = kernel_of_traits(traits, socket.exclusive())) {
      member.traits.kernel = std::move(*kernel);
    } else {
      // Equal to nothing that can be wanted.
      member.traits.kernel.backlog = 0;
      member.traits.kernel.defer_accept_s = static_cast<int>(socket.defer_accept_s());
    }
    if (const auto found = sockets.find(member.id); found != sockets.end()) {
      member.socket.fd = std::move(found->second);
      sockets.erase(found);
    }
    if (socket.has_file()) {
      member.socket.name =
          UnixName::adopt(listener_.address, {socket.file().device(), socket.file().inode()});
    }
    members_.push_back(std::move(member));
  }
  for (std::size_t i = members_.size(); i-- > 0;) {
    if (is_listening(members_[i].socket.fd.get())) continue;
    if (i + 1 != members_.size()) members_[i] = std::move(members_.back());
    members_.pop_back();
  }
}

}  // namespace demo
