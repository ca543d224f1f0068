// A socket group from one supervisor to the next.
#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

#include <utility>

#include "channel/section_text.h"
#include "demo/internal/v1/handover.pb.h"
#include "supervisor/listening/socket_group.h"
#include "supervisor/listening/socket_options.h"
#include "supervisor/listening/socket_records.h"

namespace demo {
namespace {

// Nothing where another build wrote it.
std::optional<Listener> read_listener(const internal::v1::SocketGroup& record) {
  auto listener = read_section<Listener>(record.listener());
  if (listener) listener->auto_forwards = record.auto_forwards();
  return listener;
}

// As far as it says which group it is.
Listener bare_listener(const internal::v1::SocketGroup& record) {
  Listener listener;
  if (auto address = Address::parse(record.address())) listener.address = *address;
  listener.kernel.interface = record.interface();
  if (listener.address.family() == AF_INET6) listener.kernel.v6only = record.v6only();
  return listener;
}

}  // namespace

void SocketGroup::record(internal::v1::SocketGroup& record) const {
  record.set_address(listener_.address.to_string());
  record.set_interface(listener_.kernel.interface);
  record.set_v6only(effective_v6only(listener_).value_or(false));
  record.set_accept_mode(std::string(to_string(mode_)));
  record.set_leaving(removed());
  record.set_listener(section_text(listener_));
  record.set_auto_forwards(listener_.auto_forwards);
  record.set_in_the_way(in_the_way_);
  record_options(options_, record);
  for (const Member& member : members_) {
    if (member.committed) record_socket(member, record);
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
    : handshakes_(handshakes),
      mode_(parse_word<AcceptMode>(record.accept_mode()).value_or(AcceptMode::kExclusive)),
      options_(options_of(record)),
      steering_known_(false),
      in_the_way_(record.in_the_way()) {
  const auto listener = read_listener(record);
  strange_ = !listener;
  listener_ = listener.value_or(bare_listener(record));
  members_ = adopt_sockets(record, listener_.address, options_, sockets);
  if (!record.leaving()) wanted_ = wanted_of(listener_, mode_, {});
}

}  // namespace demo
