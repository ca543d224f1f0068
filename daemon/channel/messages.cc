#include "channel/messages.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/limits.h"
#include "channel/address_codec.h"
#include "channel/sealed_memory.h"
#include "channel/snapshot_codec.h"
#include "demo/internal/v1/channel.pb.h"

namespace demo {
namespace {

namespace wire = internal::v1;

// A text of another process is cut to this length, so that a frame always fits its packet.
constexpr std::size_t kTextBytes = 1000;
constexpr std::size_t kProblems = 32;

Error malformed(const char* what) { return invalid("", "", std::string("channel: ") + what); }

std::string cut(std::string text) {
  if (text.size() > kTextBytes) text.resize(kTextBytes);
  // proto3 strings are UTF-8, and a cut may have left half a character: other bytes become '?'.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return text;
}

Frame single(const wire::Frame& frame) {
  Frame result;
  result.bytes = frame.SerializeAsString();
  return result;
}

std::vector<Frame> one(Frame frame) {
  std::vector<Frame> frames;
  frames.push_back(std::move(frame));
  return frames;
}

template <typename Part>
void add_socket(Part& part, SocketGrant& grant, Frame& frame) {
  wire::Socket& socket = *part.add_sockets();
  socket.set_id(grant.id);
  socket.set_listener_slot(grant.listener_slot);
  socket.set_held(!grant.fd);
  if (grant.fd) frame.fds.push_back(std::move(grant.fd));
}

void encode_notice(BackendNotice message, wire::BackendNotice& notice) {
  notice.set_pool(cut(std::move(message.pool)));
  notice.set_endpoint(cut(std::move(message.endpoint)));
  notice.set_address(encode_address(message.address));
  notice.set_news(static_cast<std::uint32_t>(message.news));
  notice.set_reason(cut(std::move(message.reason)));
  notice.set_failures(message.failures);
  notice.set_time_ms(message.time.count());
}

Result<UniqueFd> write_ejections(std::vector<BackendNotice> ejections) {
  wire::Ejections list;
  for (BackendNotice& ejection : ejections) encode_notice(std::move(ejection), *list.add_notices());
  return write_sealed_memory(list.SerializeAsString());
}

Result<std::vector<Frame>> encode_one(ApplySnapshot message) {
  auto memory = write_sealed_memory(encode_snapshot(message.snapshot));
  if (!memory) return memory.error();
  const bool has_ejections = !message.ejections.empty();
  auto ejections = has_ejections ? write_ejections(std::move(message.ejections)) : UniqueFd();
  if (!ejections) return ejections.error();
  std::vector<Frame> frames;
  std::size_t next = 0;
  const std::size_t count = message.sockets.size();
  do {
    wire::Frame body;
    Frame frame;
    if (frames.empty()) {
      body.mutable_apply_snapshot()->set_socket_count(static_cast<std::uint32_t>(count));
      body.mutable_apply_snapshot()->set_has_ejections(has_ejections);
      frame.fds.emplace_back(std::move(*memory));
      if (has_ejections) frame.fds.emplace_back(std::move(*ejections));
    }
    // Those that are held are no more than would fit with descriptors: so many are a small frame.
    const std::size_t end = std::min(count, next + Frame::kDescriptors);
    while (next < end && frame.fds.size() < Frame::kDescriptors) {
      if (frames.empty()) {
        add_socket(*body.mutable_apply_snapshot(), message.sockets[next++], frame);
      } else {
        add_socket(*body.mutable_more_sockets(), message.sockets[next++], frame);
      }
    }
    frame.bytes = body.SerializeAsString();
    frames.push_back(std::move(frame));
  } while (next < count);
  return frames;
}

Result<std::vector<Frame>> encode_one(Drain message) {
  wire::Frame body;
  body.mutable_drain()->set_deadline_ms(static_cast<std::uint32_t>(message.deadline.count()));
  return one(single(body));
}

Result<std::vector<Frame>> encode_one(Patience message) {
  wire::Frame body;
  body.mutable_patience()->set_granted(message.granted);
  return one(single(body));
}

Result<std::vector<Frame>> encode_one(UseLog message) {
  wire::Frame body;
  body.mutable_use_log();
  Frame frame = single(body);
  frame.fds.emplace_back(std::move(message.fd));
  if (message.own) frame.fds.emplace_back(std::move(message.own));
  return one(std::move(frame));
}

void encode_confinement(Confinement confinement, wire::Confinement& to) {
  to.set_no_capabilities(confinement.no_capabilities);
  to.set_no_new_privileges(confinement.no_new_privileges);
  to.set_no_dumps(confinement.no_dumps);
  to.set_system_calls_filtered(confinement.system_calls_filtered);
  to.set_landlock_abi(confinement.landlock_abi);
  to.set_uid(confinement.uid);
  for (std::string& problem : confinement.problems) to.add_problems(cut(std::move(problem)));
}

Confinement decode_confinement(const wire::Confinement& from) {
  return {from.no_capabilities(),
          from.no_new_privileges(),
          from.no_dumps(),
          from.system_calls_filtered(),
          from.landlock_abi(),
          from.uid(),
          {from.problems().begin(), from.problems().end()}};
}

Result<std::vector<Frame>> encode_one(Ack message) {
  wire::Frame body;
  body.mutable_ack()->set_generation(message.generation);
  if (message.problems.size() > kProblems) message.problems.resize(kProblems);
  for (std::string& problem : message.problems) body.mutable_ack()->add_problems(cut(std::move(problem)));
  encode_confinement(std::move(message.confinement), *body.mutable_ack()->mutable_confinement());
  return one(single(body));
}

Result<std::vector<Frame>> encode_one(Drained message) {
  wire::Frame body;
  body.mutable_drained()->set_forced(message.forced);
  return one(single(body));
}

Result<std::vector<Frame>> encode_one(BackendNotice message) {
  wire::Frame body;
  encode_notice(std::move(message), *body.mutable_backend_notice());
  return one(single(body));
}

Result<std::vector<Frame>> encode_one(Incomplete message) {
  wire::Frame body;
  body.mutable_incomplete()->set_log(message.log);
  return one(single(body));
}

Result<std::vector<Frame>> encode_one(LogLoss message) {
  wire::Frame body;
  body.mutable_log_loss()->set_lines(message.lines);
  return one(single(body));
}

// Moves descriptors from `first` on into grants, one a described socket.
template <typename Sockets>
Status take_sockets(const Sockets& sockets, std::vector<SharedFd>& fds, std::size_t first,
                    ApplySnapshot& message) {
  const auto passed =
      std::ranges::count_if(sockets, [](const wire::Socket& socket) { return !socket.held(); });
  if (fds.size() - first != static_cast<std::size_t>(passed))
    return malformed("sockets and descriptors differ");
  for (const wire::Socket& socket : sockets) {
    if (socket.listener_slot() >= limits::kListeners) return malformed("a socket names a bad listener slot");
    message.sockets.push_back(
        {socket.id(), socket.listener_slot(), socket.held() ? SharedFd() : std::move(fds[first++])});
  }
  return {};
}

Result<BackendNotice> decode_notice(const wire::BackendNotice& from) {
  auto address = decode_address(from.address());
  if (!address) return address.error();
  if (from.news() > static_cast<std::uint32_t>(BackendNews::kDistrusted)) return malformed("unknown news");
  // What a worker says is not trusted with a time that overflows.
  const std::int64_t time_ms = std::clamp<std::int64_t>(
      from.time_ms(), 0, std::chrono::milliseconds(limits::kConfiguredTimeMax).count());
  return BackendNotice{from.pool(),
                       from.endpoint(),
                       *address,
                       static_cast<BackendNews>(from.news()),
                       from.reason(),
                       from.failures(),
                       std::chrono::milliseconds(time_ms)};
}

Status read_ejections(int memory, std::vector<BackendNotice>& ejections) {
  const auto bytes = read_sealed_memory(memory);
  if (!bytes) return bytes.error();
  wire::Ejections list;
  if (!list.ParseFromString(*bytes)) return malformed("ejections are malformed");
  for (const wire::BackendNotice& from : list.notices()) {
    auto ejection = decode_notice(from);
    if (!ejection) return ejection.error();
    if (ejection->news != BackendNews::kEjected) return malformed("an ejection is none");
    ejections.push_back(std::move(*ejection));
  }
  return {};
}

// The first frame of a snapshot, with all its descriptors.
Status begin_snapshot(const wire::ApplySnapshot& body, std::vector<SharedFd>& fds, ApplySnapshot& message) {
  const std::size_t memories = body.has_ejections() ? 2 : 1;
  if (fds.size() < memories) return malformed("a snapshot came without its memory");
  auto bytes = read_sealed_memory(fds.front().get());
  if (!bytes) return bytes.error();
  auto snapshot = decode_snapshot(*bytes);
  if (!snapshot) return snapshot.error();
  message.snapshot = std::move(*snapshot);
  if (body.has_ejections()) {
    if (auto read = read_ejections(fds[1].get(), message.ejections); !read) return read;
  }
  return take_sockets(body.sockets(), fds, memories, message);
}

// The messages that are one frame without descriptors.
Result<std::optional<Message>> decode_plain(const wire::Frame& body) {
  switch (body.body_case()) {
    case wire::Frame::kDrain:
      return Message(Drain{std::chrono::milliseconds(body.drain().deadline_ms())});
    case wire::Frame::kPatience:
      return Message(Patience{body.patience().granted()});
    case wire::Frame::kAck:
      return Message(Ack{body.ack().generation(),
                         {body.ack().problems().begin(), body.ack().problems().end()},
                         decode_confinement(body.ack().confinement())});
    case wire::Frame::kDrained:
      return Message(Drained{body.drained().forced()});
    case wire::Frame::kBackendNotice: {
      auto notice = decode_notice(body.backend_notice());
      if (!notice) return notice.error();
      return Message(std::move(*notice));
    }
    case wire::Frame::kIncomplete:
      return Message(Incomplete{body.incomplete().log()});
    case wire::Frame::kLogLoss:
      return Message(LogLoss{body.log_loss().lines()});
    case wire::Frame::kApplySnapshot:
    case wire::Frame::kMoreSockets:
    case wire::Frame::kUseLog:
    case wire::Frame::BODY_NOT_SET:
      break;
  }
  return malformed("a frame holds no message");
}

}  // namespace

Result<std::vector<Frame>> encode(Message message) {
  return std::visit([](auto& typed) { return encode_one(std::move(typed)); }, message);
}

Result<std::optional<Message>> MessageAssembler::add(Frame frame) {
  wire::Frame body;
  if (!body.ParseFromString(frame.bytes)) return malformed("a frame is malformed");
  if (partial_.has_value() != body.has_more_sockets()) return malformed("a frame came out of order");
  if (body.has_apply_snapshot()) {
    partial_.emplace();
    whole_ = !frame.descriptors_lost;
    socket_count_ = body.apply_snapshot().socket_count();
    described_ = static_cast<std::size_t>(body.apply_snapshot().sockets_size());
    if (whole_) {
      if (auto begun = begin_snapshot(body.apply_snapshot(), frame.fds, *partial_); !begun)
        return begun.error();
    }
  } else if (body.has_more_sockets()) {
    whole_ &= !frame.descriptors_lost;
    described_ += static_cast<std::size_t>(body.more_sockets().sockets_size());
    if (whole_) {
      if (auto taken = take_sockets(body.more_sockets().sockets(), frame.fds, 0, *partial_); !taken)
        return taken.error();
    }
  } else if (body.has_use_log()) {
    if (frame.descriptors_lost) return Message(Incomplete{true});
    if (frame.fds.empty() || frame.fds.size() > 2) return malformed("a log came without its descriptor");
    UseLog message{frame.fds.front().take()};
    if (frame.fds.size() == 2) message.own = frame.fds.back().take();
    return Message(std::move(message));
  } else {
    if (!frame.fds.empty() || frame.descriptors_lost)
      return malformed("a frame carries descriptors that nobody asked for");
    return decode_plain(body);
  }
  if (described_ > socket_count_) return malformed("more sockets than announced");
  if (described_ < socket_count_) return std::optional<Message>();
  auto complete = std::exchange(partial_, std::nullopt);
  if (!whole_) return Message(Incomplete{false});
  return Message(std::move(*complete));
}

}  // namespace demo
