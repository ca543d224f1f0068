#include <gmock/gmock.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/support/byte_buffer.h>
#include <sys/socket.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "served_api.h"

namespace demo {
namespace {

namespace pb = control::v1;
using grpc::StatusCode;
using test::patient;

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

// A call of any method with any bytes.
StatusCode call_with_bytes(grpc::Channel& channel, const char* method, const std::string& bytes) {
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  const grpc::internal::RpcMethod rpc(method, grpc::internal::RpcMethod::NORMAL_RPC);
  return grpc::internal::BlockingUnaryCall(&channel, rpc, patient().get(), request, &response).error_code();
}

StatusCode invalid_call(pb::Control::Stub& control) {
  pb::AddBackendRequest request;
  request.mutable_backend()->set_endpoint(std::string(2000, ':'));
  pb::AddBackendResponse response;
  return control.AddBackend(patient().get(), request, &response).error_code();
}

void connect_with_garbage(const std::string& path, const std::string& bytes) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Address address = *Address::parse("unix:" + path);
  if (::connect(fd.get(), address.sockaddr_ptr(), address.sockaddr_size()) != 0) return;
  (void)::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

class AbusedApi : public testing::Test {
 protected:
  // One client's share: every kind of bad call in turn, over one connection and many.
  void abuse(int calls) {
    const auto channel = test::ServedApi::channel("unix:" + api.control_path());
    const auto control = pb::Control::NewStub(channel);
    for (int i = 0; i < calls; ++i) {
      switch (i % 5) {
        case 0:
          wrong += invalid_call(*control) != StatusCode::INVALID_ARGUMENT;
          break;
        case 1:
          wrong += call_with_bytes(*channel, "/demo.control.v1.Control/AddBackend", "\xff\xff\xff") ==
                   StatusCode::OK;
          break;
        case 2:
          wrong +=
              call_with_bytes(*channel, "/demo.control.v1.Control/Explode", "") != StatusCode::UNIMPLEMENTED;
          break;
        case 3:
          connect_with_garbage(api.control_path(),
                               "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(50, '\xfe'));
          break;
        default:
          connect_with_garbage(api.monitor_path(), std::string(100, static_cast<char>(i)));
      }
    }
  }

  test::ServedApi api;
  std::atomic<int> wrong = 0;
};

TEST_F(AbusedApi, ServesOnAfterTenThousandBadCalls) {
  constexpr int kClients = 4;
  constexpr int kCalls = 10'000 / kClients;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) clients.emplace_back([this] { abuse(kCalls); });
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(api.supervisor.changes().empty());
  pb::GetStatusResponse response;
  EXPECT_TRUE(api.monitor->GetStatus(patient().get(), {}, &response).ok());
  EXPECT_TRUE(api.monitor_only->GetStatus(patient().get(), {}, &response).ok());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (open_descriptors() > 200 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_LE(open_descriptors(), 200U);
}

TEST_F(AbusedApi, RefusesOversizedRequestsWithoutKeepingThem) {
  const auto channel = test::ServedApi::channel("unix:" + api.control_path());
  const std::string large(5 * 1024 * 1024, 'x');
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(call_with_bytes(*channel, "/demo.control.v1.Control/ApplyConfig", large),
              StatusCode::RESOURCE_EXHAUSTED);
  }
  EXPECT_TRUE(api.supervisor.changes().empty());
}

TEST_F(AbusedApi, SilentConnectionsDoNotKeepOthersOut) {
  std::vector<UniqueFd> silent;
  const Address address = *Address::parse("unix:" + api.monitor_path());
  for (int i = 0; i < 200; ++i) {
    silent.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(silent.back().get(), address.sockaddr_ptr(), address.sockaddr_size()), 0);
  }
  pb::GetStatusResponse response;
  EXPECT_TRUE(api.monitor_only->GetStatus(patient().get(), {}, &response).ok());
}

}  // namespace
}  // namespace demo
