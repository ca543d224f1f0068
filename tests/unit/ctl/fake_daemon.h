#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "unit/temporary_folder.h"

namespace demo::ctl {

// A gRPC server that gives prepared answers to any RPC and keeps the requests, on a socket of its own.
class FakeDaemon : public grpc::CallbackGenericService {
 public:
  FakeDaemon();
  ~FakeDaemon() override;

  // "unix:///tmp/.../control.sock".
  std::string target() const { return "unix://" + path_; }
  const std::string& path() const { return path_; }

  // What the RPC ("AddBackend") answers from now on: the messages, then the status. Others are UNIMPLEMENTED.
  void answer(const std::string& rpc, const std::vector<const google::protobuf::Message*>& messages,
              grpc::Status status = grpc::Status::OK);
  void answer(const std::string& rpc, const google::protobuf::Message& message) { answer(rpc, {&message}); }
  // The messages, and then silence until the client gives up.
  void fall_silent(const std::string& rpc, const std::vector<const google::protobuf::Message*>& messages);
  // A refusal with an ErrorDetail, as the daemon sends it.
  void refuse(const std::string& rpc, grpc::StatusCode code, const std::string& message,
              const std::string& field = "", const std::string& value = "");
  // The same of every second call: the ones between are answered as before.
  void refuse_every_other(const std::string& rpc, grpc::StatusCode code, const std::string& message,
                          const std::string& field = "", const std::string& value = "");

  // The bytes of the last request to the RPC, parsed. Empty when there was none.
  template <typename Request>
  Request request(const std::string& rpc) {
    const std::lock_guard lock(mutex_);
    Request result;
    result.ParseFromString(requests_[rpc]);
    return result;
  }
  int calls(const std::string& rpc);
  // The bytes of the last request to each RPC that was called.
  std::map<std::string, std::string> requests();
  void forget_requests();

  void start();
  void stop();

 private:
  class Call;
  struct Script {
    std::vector<std::string> messages;
    grpc::Status status;
    bool silent = false;  // instead of the status
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* call) override;

  const TemporaryFolder folder_;
  const std::string path_ = folder_.file("control.sock");
  std::unique_ptr<grpc::Server> server_;
  std::mutex mutex_;
  std::map<std::string, std::deque<Script>> scripts_;  // of each call in turn
  std::map<std::string, std::string> requests_;
  std::map<std::string, int> calls_;
};

}  // namespace demo::ctl
