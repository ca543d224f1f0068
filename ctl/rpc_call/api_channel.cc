#include "rpc_call/api_channel.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rpc_call/connector.h"
#include "rpc_call/status_code.h"
#include "rpc_call/transport_failure.h"

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

CallStatus to_call_status(const grpc::Status& status, const Target& target) {
  CallStatus result{static_cast<int>(status.error_code()), status.error_message(), status.error_details()};
  const bool by_transport =
      status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty();
  // The connection of a unix socket was made before the call.
  if (by_transport && target.is_unix()) result.door = CallStatus::Door::kClosed;
  return result;
}

// Whether a daemon that had the call ended it without an answer, or because it ends itself.
bool was_broken_off(const CallStatus& status) {
  if (!status.details.empty()) return status.code == kUnavailable;
  return status.code == kCancelled || status.door == CallStatus::Door::kClosed || is_broken(status);
}

// The tags of one stream's completion queue: at most one operation of each kind is under way.
enum Tag : std::intptr_t { kStarted = 1, kWritten, kRead, kFinished };
void* tag(Tag value) { return reinterpret_cast<void*>(static_cast<std::intptr_t>(value)); }

class GrpcStream : public Stream {
 public:
  // connector: borrowed.
  GrpcStream(const Connector& connector, const Message& request)
      : connector_(connector), path_(path_of(request)), request_(to_buffer(request)) {}

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
    if (stub_ == nullptr && !connect(patience)) return ended_ ? Next::kEnded : Next::kNothing;
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
  // Whether there is a connection, and the call is under way. A full queue may have room the next time.
  bool connect(std::chrono::milliseconds patience) {
    Connector::Connection made = connector_.connect(patience);
    if (made.stub == nullptr) {
      call_status_ = made.status;
      ended_ = made.status.door != CallStatus::Door::kQueueFull;
      return false;
    }
    call_status_ = kNoAnswerYet;
    stub_ = std::move(made.stub);
    call_ = stub_->PrepareCall(&context_, path_, &queue_);
    call_->StartCall(tag(kStarted));
    return true;
  }

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
        call_status_ = to_call_status(status_, connector_.target());
        return false;
    }
    std::abort();
  }

  const Connector& connector_;
  const std::string path_;
  const grpc::ByteBuffer request_;
  std::unique_ptr<grpc::GenericStub> stub_;  // null until there is a connection
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer answer_;
  grpc::Status status_;
  CallStatus call_status_ = kNoAnswerYet;
  bool ended_ = false;
};

class GrpcChannel : public ApiChannel {
 public:
  explicit GrpcChannel(const Target& target) : connector_(target) {}

  const Target& target() const override { return connector_.target(); }

  // A daemon that gives way to its next version breaks off what is under way, and is there again at once: who
  // only reads asks again. Where nobody answers then, it has ended, as it said.
  CallStatus call(const Message& request, Message& response, std::chrono::milliseconds deadline) override {
    const auto end = std::chrono::steady_clock::now() + deadline;
    CallStatus ended = attempt(request, response, deadline);
    if (!was_broken_off(ended) || access_of(request) != Access::kRead) return ended;
    stub_ = nullptr;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    CallStatus again = attempt(request, response, left);
    return again.ok() || !again.details.empty() ? again : ended;
  }

  std::unique_ptr<Stream> start(const Message& request) override {
    return std::make_unique<GrpcStream>(connector_, request);
  }

 private:
  CallStatus attempt(const Message& request, Message& response, std::chrono::milliseconds deadline) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    // A connection that failed waits before it tries again, longer each time; a new one tries at once.
    if (stub_ == nullptr) {
      Connector::Connection made = connector_.connect(deadline);
      if (made.stub == nullptr) return made.status;
      stub_ = std::move(made.stub);
    }
    grpc::CompletionQueue queue;
    const auto reader = stub_->PrepareUnaryCall(&context, path_of(request), to_buffer(request), &queue);
    reader->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    reader->Finish(&answer, &status, tag(kFinished));
    void* event = nullptr;
    bool ok = false;
    queue.Next(&event, &ok);
    CallStatus ended = to_call_status(status, target());
    if (status.ok() && !from_buffer(answer, response)) ended.code = grpc::StatusCode::INTERNAL;
    if (!ended.ok() && is_gone(ended)) stub_ = nullptr;
    return ended;
  }

  const Connector connector_;
  std::unique_ptr<grpc::GenericStub>
      stub_;  // null before the first call and after one that did not get through
};

}  // namespace

Access access_of(const Message& request) {
  return method_of(request).service()->name() == "Monitor" ? Access::kRead : Access::kChange;
}

std::unique_ptr<ApiChannel> ApiChannel::open(const Target& target) {
  return std::make_unique<GrpcChannel>(target);
}

}  // namespace demo::ctl
