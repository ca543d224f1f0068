#include "control/services/one_change_call.h"

#include <google/protobuf/message.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <memory>
#include <utility>

#include "base/limits.h"
#include "control/messages/request_path.h"

namespace demo {

namespace pb = control::v1;
using google::protobuf::Descriptor;
using google::protobuf::Message;

namespace {

std::unique_ptr<Message> new_message(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

const pb::MutationOptions& options_of(const Message& request) {
  const auto* const field = request.GetDescriptor()->FindFieldByName("options");
  return static_cast<const pb::MutationOptions&>(request.GetReflection()->GetMessage(request, field));
}

pb::MutationResult& result_of(Message& response) {
  const auto* const field = response.GetDescriptor()->FindFieldByName("result");
  return static_cast<pb::MutationResult&>(*response.GetReflection()->MutableMessage(&response, field));
}

// Null when they are no such message.
std::unique_ptr<const Message> read_message(const Descriptor& type, const grpc::ByteBuffer& bytes) {
  auto message = new_message(type);
  grpc::ByteBuffer read = bytes;  // shares them
  grpc::ProtoBufferReader reader(&read);
  return message->ParseFromZeroCopyStream(&reader) && reader.status().ok() ? std::move(message) : nullptr;
}

}  // namespace

grpc::ServerUnaryReactor* one_change_call(const ControlParts& parts,
                                          const google::protobuf::MethodDescriptor& method,
                                          grpc::CallbackServerContext& context,
                                          const grpc::ByteBuffer& request, grpc::ByteBuffer& response) {
  const std::shared_ptr<const Message> message = read_message(*method.input_type(), request);
  if (message == nullptr) return nullptr;
  auto call = parts.calls.start(context, limits::kControlCallTimeout);
  grpc::ServerUnaryReactor* const reactor = call->reactor();
  const pb::MutationOptions& options = options_of(*message);
  auto change = change_request(parts.gate, context, call, options, [&] { return mutation_of(*message); });
  if (!change) return reactor;
  const bool dry_run = options.dry_run();
  auto done = [call, message, dry_run, &type = *method.output_type(),
               &response](const Result<ChangeOutcome>& outcome) {
    if (!outcome) return call->fail(in_request(outcome.error(), *message));
    call->finish([&]() -> Status {
      const auto answer = new_message(type);
      write_result(*outcome, dry_run, result_of(*answer));
      const grpc::Slice bytes(answer->SerializeAsString());
      response = grpc::ByteBuffer(&bytes, 1);
      return {};
    });
  };
  parts.supervisor.change(*std::move(change), std::move(done));
  return reactor;
}

}  // namespace demo
