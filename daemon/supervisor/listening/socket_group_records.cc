// A socket group from one supervisor to the next.
#include <fmt/format.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

#include <utility>

#include "channel/field_mark.h"
#include "channel/field_reader.h"
#include "channel/field_writer.h"
#include "demo/internal/v1/handover.pb.h"
#include "supervisor/listening/socket_group.h"
#include "supervisor/listening/socket_options.h"
#include "supervisor/listening/socket_records.h"

namespace demo {
namespace {

Address bound_address(int socket, const Address& configured) {
  if (configured.is_unix()) return configured;
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0) return configured;
  return Address::from_sockaddr(reinterpret_cast<sockaddr*>(&name), size);
}

std::string mark_of_listener() { return fmt::format("{:x} ", FieldMark::of<Listener>()); }

std::string text_of_listener(const Listener& listener) {
  std::string text = mark_of_listener();
  FieldWriter write(text);
  for_each_field(listener, write);
  return text;
}

// Nothing where another build wrote it.
std::optional<Listener> read_listener(const internal::v1::SocketGroup& record) {
  const std::string mark = mark_of_listener();
  if (!record.listener().starts_with(mark)) return std::nullopt;
  Listener listener;
  FieldReader read(std::string_view(record.listener()).substr(mark.size()));
  for_each_field(listener, read);
  if (!read.complete()) return std::nullopt;
  listener.auto_forwards = record.auto_forwards();
  return listener;
}

// As far as it says which group it is.
Listener listener_of(const internal::v1::SocketGroup& record) {
  if (auto known = read_listener(record)) return std::move(*known);
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
  record.set_listener(text_of_listener(listener_));
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
    : listener_(listener_of(record)),
      handshakes_(handshakes),
      members_(adopt_sockets(record, listener_.address, sockets)),
      mode_(parse_word<AcceptMode>(record.accept_mode()).value_or(AcceptMode::kExclusive)),
      options_(options_of(record)),
      steering_known_(false),
      in_the_way_(record.in_the_way()),
      strange_(!read_listener(record)) {
  if (!members_.empty()) bound_ = bound_address(members_.front().socket.fd.get(), listener_.address);
  if (!record.leaving()) wanted_ = wanted_of(listener_, mode_, {});
}

}  // namespace demo
