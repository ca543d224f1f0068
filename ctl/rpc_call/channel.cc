#include "rpc_call/channel.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "input_file.h"

namespace demo::ctl {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

const MethodDescriptor* find_method(const google::protobuf::Descriptor& input, const char* service_name) {
  const auto* service = input.file()->pool()->FindServiceByName(service_name);
  for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
    if (service->method(i)->input_type() == &input) return service->method(i);
  }
  return nullptr;
}

// The one RPC that takes this request.
const MethodDescriptor& method_of(const Message& request) {
  for (const char* service : {"demo.control.v1.Control", "demo.control.v1.Monitor"}) {
    if (const auto* method = find_method(*request.GetDescriptor(), service)) return *method;
  }
  std::abort();  // a message that is no request
}

std::string path_of(const Message& request) {
  const MethodDescriptor& method = method_of(request);
  return fmt::format("/{}/{}", method.service()->full_name(), method.name());
}

grpc::ByteBuffer to_buffer(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

bool from_buffer(const grpc::ByteBuffer& buffer, Message& message) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return false;
  std::string bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return message.ParseFromString(bytes);
}

CallStatus to_call_status(const grpc::Status& status) {
  return {static_cast<int>(status.error_code()), status.error_message(), status.error_details()};
}

std::string read_pem(const std::string& option, const std::string& path) {
  return read_input(path, fmt::format("{} {}", option, path));
}

std::shared_ptr<grpc::ChannelCredentials> credentials_for(const Target& target) {
  if (target.is_unix() || !target.tls.any()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = read_pem("--tls-ca", target.tls.ca);
  options.pem_cert_chain = read_pem("--tls-cert", target.tls.certificate);
  options.pem_private_key = read_pem("--tls-key", target.tls.key);
  return grpc::SslCredentials(options);
}

// A daemon that does not answer a ping in this time is gone; it lets clients ask every 10 s at most.
constexpr int kPingEveryMs = 15'000;
constexpr int kPingPatienceMs = 10'000;

// The tags of one stream's completion queue: at most one operation of each kind is under way.
enum Tag : std::intptr_t { kStarted = 1, kWritten, kRead, kFinished };
void* tag(Tag value) { return reinterpret_cast<void*>(static_cast<std::intptr_t>(value)); }

class GrpcStream : public Stream {
 public:
  GrpcStream(std::unique_ptr<grpc::GenericStub> stub, const Message& request)
      : stub_(std::move(stub)), request_(to_buffer(request)) {
    call_ = stub_->PrepareCall(&context_, path_of(request), &queue_);
    call_->StartCall(tag(kStarted));
  }

  ~GrpcStream() override {
    context_.TryCancel();
    queue_.Shutdown();
    void* unused = nullptr;
    bool ok = false;
    while (queue_.Next(&unused, &ok)) {
    }
  }

  Next next(Message& message, std::chrono::milliseconds patience) override {
    const auto deadline = std::chrono::system_clock::now() + patience;
    while (!ended_) {
      void* event = nullptr;
      bool ok = false;
      if (queue_.AsyncNext(&event, &ok, deadline) != grpc::CompletionQueue::GOT_EVENT) return Next::kNothing;
      if (!advance(static_cast<Tag>(reinterpret_cast<std::intptr_t>(event)), ok)) continue;
      const bool parsed = from_buffer(answer_, message);
      call_->Read(&answer_, tag(kRead));
      if (parsed) return Next::kMessage;
    }
    return Next::kEnded;
  }

  const CallStatus& status() const override { return call_status_; }

 private:
  // Takes the operation one step further; true when an answer is there.
  bool advance(Tag event, bool ok) {
    switch (event) {
      case kStarted:
        if (!ok) {
          call_->Finish(&status_, tag(kFinished));
        } else {
          call_->WriteLast(request_, grpc::WriteOptions(), tag(kWritten));
        }
        return false;
      case kWritten:
        call_->Read(&answer_, tag(kRead));
        return false;
      case kRead:
        if (ok) return true;
        call_->Finish(&status_, tag(kFinished));
        return false;
      case kFinished:
        ended_ = true;
        call_status_ = to_call_status(status_);
        return false;
    }
    std::abort();
  }

  const std::unique_ptr<grpc::GenericStub> stub_;
  const grpc::ByteBuffer request_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer answer_;
  grpc::Status status_;
  CallStatus call_status_;
  bool ended_ = false;
};

class GrpcChannel : public Channel {
 public:
  explicit GrpcChannel(const Target& target) : target_(target), credentials_(credentials_for(target)) {}

  const Target& target() const override { return target_; }

  CallStatus call(const Message& request, Message& response, std::chrono::milliseconds deadline) override {
    // A connection that failed waits before it tries again, longer each time; a new one tries at once.
    if (stub_ == nullptr) stub_ = connect();
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    grpc::CompletionQueue queue;
    const auto reader = stub_->PrepareUnaryCall(&context, path_of(request), to_buffer(request), &queue);
    reader->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    reader->Finish(&answer, &status, tag(kFinished));
    void* event = nullptr;
    bool ok = false;
    queue.Next(&event, &ok);
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) stub_ = nullptr;
    if (status.ok() && !from_buffer(answer, response)) {
      return {static_cast<int>(grpc::StatusCode::INTERNAL), "the answer is not of this API", ""};
    }
    return to_call_status(status);
  }

  std::unique_ptr<Stream> start(const Message& request) override {
    return std::make_unique<GrpcStream>(connect(), request);
  }

 private:
  std::unique_ptr<grpc::GenericStub> connect() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(-1);
    // While a call runs, and however little a stream carries.
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingPatienceMs);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    if (!target_.tls.server_name.empty()) arguments.SetSslTargetNameOverride(target_.tls.server_name);
    return std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
        target_.is_unix() ? "unix:" + target_.path : target_.host_port, credentials_, arguments));
  }

  const Target target_;
  const std::shared_ptr<grpc::ChannelCredentials> credentials_;
  std::unique_ptr<grpc::GenericStub>
      stub_;  // null before the first call and after one that did not get through
};

}  // namespace

Access access_of(const Message& request) {
  return method_of(request).service()->name() == "Monitor" ? Access::kRead : Access::kChange;
}

std::unique_ptr<Channel> Channel::open(const Target& target) { return std::make_unique<GrpcChannel>(target); }

}  // namespace demo::ctl
