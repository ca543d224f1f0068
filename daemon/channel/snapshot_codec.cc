#include "channel/snapshot_codec.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "demo/internal/v1/channel.pb.h"

namespace demo {
namespace {

namespace wire = internal::v1;
using std::chrono::milliseconds;

constexpr bool size_fits(sa_family_t family, std::size_t size) {
  switch (family) {
    case AF_INET:
      return size == sizeof(sockaddr_in);
    case AF_INET6:
      return size == sizeof(sockaddr_in6);
    case AF_UNIX:
      return size > offsetof(sockaddr_un, sun_path) && size <= sizeof(sockaddr_un);
    default:
      return false;
  }
}

// Collects the first value that is out of its range, so that each field is one line below.
class Checks {
 public:
  template <typename Enum>
  Enum enum_value(std::uint32_t value, Enum last, const char* what) {
    if (value > static_cast<std::uint32_t>(last)) fail(what);
    return static_cast<Enum>(value);
  }
  std::uint32_t slot(std::uint32_t value, std::size_t limit, const char* what) {
    if (value >= limit) fail(what);
    return value;
  }
  milliseconds duration(std::int64_t value, const char* what) {
    if (value < 0) fail(what);
    return milliseconds(value);
  }
  Address address(const std::string& bytes, const char* what) {
    auto result = decode_address(bytes);
    if (result) return *result;
    fail(what);
    return {};
  }
  void fail(const char* what) {
    if (failed_ == nullptr) failed_ = what;
  }
  const char* failed() const { return failed_; }

 private:
  const char* failed_ = nullptr;
};

void write(const Response& from, wire::Response& to) {
  to.set_status(from.status);
  to.set_content_type(from.content_type);
  to.set_body(from.body);
  to.set_body_size(from.body_size);
  for (const auto& [name, value] : from.headers) {
    wire::HeaderField& field = *to.add_headers();
    field.set_name(name);
    field.set_value(value);
  }
  to.set_shaping(from.shaping);
}

void write(const SnapshotListener& from, wire::Listener& to) {
  to.set_slot(from.slot);
  to.set_address(encode_address(from.address));
  to.set_mode(static_cast<std::uint32_t>(from.mode));
  to.set_accept_mode(static_cast<std::uint32_t>(from.accept_mode));
  to.set_pool(from.pool);
  to.set_accept_proxy_protocol(from.accept_proxy_protocol);
  to.set_nodelay(from.nodelay);
  to.set_quickack(from.quickack);
  to.set_leaving(from.leaving);
}

void write(const SnapshotMember& from, wire::Member& to) {
  to.set_slot(from.slot);
  to.set_address(encode_address(from.address));
  to.set_name(from.name);
  to.set_weight(from.weight);
  to.set_max_connections(from.max_connections);
  to.set_backup(from.backup);
  to.set_usable(from.usable);
  to.set_slow_start_ms(from.slow_start.count());
  to.set_cut(from.cut);
}

void write(const SnapshotPool& from, wire::Pool& to) {
  to.set_name(from.name);
  to.set_policy(static_cast<std::uint32_t>(from.policy));
  wire::Ejection& ejection = *to.mutable_ejection();
  ejection.set_consecutive_failures(from.ejection.consecutive_failures);
  ejection.set_base_time_ms(from.ejection.base_time.count());
  ejection.set_max_time_ms(from.ejection.max_time.count());
  ejection.set_allow_last(from.ejection.allow_last);
  ejection.set_statuses(from.ejection.statuses);
  to.set_send_proxy_protocol(static_cast<std::uint32_t>(from.send_proxy_protocol));
  wire::PoolTimeouts& timeouts = *to.mutable_timeouts();
  timeouts.set_connect_ms(from.timeouts.connect.count());
  timeouts.set_head_ms(from.timeouts.head.count());
  timeouts.set_body_ms(from.timeouts.body.count());
  timeouts.set_tunnel_ms(from.timeouts.tunnel.count());
  timeouts.set_queue_ms(from.timeouts.queue.count());
  to.set_queue_limit(from.queue_limit);
  to.set_abort_on_close(from.abort_on_close);
  for (const SnapshotMember& member : from.members) write(member, *to.add_members());
}

Response read(const wire::Response& from) {
  Response to;
  to.status = from.status();
  to.content_type = from.content_type();
  to.body = from.body();
  to.body_size = from.body_size();
  for (const wire::HeaderField& field : from.headers()) to.headers.emplace_back(field.name(), field.value());
  to.shaping = from.shaping();
  return to;
}

SnapshotListener read(const wire::Listener& from, Checks& checks) {
  SnapshotListener to;
  to.slot = checks.slot(from.slot(), limits::kListeners, "listener.slot");
  to.address = checks.address(from.address(), "listener.address");
  to.mode = checks.enum_value(from.mode(), ListenerMode::kRaw, "listener.mode");
  to.accept_mode = checks.enum_value(from.accept_mode(), AcceptMode::kReuseportCpu, "listener.accept_mode");
  to.pool = from.pool();
  to.accept_proxy_protocol = from.accept_proxy_protocol();
  to.nodelay = from.nodelay();
  to.quickack = from.quickack();
  to.leaving = from.leaving();
  return to;
}

SnapshotMember read(const wire::Member& from, Checks& checks) {
  SnapshotMember to;
  to.slot = checks.slot(from.slot(), limits::kBackendMembers, "member.slot");
  to.address = checks.address(from.address(), "member.address");
  to.name = from.name();
  to.weight = from.weight();
  if (to.weight > limits::kBackendWeight) checks.fail("member.weight");
  to.max_connections = from.max_connections();
  to.backup = from.backup();
  to.usable = from.usable();
  to.slow_start = checks.duration(from.slow_start_ms(), "member.slow_start");
  to.cut = from.cut();
  return to;
}

SnapshotPool read(const wire::Pool& from, Checks& checks) {
  SnapshotPool to;
  to.name = from.name();
  to.policy = checks.enum_value(from.policy(), BalancePolicy::kUriHash, "pool.policy");
  to.ejection.consecutive_failures = from.ejection().consecutive_failures();
  to.ejection.base_time = checks.duration(from.ejection().base_time_ms(), "pool.ejection.base_time");
  to.ejection.max_time = checks.duration(from.ejection().max_time_ms(), "pool.ejection.max_time");
  to.ejection.allow_last = from.ejection().allow_last();
  to.ejection.statuses = from.ejection().statuses();
  to.send_proxy_protocol =
      checks.enum_value(from.send_proxy_protocol(), SendProxyProtocol::kV2, "pool.send_proxy_protocol");
  to.timeouts.connect = checks.duration(from.timeouts().connect_ms(), "pool.timeouts.connect");
  to.timeouts.head = checks.duration(from.timeouts().head_ms(), "pool.timeouts.head");
  to.timeouts.body = checks.duration(from.timeouts().body_ms(), "pool.timeouts.body");
  to.timeouts.tunnel = checks.duration(from.timeouts().tunnel_ms(), "pool.timeouts.tunnel");
  to.timeouts.queue = checks.duration(from.timeouts().queue_ms(), "pool.timeouts.queue");
  to.queue_limit = from.queue_limit();
  to.abort_on_close = from.abort_on_close();
  for (const wire::Member& member : from.members()) to.members.push_back(read(member, checks));
  return to;
}

LogLevel read_log_level(std::uint32_t value, Checks& checks) {
  if (value < static_cast<std::uint32_t>(LogLevel::kError) ||
      value > static_cast<std::uint32_t>(LogLevel::kDebug)) {
    checks.fail("log_level");
  }
  return static_cast<LogLevel>(value);
}

}  // namespace

std::string encode_address(const Address& address) {
  return {reinterpret_cast<const char*>(address.sockaddr_ptr()), address.sockaddr_size()};
}

Result<Address> decode_address(std::string_view bytes) {
  sa_family_t family = AF_UNSPEC;
  if (bytes.size() >= sizeof family) std::memcpy(&family, bytes.data(), sizeof family);
  const auto malformed = [] { return invalid("address", "", "channel: an address is malformed"); };
  if (!size_fits(family, bytes.size())) return malformed();
  Address address = Address::from_sockaddr(reinterpret_cast<const sockaddr*>(bytes.data()),
                                           static_cast<socklen_t>(bytes.size()));
  // Every address has one form.
  if (encode_address(address) != bytes) return malformed();
  return address;
}

std::string encode_snapshot(const Snapshot& snapshot) {
  wire::Snapshot to;
  to.set_generation(snapshot.generation);
  to.set_log_level(static_cast<std::uint32_t>(snapshot.log_level));
  to.mutable_client_keepalive()->set_enabled(snapshot.client_keepalive.enabled);
  to.mutable_client_keepalive()->set_idle_timeout_ms(snapshot.client_keepalive.idle_timeout.count());
  to.mutable_client_keepalive()->set_max_requests(snapshot.client_keepalive.max_requests);
  to.mutable_backend_keepalive()->set_enabled(snapshot.backend_keepalive.enabled);
  to.mutable_backend_keepalive()->set_idle_timeout_ms(snapshot.backend_keepalive.idle_timeout.count());
  to.mutable_client_timeouts()->set_head_ms(snapshot.client_timeouts.head.count());
  to.mutable_client_timeouts()->set_body_ms(snapshot.client_timeouts.body.count());
  to.mutable_client_timeouts()->set_request_ms(snapshot.client_timeouts.request.count());
  to.mutable_client_timeouts()->set_write_ms(snapshot.client_timeouts.write.count());
  to.mutable_forwarding()->set_x_forwarded(snapshot.forwarding.x_forwarded);
  to.mutable_forwarding()->set_forwarded(snapshot.forwarding.forwarded);
  to.mutable_forwarding()->set_via(snapshot.forwarding.via);
  write(snapshot.response, *to.mutable_response());
  to.set_max_connections(snapshot.max_connections);
  to.set_workers(snapshot.workers);
  to.set_loop_name(snapshot.loop_name);
  for (const SnapshotListener& listener : snapshot.listeners) write(listener, *to.add_listeners());
  for (const SnapshotPool& pool : snapshot.pools) write(pool, *to.add_pools());
  return to.SerializeAsString();
}

Result<Snapshot> decode_snapshot(std::string_view bytes) {
  wire::Snapshot from;
  if (!from.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return invalid("snapshot", "", "channel: the snapshot is malformed");
  }
  Checks checks;
  Snapshot to;
  to.generation = from.generation();
  to.log_level = read_log_level(from.log_level(), checks);
  to.client_keepalive.enabled = from.client_keepalive().enabled();
  to.client_keepalive.idle_timeout =
      checks.duration(from.client_keepalive().idle_timeout_ms(), "client_keepalive");
  to.client_keepalive.max_requests = from.client_keepalive().max_requests();
  to.backend_keepalive.enabled = from.backend_keepalive().enabled();
  to.backend_keepalive.idle_timeout =
      checks.duration(from.backend_keepalive().idle_timeout_ms(), "backend_keepalive");
  to.client_timeouts.head = checks.duration(from.client_timeouts().head_ms(), "client_timeouts.head");
  to.client_timeouts.body = checks.duration(from.client_timeouts().body_ms(), "client_timeouts.body");
  to.client_timeouts.request =
      checks.duration(from.client_timeouts().request_ms(), "client_timeouts.request");
  to.client_timeouts.write = checks.duration(from.client_timeouts().write_ms(), "client_timeouts.write");
  to.forwarding.x_forwarded = from.forwarding().x_forwarded();
  to.forwarding.forwarded = from.forwarding().forwarded();
  to.forwarding.via = from.forwarding().via();
  to.response = read(from.response());
  to.max_connections = from.max_connections();
  to.workers = from.workers();
  to.loop_name = from.loop_name();
  if (to.workers == 0 || to.workers > limits::kWorkers) checks.fail("workers");
  for (const wire::Listener& listener : from.listeners()) to.listeners.push_back(read(listener, checks));
  for (const wire::Pool& pool : from.pools()) to.pools.push_back(read(pool, checks));
  if (checks.failed() != nullptr) {
    return invalid(checks.failed(), "", std::string("channel: the snapshot holds a bad ") + checks.failed());
  }
  return to;
}

}  // namespace demo
