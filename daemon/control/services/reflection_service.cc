#include "control/services/reflection_service.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpc/reflection/v1alpha/reflection.grpc.pb.h>

#include <set>
#include <utility>

#include "control/calls/message_stream.h"
#include "control/calls/refused_stream.h"

namespace demo {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using grpc::reflection::v1alpha::ServerReflection;
using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
using Told = grpc::reflection::v1alpha::ServerReflectionResponse;
using Reactor = grpc::ServerBidiReactor<Request, Told>;

void refuse(grpc::StatusCode code, const std::string& why, Told& response) {
  response.mutable_error_response()->set_error_code(code);
  response.mutable_error_response()->set_error_message(why);
}

// With what it imports, each file once.
void write_file(const FileDescriptor& file, std::set<std::string>& told, Told& response) {
  if (!told.insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  response.mutable_file_descriptor_response()->add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) write_file(*file.dependency(i), told, response);
}

const FileDescriptor* find_file(const Request& request) {
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  switch (request.message_request_case()) {
    case Request::kFileByFilename:
      return pool.FindFileByName(request.file_by_filename());
    case Request::kFileContainingSymbol:
      return pool.FindFileContainingSymbol(request.file_containing_symbol());
    case Request::kFileContainingExtension: {
      const auto& wanted = request.file_containing_extension();
      const Descriptor* const type = pool.FindMessageTypeByName(wanted.containing_type());
      const FieldDescriptor* const found =
          type == nullptr ? nullptr : pool.FindExtensionByNumber(type, wanted.extension_number());
      return found == nullptr ? nullptr : found->file();
    }
    default:
      return nullptr;
  }
}

void write_extensions(const std::string& name, Told& response) {
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  const Descriptor* const type = pool.FindMessageTypeByName(name);
  if (type == nullptr) return refuse(grpc::StatusCode::NOT_FOUND, "there is no such type", response);
  auto& numbers = *response.mutable_all_extension_numbers_response();
  numbers.set_base_type_name(name);
  std::vector<const FieldDescriptor*> found;
  pool.FindAllExtensions(type, &found);
  for (const FieldDescriptor* extension : found) numbers.add_extension_number(extension->number());
}

// One stream: a question, its answer, the next question.
class ReflectionStream final : public MessageStream<Told, Reactor> {
 public:
  ReflectionStream(const std::vector<std::string>& services, OpenStreams& streams, QuotaPlace place)
      : MessageStream(std::move(place)), services_(services), streams_(streams) {
    if (streams_.add(*this)) StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return finish(grpc::Status::OK);
    pump([this](Told& response) {
      answer(response);
      return true;
    });
  }

 private:
  ~ReflectionStream() override = default;
  void answer(Told& response);
  void written() override { StartRead(&request_); }
  void gone() override { streams_.remove(*this); }

  const std::vector<std::string>& services_;
  OpenStreams& streams_;
  Request request_;
};

void ReflectionStream::answer(Told& response) {
  response.set_valid_host(request_.host());
  *response.mutable_original_request() = request_;
  switch (request_.message_request_case()) {
    case Request::kListServices:
      for (const std::string& name : services_) {
        response.mutable_list_services_response()->add_service()->set_name(name);
      }
      return;
    case Request::kAllExtensionNumbersOfType:
      return write_extensions(request_.all_extension_numbers_of_type(), response);
    case Request::MESSAGE_REQUEST_NOT_SET:
      return refuse(grpc::StatusCode::INVALID_ARGUMENT, "nothing is asked for", response);
    default:
      break;
  }
  const FileDescriptor* const file = find_file(request_);
  if (file == nullptr)
    return refuse(grpc::StatusCode::NOT_FOUND, "there is no such file or symbol", response);
  response.mutable_file_descriptor_response();
  std::set<std::string> told;
  write_file(*file, told, response);
}

class ReflectionService final : public ServerReflection::CallbackService {
 public:
  ReflectionService(std::vector<std::string> services, Gate& gate, OpenStreams& streams)
      : services_(std::move(services)), gate_(gate), streams_(streams) {}

  Reactor* ServerReflectionInfo(grpc::CallbackServerContext* context) override;

 private:
  const std::vector<std::string> services_;
  Gate& gate_;
  OpenStreams& streams_;
};

Reactor* ReflectionService::ServerReflectionInfo(grpc::CallbackServerContext* context) {
  auto pass = gate_.admit_stream(*context, std::nullopt);
  if (!pass) return new RefusedStream<Reactor>(pass.error());
  return new ReflectionStream(services_, streams_, std::move(pass->place));
}

}  // namespace

std::unique_ptr<grpc::Service> make_reflection_service(std::vector<std::string> services, Gate& gate,
                                                       OpenStreams& streams) {
  return std::make_unique<ReflectionService>(std::move(services), gate, streams);
}

}  // namespace demo
