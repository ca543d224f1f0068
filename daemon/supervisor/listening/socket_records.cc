#include "supervisor/listening/socket_records.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "channel/field_mark.h"
#include "channel/field_reader.h"
#include "channel/field_writer.h"

namespace demo {
namespace {

using Record = internal::v1::SocketGroup::Socket;

// By SocketPhase.
constexpr std::array kPhases = {
    internal::v1::SocketGroup::PHASE_JOINING, internal::v1::SocketGroup::PHASE_ACTIVE,
    internal::v1::SocketGroup::PHASE_RETIRING, internal::v1::SocketGroup::PHASE_REVOKED};

SocketPhase phase_of(const Record& socket) {
  const auto phase = std::find(kPhases.begin(), kPhases.end(), socket.phase());
  return phase == kPhases.end() ? SocketPhase::kActive : static_cast<SocketPhase>(phase - kPhases.begin());
}

// Of what a build understands under the options, and of how workers wait.
std::string begin_of_traits(bool exclusive) {
  return fmt::format("{:x}{}", FieldMark::of<KernelOptions>(), exclusive ? 'x' : ' ');
}

// Opaque to another build: what it does not know for equal is replaced.
std::string text_of_traits(const SocketTraits& traits) {
  std::string text = begin_of_traits(traits.exclusive);
  FieldWriter write(text);
  for_each_field(traits.kernel, write);
  return text;
}

SocketTraits traits_of_text(std::string_view text, const Record& socket) {
  SocketTraits traits;
  traits.exclusive = socket.exclusive();
  const std::string begin = begin_of_traits(traits.exclusive);
  if (text.starts_with(begin)) {
    FieldReader read(text.substr(begin.size()));
    for_each_field(traits.kernel, read);
    if (read.complete()) return traits;
  }
  traits.kernel = {};
  traits.kernel.backlog = 0;  // equal to nothing that can be wanted
  traits.kernel.defer_accept_s = static_cast<int>(socket.defer_accept_s());
  return traits;
}

// Not after shutdown(2), nor for a descriptor that is no socket.
bool is_listening(int socket) {
  int listens = 0;
  socklen_t size = sizeof listens;
  return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

}  // namespace

void record_options(const std::vector<SocketOptionReport>& options, internal::v1::SocketGroup& record) {
  for (const SocketOptionReport& report : options) {
    internal::v1::SocketOption& option = *record.add_options();
    option.set_name(report.name);
    option.set_requested(report.requested);
    option.set_effective(report.effective);
    option.set_error(report.error);
    option.set_form(static_cast<std::uint32_t>(report.form));
  }
}

std::vector<SocketOptionReport> options_of(const internal::v1::SocketGroup& record) {
  std::vector<SocketOptionReport> options;
  for (const internal::v1::SocketOption& option : record.options()) {
    options.push_back({option.name(), option.requested(), option.effective(), option.error(),
                       static_cast<OptionForm>(option.form())});
  }
  return options;
}

void record_socket(const SocketMember& member, internal::v1::SocketGroup& record) {
  const std::string traits = text_of_traits(member.traits);
  auto& known = *record.mutable_traits();
  const auto place = std::find(known.begin(), known.end(), traits);
  Record& socket = *record.add_sockets();
  socket.set_traits(static_cast<std::uint32_t>(place - known.begin()));
  if (place == known.end()) record.add_traits(traits);
  socket.set_number(member.id);
  if (member.owner != kEveryWorker) socket.set_owner(member.owner);
  socket.set_exclusive(member.traits.exclusive);
  socket.set_phase(kPhases[static_cast<std::size_t>(member.phase)]);
  socket.set_defer_accept_s(static_cast<std::uint32_t>(member.traits.kernel.defer_accept_s.value_or(0)));
  if (!member.socket.name.has_path()) return;
  socket.mutable_file()->set_device(member.socket.name.file()->device);
  socket.mutable_file()->set_inode(member.socket.name.file()->inode);
}

std::vector<SocketMember> adopt_sockets(const internal::v1::SocketGroup& record, const Address& address,
                                        std::map<std::uint64_t, SharedFd>& sockets) {
  const std::vector<SocketOptionReport> options = options_of(record);
  std::vector<SocketMember> members;
  for (const Record& socket : record.sockets()) {
    SocketMember& member = members.emplace_back();
    member.id = socket.number();
    SocketMember::note_id(member.id);
    if (auto entry = sockets.extract(member.id); !entry.empty()) member.socket.fd = std::move(entry.mapped());
    member.socket.options = options;
    member.owner = socket.has_owner() ? socket.owner() : kEveryWorker;
    member.traits = traits_of_text(socket.traits() < static_cast<std::uint32_t>(record.traits_size())
                                       ? std::string_view(record.traits(static_cast<int>(socket.traits())))
                                       : std::string_view(),
                                   socket);
    member.phase = phase_of(socket);
    member.committed = true;
    member.since_ns = monotonic_ns();
    if (!socket.has_file()) continue;
    member.socket.name = UnixName::adopt(address, {socket.file().device(), socket.file().inode()});
  }
  for (std::size_t i = members.size(); i-- > 0;) {
    if (is_listening(members[i].socket.fd.get())) continue;
    if (i + 1 != members.size()) members[i] = std::move(members.back());
    members.pop_back();
  }
  return members;
}

}  // namespace demo
