#include "unit/ctl/fake_daemon.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "demo/control/v1/error.pb.h"

namespace demo::ctl {
namespace {

grpc::ByteBuffer buffer_of(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string bytes_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

grpc::Status refusal(grpc::StatusCode code, const std::string& message, const std::string& field,
                     const std::string& value) {
  demo::control::v1::ErrorDetail detail;
  detail.set_field(field);
  detail.set_value(value);
  detail.set_reason(message);
  demo::control::v1::ErrorStatus status;
  status.set_code(static_cast<int>(code));
  status.set_message(message);
  status.add_details()->PackFrom(detail);
  return {code, message, status.SerializeAsString()};
}

}  // namespace

// One call: reads the request, writes the messages one after the other, ends with the status.
class FakeDaemon::Call : public grpc::ServerGenericBidiReactor {
 public:
  Call(FakeDaemon& daemon, std::string rpc, Script script)
      : daemon_(daemon), rpc_(std::move(rpc)), script_(std::move(script)) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      const std::lock_guard lock(daemon_.mutex_);
      daemon_.requests_[rpc_] = bytes_of(request_);
      ++daemon_.calls_[rpc_];
    }
    write_next();
  }
  void OnWriteDone(bool ok) override {
    if (ok) {
      write_next();
    } else if (!script_.silent) {
      Finish(grpc::Status::CANCELLED);
    }
  }
  void OnCancel() override {
    if (script_.silent) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  void write_next() {
    if (written_ == script_.messages.size()) {
      if (!script_.silent) Finish(script_.status);
      return;
    }
    message_ = buffer_of(script_.messages[written_++]);
    StartWrite(&message_);
  }

  FakeDaemon& daemon_;
  const std::string rpc_;
  const Script script_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer message_;
  std::size_t written_ = 0;
};

FakeDaemon::FakeDaemon() { start(); }

FakeDaemon::~FakeDaemon() { stop(); }

void FakeDaemon::start() {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + path_, grpc::InsecureServerCredentials());
  builder.RegisterCallbackGenericService(this);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) std::abort();
}

void FakeDaemon::stop() {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  server_->Wait();
  server_.reset();
}

void FakeDaemon::answer(const std::string& rpc, const std::vector<const google::protobuf::Message*>& messages,
                        grpc::Status status) {
  Script script;
  for (const auto* message : messages) script.messages.push_back(message->SerializeAsString());
  script.status = std::move(status);
  const std::lock_guard lock(mutex_);
  scripts_[rpc] = {std::move(script)};
}

void FakeDaemon::fall_silent(const std::string& rpc,
                             const std::vector<const google::protobuf::Message*>& messages) {
  answer(rpc, messages);
  const std::lock_guard lock(mutex_);
  scripts_[rpc].front().silent = true;
}

void FakeDaemon::refuse(const std::string& rpc, grpc::StatusCode code, const std::string& message,
                        const std::string& field, const std::string& value) {
  answer(rpc, {}, refusal(code, message, field, value));
}

void FakeDaemon::refuse_every_other(const std::string& rpc, grpc::StatusCode code, const std::string& message,
                                    const std::string& field, const std::string& value) {
  const std::lock_guard lock(mutex_);
  scripts_[rpc].push_back({{}, refusal(code, message, field, value), false});
}

std::map<std::string, std::string> FakeDaemon::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FakeDaemon::forget_requests() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
}

int FakeDaemon::calls(const std::string& rpc) {
  const std::lock_guard lock(mutex_);
  return calls_[rpc];
}

grpc::ServerGenericBidiReactor* FakeDaemon::CreateReactor(grpc::GenericCallbackServerContext* call) {
  const std::string rpc = call->method().substr(call->method().rfind('/') + 1);
  const std::lock_guard lock(mutex_);
  const auto found = scripts_.find(rpc);
  Script script{{}, grpc::Status(grpc::StatusCode::UNIMPLEMENTED, ""), false};
  if (found != scripts_.end()) {
    std::deque<Script>& scripts = found->second;
    script = scripts.front();
    std::rotate(scripts.begin(), scripts.begin() + 1, scripts.end());
  }
  return new Call(*this, rpc, std::move(script));
}

}  // namespace demo::ctl
