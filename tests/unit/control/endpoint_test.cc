#include <gmock/gmock.h>
#include <grpcpp/create_channel_posix.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "served_api.h"

namespace demo {
namespace {

namespace pb = control::v1;
using grpc::StatusCode;
using test::patient;
using testing::HasSubstr;

Result<std::unique_ptr<ControlServer>> open_control(const std::string& path, SupervisorApi& supervisor) {
  ControlOptions options;
  options.control_path = path;
  return ControlServer::open(options, supervisor);
}

TEST(ControlSocket, HasTheModeThatWasAskedFor) {
  const test::ServedApi api;
  struct stat found {};
  ASSERT_EQ(::stat(api.control_path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0660U);
  ASSERT_EQ(::stat(api.monitor_path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0666U);
}

TEST(ControlSocket, IsRemovedAtTheEnd) {
  test::ServedApi api;
  api.server->shutdown();
  EXPECT_FALSE(std::filesystem::exists(api.control_path()));
  EXPECT_FALSE(std::filesystem::exists(api.monitor_path()));
}

TEST(ControlSocket, OfALivingDaemonIsRefused) {
  test::ServedApi api;
  const auto second = open_control(api.control_path(), api.supervisor);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_THAT(second.error().message, HasSubstr("another daemon serves it"));
  pb::GetStatusResponse response;
  EXPECT_TRUE(api.monitor->GetStatus(patient().get(), {}, &response).ok());
}

// A listening socket without our lock: another program, or a daemon that died when its end is closed.
UniqueFd listen_at(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Address address = *Address::parse("unix:" + path);
  EXPECT_EQ(::bind(fd.get(), address.sockaddr_ptr(), address.sockaddr_size()), 0);
  EXPECT_EQ(::listen(fd.get(), 1), 0);
  return fd;
}

TEST(ControlSocket, OfADeadDaemonIsReplaced) {
  const TemporaryFolder folder;
  test::FakeSupervisor supervisor;
  listen_at(folder.file("c.sock")).reset();
  EXPECT_TRUE(std::filesystem::exists(folder.file("c.sock")));
  const auto server = open_control(folder.file("c.sock"), supervisor);
  ASSERT_TRUE(server) << server.error().message;
  const auto stub = pb::Monitor::NewStub(test::ServedApi::channel("unix:" + folder.file("c.sock")));
  pb::GetStatusResponse response;
  EXPECT_TRUE(stub->GetStatus(patient().get(), {}, &response).ok());
}

TEST(ControlSocket, OfAnotherProgramIsRefused) {
  const TemporaryFolder folder;
  test::FakeSupervisor supervisor;
  const UniqueFd other = listen_at(folder.file("c.sock"));
  const auto server = open_control(folder.file("c.sock"), supervisor);
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("another program serves it"));
}

TEST(ControlSocket, NeverReplacesAFile) {
  const TemporaryFolder folder;
  test::FakeSupervisor supervisor;
  std::ofstream(folder.file("c.sock")) << "precious";
  const auto server = open_control(folder.file("c.sock"), supervisor);
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("no socket"));
  EXPECT_EQ(std::filesystem::file_size(folder.file("c.sock")), 8U);
}

TEST(ControlSocket, SaysWhatIsWrongWithItsPath) {
  const TemporaryFolder folder;
  test::FakeSupervisor supervisor;
  const auto too_long = open_control(folder.file(std::string(200, 'x')), supervisor);
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(too_long.error().field, "control");
  EXPECT_THAT(too_long.error().message, HasSubstr("107"));
  const auto no_folder = open_control(folder.file("missing/c.sock"), supervisor);
  ASSERT_FALSE(no_folder);
  EXPECT_THAT(no_folder.error().message, HasSubstr("No such file or directory"));
  ControlOptions same;
  same.control_path = same.monitor_path = folder.file("c.sock");
  EXPECT_FALSE(ControlServer::open(same, supervisor));
}

// A call of a client that comes as soon as there is a socket, without a limit of its own.
class EagerClient {
 public:
  explicit EagerClient(const std::string& path) : thread_([this, path] { call(path); }) {}
  grpc::Status status() {
    stopping_ = true;
    thread_.join();
    return status_;
  }

 private:
  void call(const std::string& path) {
    const Address address = *Address::parse("unix:" + path);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    while (::connect(fd.get(), address.sockaddr_ptr(), address.sockaddr_size()) != 0) {
      if (stopping_) return;
    }
    const auto stub = pb::Monitor::NewStub(grpc::CreateInsecureChannelFromFd("daemon", fd.release()));
    grpc::ClientContext context;
    pb::GetStatusResponse response;
    status_ = stub->GetStatus(&context, {}, &response);
  }

  std::atomic<bool> stopping_ = false;
  grpc::Status status_;
  std::thread thread_;
};

TEST(ControlSocket, OfAStartThatFailsDoesNotWaitForACallThatCameMeanwhile) {
  const TemporaryFolder folder;
  test::FakeSupervisor supervisor;
  supervisor.stall();
  const UniqueFd taken(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ControlOptions options;
  options.control_path = folder.file("c.sock");
  options.tcp.emplace();
  options.tcp->insecure_everyone_on_this_host_is_admin = true;
  options.tcp->address = *Address::parse("127.0.0.1:0");
  const Address& address = options.tcp->address;
  ASSERT_EQ(::bind(taken.get(), address.sockaddr_ptr(), address.sockaddr_size()), 0);
  ASSERT_EQ(::listen(taken.get(), 1), 0);
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ASSERT_EQ(::getsockname(taken.get(), reinterpret_cast<sockaddr*>(&bound), &size), 0);
  options.tcp->address = Address::from_sockaddr(reinterpret_cast<sockaddr*>(&bound), size);
  // Until a call came between the two endpoints.
  while (supervisor.reports_asked() == 0) {
    EagerClient client(options.control_path);
    EXPECT_FALSE(ControlServer::open(options, supervisor));
    EXPECT_NE(client.status().error_code(), StatusCode::DEADLINE_EXCEEDED);
  }
}

class ControlTcp : public testing::Test {
 protected:
  // A certificate of the given subject and URI, signed by the CA; PATH.pem and PATH.key.
  void certify(const std::string& name, const std::string& common_name, const std::string& extra) {
    const std::string base = folder.file(name);
    const std::string command =
        "cd " + folder.file("") + " && printf 'subjectAltName=DNS:localhost" + extra + "' > " + name +
        ".ext && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name +
        ".key -subj '/CN=" + common_name + "' -out " + name + ".csr 2>/dev/null && openssl x509 -req -in " +
        name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile " + name + ".ext -out " +
        name + ".pem 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }

  void SetUp() override {
    const std::string command =
        "cd " + folder.file("") +
        " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem "
        "-days 2 -subj /CN=ca 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
    certify("daemon", "daemon", "");
    ControlTcpOptions tcp;
    tcp.address = *Address::parse("127.0.0.1:0");
    tcp.certificate_file = folder.file("daemon.pem");
    tcp.key_file = folder.file("daemon.key");
    tcp.client_ca_file = folder.file("ca.pem");
    options.tcp = tcp;
  }

  static std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::shared_ptr<grpc::Channel> channel(const std::string& name) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = text_of(folder.file("ca.pem"));
    if (!name.empty()) {
      ssl.pem_cert_chain = text_of(folder.file(name + ".pem"));
      ssl.pem_private_key = text_of(folder.file(name + ".key"));
    }
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server->tcp_port()),
                                     grpc::SslCredentials(ssl), arguments);
  }

  StatusCode watch(const std::string& name) {
    pb::GetStatusResponse response;
    return pb::Monitor::NewStub(channel(name))->GetStatus(patient().get(), {}, &response).error_code();
  }
  // The common name that the daemon shows at a new handshake; empty when there is none.
  std::string shown() {
    const auto context = patient();
    pb::GetStatusResponse response;
    if (!pb::Monitor::NewStub(channel("admin"))->GetStatus(context.get(), {}, &response).ok()) return "";
    const auto names = context->auth_context()->FindPropertyValues("x509_common_name");
    return names.empty() ? "" : std::string(names.front().data(), names.front().size());
  }
  void put(const std::string& from, const std::string& to) {
    std::filesystem::copy_file(folder.file(from), folder.file(to) + ".new");
    std::filesystem::rename(folder.file(to) + ".new", folder.file(to));
  }
  StatusCode change(const std::string& name) {
    pb::ResetConfigResponse response;
    return pb::Control::NewStub(channel(name))->ResetConfig(patient().get(), {}, &response).error_code();
  }

  TemporaryFolder folder;
  test::FakeSupervisor supervisor;
  ControlOptions options;
  std::unique_ptr<ControlServer> server;
};

TEST_F(ControlTcp, AllowsWhatTheCertificateSays) {
  server = ControlServer::open(options, supervisor).value();
  ASSERT_GT(server->tcp_port(), 0);
  certify("admin", "alice", ",URI:demo-server:role:admin");
  certify("viewer", "viewer:grafana", "");
  certify("nobody", "mallory", "");
  EXPECT_EQ(watch("admin"), StatusCode::OK);
  EXPECT_EQ(change("admin"), StatusCode::OK);
  EXPECT_EQ(supervisor.changes().back().caller.name, "CN=alice");
  EXPECT_EQ(watch("viewer"), StatusCode::OK);
  EXPECT_EQ(change("viewer"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(watch("nobody"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(change("nobody"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(watch(""), StatusCode::UNAVAILABLE);  // no certificate: no connection
}

TEST_F(ControlTcp, NamesTheFileThatCannotBeRead) {
  options.tcp->key_file = folder.file("missing.key");
  const auto opened = ControlServer::open(options, supervisor);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().field, "--tls-key");
  EXPECT_THAT(opened.error().message, HasSubstr("missing.key"));
  ASSERT_EQ(::mkfifo(folder.file("fifo.key").c_str(), 0600), 0);
  options.tcp->key_file = folder.file("fifo.key");
  EXPECT_THAT(ControlServer::open(options, supervisor).error().message, HasSubstr("is no regular file"));
  options.tcp->key_file = folder.file("");
  EXPECT_THAT(ControlServer::open(options, supervisor).error().message, HasSubstr("Is a directory"));
  options.tcp->key_file.clear();
  EXPECT_THAT(ControlServer::open(options, supervisor).error().message,
              HasSubstr("--control-tcp needs --tls-certificate"));
}

TEST_F(ControlTcp, RefusesAKeyThatIsNotTheCertificates) {
  certify("other", "other", "");
  options.tcp->key_file = folder.file("other.key");
  const auto opened = ControlServer::open(options, supervisor);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().field, "--tls-key");
  EXPECT_THAT(opened.error().message, HasSubstr("does not belong to the certificate"));
}

TEST_F(ControlTcp, ServesThroughoutARenewalInTwoSteps) {
  options.tcp->look_again = std::chrono::milliseconds(10);
  server = ControlServer::open(options, supervisor).value();
  certify("admin", "admin", "");
  certify("renewed", "renewed", "");
  EXPECT_EQ(shown(), "daemon");
  put("renewed.key", "daemon.key");
  ASSERT_EQ(supervisor.told(1).size(), 1U);
  EXPECT_THAT(supervisor.told(1).front(), HasSubstr("! --tls-key \"" + folder.file("daemon.key")));
  EXPECT_EQ(shown(), "daemon");
  EXPECT_EQ(shown(), "daemon");
  put("renewed.pem", "daemon.pem");
  ASSERT_EQ(supervisor.told(2).size(), 2U);
  EXPECT_EQ(supervisor.told(2).back(), "new certificates are in force");
  EXPECT_EQ(shown(), "renewed");
}

TEST_F(ControlTcp, ServesWithWhatItHadWhileAFileIsGoneOrBroken) {
  put("ca.pem", "clients.pem");
  options.tcp->client_ca_file = folder.file("clients.pem");
  options.tcp->look_again = std::chrono::milliseconds(10);
  server = ControlServer::open(options, supervisor).value();
  certify("admin", "admin", "");
  std::ofstream(folder.file("broken")) << "-----BEGIN CERTIFICATE-----\nMII";
  auto next_told = [&, count = 0U]() mutable {
    const auto told = supervisor.told(++count);
    return told.size() == count ? told.back() : "";
  };
  for (const std::string name : {"daemon.pem", "daemon.key", "clients.pem"}) {
    std::filesystem::rename(folder.file(name), folder.file("kept"));
    EXPECT_THAT(next_told(), HasSubstr(folder.file(name) + ": No such file"));
    EXPECT_EQ(shown(), "daemon");
    put("broken", name);
    EXPECT_THAT(next_told(), HasSubstr(folder.file(name) + "\": "));
    EXPECT_EQ(shown(), "daemon");
    std::filesystem::rename(folder.file("kept"), folder.file(name));
    EXPECT_EQ(next_told(), "the certificates are as they were before");
    EXPECT_EQ(shown(), "daemon");
  }
}

TEST_F(ControlTcp, RefusesATakenPort) {
  server = ControlServer::open(options, supervisor).value();
  options.tcp->address.set_port(static_cast<std::uint16_t>(server->tcp_port()));
  const auto second = ControlServer::open(options, supervisor);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("cannot listen there"));
}

TEST_F(ControlTcp, ServesPlaintextOnLoopbackOnlyAndOnlyWhenTold) {
  options.tcp->insecure_everyone_on_this_host_is_admin = true;
  options.tcp->address = *Address::parse("0.0.0.0:0");
  EXPECT_FALSE(ControlServer::open(options, supervisor));
  options.tcp->address = *Address::parse("127.0.0.1:0");
  server = ControlServer::open(options, supervisor).value();
  const auto stub =
      pb::Control::NewStub(test::ServedApi::channel("127.0.0.1:" + std::to_string(server->tcp_port())));
  pb::ResetConfigResponse response;
  EXPECT_TRUE(stub->ResetConfig(patient().get(), {}, &response).ok());
  EXPECT_THAT(supervisor.changes().back().caller.name, HasSubstr("unauthenticated"));
}

TEST_F(ControlTcp, ClosesWhatIsBeyondItsLimitAndServesAgainWhenThereIsRoom) {
  options.tcp->insecure_everyone_on_this_host_is_admin = true;
  options.tcp->address = *Address::parse("127.0.0.1:0");
  // A quarter of the descriptors is for the connections of each socket.
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit low{400, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &low);
  server = ControlServer::open(options, supervisor).value();
  ::setrlimit(RLIMIT_NOFILE, &before);
  Address address = options.tcp->address;
  address.set_port(static_cast<std::uint16_t>(server->tcp_port()));
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 101; ++i) {
    clients.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // One address alone has half of the places.
    const Address source = *Address::parse("127.0.0." + std::to_string(1 + i / 50) + ":0");
    ASSERT_EQ(::bind(clients.back().get(), source.sockaddr_ptr(), source.sockaddr_size()), 0);
    ASSERT_EQ(::connect(clients.back().get(), address.sockaddr_ptr(), address.sockaddr_size()), 0);
  }
  char byte = 0;
  EXPECT_EQ(::recv(clients.front().get(), &byte, 1, 0), 1);  // the server's HTTP/2 settings
  EXPECT_EQ(::recv(clients[99].get(), &byte, 1, 0), 1);
  EXPECT_EQ(::recv(clients.back().get(), &byte, 1, 0), 0);
  clients.clear();
  // gRPC notices the ends in its own time; the test's limit ends a wait that never does.
  pb::GetStatusResponse response;
  const auto answered = [&] {
    const auto channel = test::ServedApi::channel("127.0.0.1:" + std::to_string(server->tcp_port()));
    return pb::Monitor::NewStub(channel)->GetStatus(patient().get(), {}, &response).ok();
  };
  while (!answered()) {
  }
}

}  // namespace
}  // namespace demo
