#include "control/messages/translate.h"

#include "control/messages/field_reset.h"
#include "control/messages/message_reader.h"
#include "control/messages/message_writer.h"
#include "demo/control/v1/config.pb.h"

namespace demo {
namespace {

// The message type of each struct.
template <typename Value>
struct MessageOf;
template <>
struct MessageOf<WorkerPlan> : std::type_identity<control::v1::WorkerPlan> {};
template <>
struct MessageOf<ClientKeepalive> : std::type_identity<control::v1::ClientKeepalive> {};
template <>
struct MessageOf<BackendKeepalive> : std::type_identity<control::v1::BackendKeepalive> {};
template <>
struct MessageOf<ClientTimeouts> : std::type_identity<control::v1::ClientTimeouts> {};
template <>
struct MessageOf<Response> : std::type_identity<control::v1::Response> {};
template <>
struct MessageOf<Forwarding> : std::type_identity<control::v1::Forwarding> {};
template <>
struct MessageOf<Listener> : std::type_identity<control::v1::Listener> {};
template <>
struct MessageOf<Backend> : std::type_identity<control::v1::Backend> {};
template <>
struct MessageOf<Pool> : std::type_identity<control::v1::Pool> {};
template <>
struct MessageOf<Config> : std::type_identity<control::v1::Config> {};

// Whether the path names what tells a listener, backend or pool from the others, or a pool's backends.
template <typename Value>
bool is_identity(std::string_view path) {
  if constexpr (std::is_same_v<Value, Listener>) return path == "address";
  if constexpr (std::is_same_v<Value, Backend>) return path == "endpoint";
  if constexpr (std::is_same_v<Value, Pool>) return path == "name" || path == "backends";
  return false;
}

}  // namespace

template <typename Value>
void to_message(const Value& value, google::protobuf::Message& message) {
  MessageWriter writer(message);
  for_each_field(value, writer);
}

template <typename Value>
Status apply_message(const google::protobuf::Message& message, const std::string& path, Value& value) {
  MessageReader reader(message, path);
  for_each_field(value, reader);
  return reader.status();
}

template <typename Value>
Status reset_field(std::string_view path, Value& value) {
  FieldReset<Value> reset(MessageOf<Value>::type::default_instance(), path);
  if (!is_identity<Value>(path)) for_each_field(value, reset);
  if (reset.found()) return {};
  return invalid("reset_fields", std::string(path),
                 fmt::format("reset_fields is \"{}\": there is no such field with a default", path));
}

#define DEMO_TRANSLATED(Value)                                                                        \
  template void to_message<Value>(const Value&, google::protobuf::Message&);                          \
  template Status apply_message<Value>(const google::protobuf::Message&, const std::string&, Value&); \
  template Status reset_field<Value>(std::string_view, Value&)

DEMO_TRANSLATED(WorkerPlan);
DEMO_TRANSLATED(ClientKeepalive);
DEMO_TRANSLATED(BackendKeepalive);
DEMO_TRANSLATED(ClientTimeouts);
DEMO_TRANSLATED(Response);
DEMO_TRANSLATED(Forwarding);
DEMO_TRANSLATED(Listener);
DEMO_TRANSLATED(Backend);
DEMO_TRANSLATED(Pool);
DEMO_TRANSLATED(Config);
#undef DEMO_TRANSLATED

}  // namespace demo
