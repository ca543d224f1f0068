#pragma once

#include <grpcpp/server.h>

#include <thread>

#include "base/result.h"
#include "base/unique_fd.h"
#include "control/connection_census.h"
#include "control/socket_file.h"

namespace demo {

// Accepts the connections of one unix socket and gives them to a gRPC server. gRPC could listen by itself,
// but only a descriptor that we accepted lets a call know its client's process. Owns the socket and a thread.
class UnixDoorman {
 public:
  // server outlives the object.
  static Result<std::unique_ptr<UnixDoorman>> open(SocketFile socket, grpc::Server& server);
  UnixDoorman(const UnixDoorman&) = delete;
  UnixDoorman& operator=(const UnixDoorman&) = delete;
  ~UnixDoorman();

  // Stops accepting and removes the socket's file; connections stay. Idempotent.
  void close();

 private:
  UnixDoorman(SocketFile socket, UniqueFd stop, std::size_t most, grpc::Server& server);
  void run();
  // False: nothing more to accept now.
  bool accept_one();
  // Waits until there is something to accept; false when the end has come.
  bool wait(int timeout_ms, bool for_connections);

  grpc::Server& server_;
  SocketFile socket_;
  UniqueFd stop_;  // eventfd(2), readable when the thread is to end
  ConnectionCensus census_;
  bool starved_ = false;  // out of descriptors; told once
  std::thread thread_;
};

}  // namespace demo
