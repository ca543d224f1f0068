#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "control/control_server.h"
#include "demo/control/v1/control.grpc.pb.h"
#include "demo/control/v1/error.pb.h"
#include "demo/control/v1/monitor.grpc.pb.h"
#include "fake_supervisor.h"
#include "unit/temporary_folder.h"

namespace demo::test {

// The API of a fake supervisor on a control and a monitor socket, and a client of each.
class ServedApi {
 public:
  ServedApi();

  std::string control_path() const { return folder_.file("control.sock"); }
  std::string monitor_path() const { return folder_.file("monitor.sock"); }
  static std::shared_ptr<grpc::Channel> channel(const std::string& target);

 private:
  TemporaryFolder folder_;

 public:
  FakeSupervisor supervisor;
  std::unique_ptr<ControlServer> server;
  std::unique_ptr<control::v1::Control::Stub> control;
  std::unique_ptr<control::v1::Monitor::Stub> monitor;       // on the control socket
  std::unique_ptr<control::v1::Monitor::Stub> monitor_only;  // on the monitor socket
};

// A client context whose call fails rather than hangs a test.
std::unique_ptr<grpc::ClientContext> patient();

// The ErrorDetail of a failed call; empty when there is none.
control::v1::ErrorDetail detail_of(const grpc::Status& status);

}  // namespace demo::test
