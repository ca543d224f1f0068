#include "supervisor/listening/socket_records.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/bound_address.h"
#include "base/clock.h"
#include "channel/section_text.h"
#include "supervisor/listening/listening_end.h"

namespace demo {
namespace {

using Record = internal::v1::SocketGroup::Socket;

// Of a later build there may be others.
constexpr auto kLastForm = static_cast<std::uint32_t>(OptionForm::kText);

// By SocketPhase.
constexpr std::array kPhases = {
    internal::v1::SocketGroup::PHASE_JOINING, internal::v1::SocketGroup::PHASE_ACTIVE,
    internal::v1::SocketGroup::PHASE_RETIRING, internal::v1::SocketGroup::PHASE_REVOKED};

SocketPhase phase_of(const Record& socket) {
  const auto phase = std::find(kPhases.begin(), kPhases.end(), socket.phase());
  return phase == kPhases.end() ? SocketPhase::kActive : static_cast<SocketPhase>(phase - kPhases.begin());
}

// Equal to nothing that can be wanted.
SocketTraits strange_traits(const Record& socket) {
  SocketTraits traits;
  traits.exclusive = socket.exclusive();
  traits.kernel.backlog = 0;
  traits.kernel.defer_accept_s = static_cast<int>(socket.defer_accept_s());
  return traits;
}

SocketTraits traits_of_text(std::string_view text, const Record& socket) {
  auto kernel = read_section<KernelOptions>(text);
  if (!kernel) return strange_traits(socket);
  return {std::move(*kernel), socket.exclusive()};
}

// A worker that accepts must never wait for another one's connection.
void make_nonblocking(int socket) { ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK); }

// Not after shutdown(2), nor for a descriptor that is no socket.
bool is_listening(int socket) {
  int listens = 0;
  socklen_t size = sizeof listens;
  return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

struct KeptSocket {
  const Record* record = nullptr;
  SharedFd fd;
};

SocketMember member_of(const internal::v1::SocketGroup& group, KeptSocket& kept, const Address& address,
                       const std::vector<SocketOptionReport>& options) {
  const Record& record = *kept.record;
  const bool has_traits = record.traits() < static_cast<std::uint32_t>(group.traits_size());
  SocketMember member;
  member.id = record.number();
  member.socket.fd = std::move(kept.fd);
  make_nonblocking(member.socket.fd.get());
  member.socket.bound = bound_address(member.socket.fd.get(), address).value_or(address);
  member.socket.options = options;
  if (record.has_file()) {
    member.socket.name = UnixName::adopt(address, {record.file().device(), record.file().inode()});
  }
  member.passed_as = record.passed_as();
  if (member.is_passed()) member.socket.name.let_go();
  member.owner = record.has_owner() ? record.owner() : kEveryWorker;
  member.traits = traits_of_text(
      has_traits ? std::string_view(group.traits(static_cast<int>(record.traits()))) : std::string_view(),
      record);
  member.phase = phase_of(record);
  member.committed = true;
  member.since_ns = monotonic_ns();
  // Its supervisor had begun to close it.
  if (is_refusing(member.socket.fd.get())) member.traits = strange_traits(record);
  return member;
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
                       static_cast<OptionForm>(std::min(option.form(), kLastForm))});
  }
  return options;
}

void record_socket(const SocketMember& member, internal::v1::SocketGroup& record) {
  const std::string traits = section_text(member.traits.kernel);
  auto& known = *record.mutable_traits();
  const auto place = std::find(known.begin(), known.end(), traits);
  Record& socket = *record.add_sockets();
  socket.set_traits(static_cast<std::uint32_t>(place - known.begin()));
  if (place == known.end()) record.add_traits(traits);
  socket.set_number(member.id);
  if (member.owner != kEveryWorker) socket.set_owner(member.owner);
  socket.set_exclusive(member.traits.exclusive);
  socket.set_phase(kPhases[static_cast<std::size_t>(member.phase)]);
  socket.set_passed_as(member.passed_as);
  socket.set_defer_accept_s(static_cast<std::uint32_t>(member.traits.kernel.defer_accept_s.value_or(0)));
  if (!member.socket.name.has_path()) return;
  socket.mutable_file()->set_device(member.socket.name.file()->device);
  socket.mutable_file()->set_inode(member.socket.name.file()->inode);
}

void find_renumbered(const internal::v1::Handover& handover, std::map<std::uint64_t, SharedFd>& sockets) {
  std::set<std::uint64_t> known;
  for (const internal::v1::SocketGroup& group : handover.groups()) {
    for (const auto& socket : group.sockets()) known.insert(socket.number());
  }
  for (const auto& socket : handover.passed()) known.insert(socket.number());
  std::multimap<std::string, std::uint64_t> unknown;
  for (const auto& [number, fd] : sockets) {
    if (known.contains(number)) continue;
    if (const auto address = bound_address(fd.get())) unknown.emplace(address->to_string(), number);
  }
  for (const internal::v1::SocketGroup& group : handover.groups()) {
    for (const auto& socket : group.sockets()) {
      if (socket.passed_as().empty() || sockets.contains(socket.number())) continue;
      const auto found = unknown.find(group.address());
      if (found == unknown.end()) continue;
      auto entry = sockets.extract(found->second);
      unknown.erase(found);
      entry.key() = socket.number();
      sockets.insert(std::move(entry));
    }
  }
}

std::vector<SocketMember> adopt_sockets(const internal::v1::SocketGroup& record, const Address& address,
                                        const std::vector<SocketOptionReport>& options,
                                        std::map<std::uint64_t, SharedFd>& sockets) {
  std::vector<KeptSocket> kept;
  for (const Record& socket : record.sockets()) {
    SocketMember::note_id(socket.number());
    auto entry = sockets.extract(socket.number());
    kept.push_back({&socket, entry.empty() ? SharedFd() : std::move(entry.mapped())});
  }
  for (std::size_t i = kept.size(); i-- > 0;) {
    if (is_listening(kept[i].fd.get())) continue;
    kept[i] = std::move(kept.back());
    kept.pop_back();
  }
  std::vector<SocketMember> members;
  for (KeptSocket& socket : kept) members.push_back(member_of(record, socket, address, options));
  return members;
}

}  // namespace demo
