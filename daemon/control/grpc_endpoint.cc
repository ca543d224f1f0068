#include "control/grpc_endpoint.h"

#include <fmt/format.h>
#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>

#include <mutex>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "control/connections/client_relay.h"
#include "control/connections/doorman.h"
#include "control/connections/reserved_descriptors.h"
#include "control/connections/socket_file.h"
#include "control/connections/tcp_socket.h"
#include "control/tls/tcp_credentials.h"

namespace demo {
namespace {

// What the connections of one endpoint may take together: beyond it gRPC reads less, and cuts connections
// off.
constexpr std::size_t kMemoryBytes = 128 * 1024 * 1024;
constexpr int kKeepaliveTimeMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kPingIntervalMinMs = 10'000;   // clients that ping more often are told to go away
constexpr unsigned kRelayedDescriptors = 3;  // the client's, and the pair that leads to gRPC
constexpr int kConnectionIdleMs = 600'000;   // without a call; clients connect again by themselves

std::string kept_socket_name(const std::string& endpoint) { return kApiNames + endpoint; }
std::string kept_lock_name(const std::string& endpoint) { return kept_socket_name(endpoint) + "-lock"; }

// gRPC's own messages go where ours go, for those who debug: a client that fails to shake hands must not fill
// the log.
void log_grpc(gpr_log_func_args* args) { log(LogLevel::kDebug, "gRPC: {}", args->message); }

void prepare_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    gpr_set_log_function(&log_grpc);
    // Never given back: when the last user leaves, gRPC 1.51 ends its threads, and now and then one of them
    // sleeps for ten more seconds first. Nobody would wait for that at the end of the process.
    grpc_init();
  });
}

void set_limits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(limits::kControlMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingIntervalMinMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kConnectionIdleMs);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT,
                             0);  // a taken port is an error, not a race for clients
  builder.SetResourceQuota(grpc::ResourceQuota("control").Resize(kMemoryBytes));
}

void set_tcp_limits(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             static_cast<int>(limits::kControlTcpHandshake.count()));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, limits::kControlTcpFieldBytes);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, limits::kControlTcpPingStrikes);
  // What may be on the way is not made more for who is fast: 64 KiB a connection.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
}

class ServedEndpoint final : public GrpcEndpoint {
 public:
  explicit ServedEndpoint(EndpointServices services) : services_(std::move(services)) {}
  ServedEndpoint(const ServedEndpoint&) = delete;
  ServedEndpoint& operator=(const ServedEndpoint&) = delete;
  ~ServedEndpoint() override;

  Status serve_unix(const UnixPlace& place, NamedFds& kept, ClientRelay& relay, SupervisorApi& supervisor);
  Status serve_tcp(const ControlTcpOptions& options, NamedFds& kept, SupervisorApi& supervisor);

  void close() override;
  void release(NamedFds& kept) override;
  void shutdown(std::chrono::milliseconds patience) override;
  void cut() override;
  int port() const override { return tcp_.port; }

 private:
  // Stops accepting.
  void leave_door();
  // credentials: of TCP connections; null for a unix socket.
  Status start(const std::string& name, std::shared_ptr<grpc::ServerCredentials> credentials);
  Status admit(int socket, const std::string& name, Doorman::Rules rules, Doorman::Pass pass,
               SupervisorApi& supervisor);

  const EndpointServices services_;
  std::string name_;                                                          // of what is kept
  std::optional<SocketFile> file_;                                            // of a unix socket
  TcpSocket tcp_;                                                             // empty for a unix socket
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;  // for TCP, else null
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Doorman> doorman_;
};

Status ServedEndpoint::start(const std::string& name, std::shared_ptr<grpc::ServerCredentials> credentials) {
  prepare_library();
  grpc::ServerBuilder builder;
  set_limits(builder);
  const bool is_tcp = credentials != nullptr;
  // Once: of an argument that is given twice the first counts.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             is_tcp ? limits::kControlTcpStreams : limits::kControlStreamsPerConnection);
  if (is_tcp) set_tcp_limits(builder);
  if (services_.control != nullptr) builder.RegisterService(services_.control.get());
  builder.RegisterService(services_.monitor.get());
  builder.RegisterService(&services_.health->service());
  builder.RegisterService(services_.reflection.get());
  if (is_tcp) {
    using Acceptor = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
    acceptor_ = builder.experimental().AddExternalConnectionAcceptor(Acceptor::FROM_FD, credentials);
  }
  server_ = builder.BuildAndStart();
  if (server_ == nullptr)
    return Error{ErrorCode::kInternal, "the gRPC server of " + name + " does not start", "control", name};
  return {};
}

Status ServedEndpoint::admit(int socket, const std::string& name, Doorman::Rules rules, Doorman::Pass pass,
                             SupervisorApi& supervisor) {
  const std::string subject = "control over " + name;
  const RefusalTrouble::Reports reports{
      [&supervisor, subject](std::string why) { supervisor.control_trouble(subject, std::move(why)); },
      [&supervisor, subject](std::string news) { supervisor.control_well(subject, std::move(news)); }};
  auto doorman = Doorman::open(socket, name, std::move(rules), std::move(pass), reports);
  if (!doorman) return doorman.error();
  doorman_ = *std::move(doorman);
  return {};
}

Status ServedEndpoint::serve_unix(const UnixPlace& place, NamedFds& kept, ClientRelay& relay,
                                  SupervisorApi& supervisor) {
  name_ = place.name;
  const std::string& path = place.path;
  Result<SocketFile> socket = SocketFile::open(
      path, place.mode, {take_named(kept, kept_socket_name(name_)), take_named(kept, kept_lock_name(name_))});
  if (!socket) return socket.error();
  file_.emplace(*std::move(socket));
  if (auto started = start(path, nullptr); !started) return started.error();
  grpc::Server* const server = server_.get();
  const bool for_changes = services_.control != nullptr;
  const unsigned reserved = for_changes ? kControlDescriptors : kControlDescriptors / 4;
  const auto pass = [server, path, reserved, &relay](Guest& guest) {
    UniqueFd end = relay.admit(guest, path, guest.visit->refusal().empty() ? reserved : 0);
    if (!end) return false;
    grpc::AddInsecureChannelFromFd(server, end.release());
    return true;
  };
  // What is accepted leaves descriptors for the pair of sockets that it needs.
  const auto is_worker = [&supervisor](pid_t pid) { return supervisor.is_worker(pid); };
  return admit(file_->fd(), path, {true, reserved / kRelayedDescriptors, kRelayedDescriptors, is_worker},
               pass, supervisor);
}

Status ServedEndpoint::serve_tcp(const ControlTcpOptions& options, NamedFds& kept,
                                 SupervisorApi& supervisor) {
  name_ = "tcp";
  const auto credentials = tcp_credentials(options, supervisor);
  if (!credentials) return credentials.error();
  auto socket = open_tcp_socket(options.address, take_named(kept, kept_socket_name(name_)));
  if (!socket) return socket.error();
  tcp_ = *std::move(socket);
  const std::string name = options.address.to_string();
  if (auto started = start(name, *credentials); !started) return started.error();
  const auto pass = [acceptor = acceptor_.get(), listening = tcp_.fd.get()](Guest& guest) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.listener_fd = listening;
    connection.fd = guest.connection.release();
    acceptor->HandleNewConnection(&connection);
    return true;
  };
  // Who a TCP client is shows only when its connection is taken.
  return admit(tcp_.fd.get(), name, {false, kControlDescriptors / 6}, pass, supervisor);
}

ServedEndpoint::~ServedEndpoint() {
  close();
  cut();
  shutdown(std::chrono::milliseconds(0));
}

void ServedEndpoint::leave_door() {
  if (doorman_ != nullptr) doorman_->close();
  services_.health->stop();
}

void ServedEndpoint::close() {
  leave_door();
  if (file_) file_->close();
  tcp_.fd.reset();
}

void ServedEndpoint::release(NamedFds& kept) {
  leave_door();
  if (tcp_.fd) kept[kept_socket_name(name_)] = std::move(tcp_.fd);
  if (!file_) return;
  auto [socket, lock] = file_->keep();
  kept[kept_socket_name(name_)] = std::move(socket);
  kept[kept_lock_name(name_)] = std::move(lock);
}

void ServedEndpoint::cut() {
  if (doorman_ != nullptr) doorman_->cut();
}

void ServedEndpoint::shutdown(std::chrono::milliseconds patience) {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now() + patience);
  server_->Wait();
  server_.reset();
}

}  // namespace

Result<std::unique_ptr<GrpcEndpoint>> GrpcEndpoint::open_unix(const UnixPlace& place, NamedFds& kept,
                                                              EndpointServices services, ClientRelay& relay,
                                                              SupervisorApi& supervisor) {
  auto endpoint = std::make_unique<ServedEndpoint>(std::move(services));
  if (auto served = endpoint->serve_unix(place, kept, relay, supervisor); !served) return served.error();
  return std::unique_ptr<GrpcEndpoint>(std::move(endpoint));
}

Result<std::unique_ptr<GrpcEndpoint>> GrpcEndpoint::open_tcp(const ControlTcpOptions& options, NamedFds& kept,
                                                             SupervisorApi& supervisor,
                                                             EndpointServices services) {
  auto endpoint = std::make_unique<ServedEndpoint>(std::move(services));
  if (auto served = endpoint->serve_tcp(options, kept, supervisor); !served) return served.error();
  return std::unique_ptr<GrpcEndpoint>(std::move(endpoint));
}

}  // namespace demo
