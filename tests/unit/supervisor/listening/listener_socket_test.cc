#include "supervisor/listening/listener_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fstream>

#include "supervisor/listening/socket_options.h"

namespace demo {
namespace {

using testing::HasSubstr;

Listener listener_at(const std::string& address) {
  Listener listener;
  listener.address = *Address::parse(address);
  return listener;
}

const SocketOptionReport* find(const std::vector<SocketOptionReport>& reports, const std::string& name) {
  for (const SocketOptionReport& report : reports) {
    if (report.name == name) return &report;
  }
  return nullptr;
}

TEST(ListenerSocket, ListensOnAPortOfTheKernelsChoice) {
  const Listener listener = listener_at("127.0.0.1:0");
  const auto first = open_listener_socket(listener, listener.address);
  ASSERT_TRUE(first);
  EXPECT_NE(first->bound.port(), 0);
  // A second one joins the first on its port.
  const auto second = open_listener_socket(listener, first->bound);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->bound, first->bound);
  EXPECT_FALSE(has_waiting_connection(first->fd.get()));
}

TEST(ListenerSocket, TellsOfABusyAddress) {
  const Listener any = listener_at("127.0.0.1:0");
  const auto taken = open_listener_socket(any, any.address);
  ASSERT_TRUE(taken);
  // The other one would let us join: it is ours. The probe says no all the same.
  const auto probed = probe_address(listener_at(taken->bound.to_string()));
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(probed.error().message, HasSubstr("another program listens there"));
  EXPECT_EQ(probed.error().field, "listener.address");
  EXPECT_EQ(probed.error().value, taken->bound.to_string());
}

TEST(ListenerSocket, TellsOfAnAddressThatIsNotOurs) {
  const auto probed = probe_address(listener_at("203.0.113.1:8080"));
  ASSERT_FALSE(probed);
  EXPECT_THAT(probed.error().message, HasSubstr("no network interface has this address"));
}

TEST(ListenerSocket, FreesAnAddressWhenItIsClosed) {
  const Listener any = listener_at("127.0.0.1:0");
  Address bound;
  {
    const auto open = open_listener_socket(any, any.address);
    ASSERT_TRUE(open);
    bound = open->bound;
  }
  EXPECT_TRUE(probe_address(listener_at(bound.to_string())));
}

TEST(ListenerSocket, ReportsEachOptionAsTheKernelHasIt) {
  Listener listener = listener_at("127.0.0.1:0");
  listener.kernel.receive_buffer_bytes = 40'000;
  listener.kernel.keepalive_idle_s = 33;
  listener.kernel.fastopen_queue = 16;
  listener.kernel.backlog = 7;
  listener.kernel.incoming_cpu = 0;
  const auto opened = open_listener_socket(listener, listener.address);
  ASSERT_TRUE(opened);
  // The kernel doubles a buffer's size, socket(7).
  EXPECT_EQ(find(opened->options, "receive_buffer_bytes")->effective, "80000");
  EXPECT_EQ(find(opened->options, "keepalive_idle_s")->effective, "33");
  EXPECT_EQ(find(opened->options, "keepalive")->effective, "1");
  EXPECT_EQ(find(opened->options, "fastopen_queue")->effective, "16");
  EXPECT_EQ(find(opened->options, "backlog")->effective, "7");
  EXPECT_EQ(find(opened->options, "incoming_cpu")->effective, "0");
  EXPECT_EQ(find(opened->options, "nodelay")->effective, "1");
  EXPECT_EQ(find(opened->options, "send_buffer_bytes"), nullptr);
}

TEST(ListenerSocket, ReportsARefusedOptionAndListensAllTheSame) {
  Listener listener = listener_at("127.0.0.1:0");
  listener.kernel.keepalive_count = 100'000;
  const auto opened = open_listener_socket(listener, listener.address);
  ASSERT_TRUE(opened);
  const SocketOptionReport* const report = find(opened->options, "keepalive_count");
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->effective, "");
  EXPECT_EQ(report->error, "Invalid argument");
}

TEST(ListenerSocket, RefusesAnInterfaceThatDoesNotExist) {
  Listener listener = listener_at("127.0.0.1:0");
  listener.kernel.interface = "no-such-if0";
  const auto opened = open_listener_socket(listener, listener.address);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().field, "listener.kernel.interface");
}

TEST(ListenerSocket, WaitsForFirstBytesWhereTheClientSpeaksFirst) {
  Listener listener = listener_at("127.0.0.1:0");
  EXPECT_EQ(effective_defer_accept_s(listener), 1);
  listener.mode = ListenerMode::kTcp;
  EXPECT_EQ(effective_defer_accept_s(listener), std::nullopt);
  listener.kernel.defer_accept_s = 9;
  EXPECT_EQ(effective_defer_accept_s(listener), 9);
  EXPECT_EQ(effective_defer_accept_s(listener_at("unix:/x")), std::nullopt);
}

class UnixListenerTest : public testing::Test {
 protected:
  UnixListenerTest() { ::unlink(path_.c_str()); }
  ~UnixListenerTest() override { ::unlink(path_.c_str()); }

  std::string path_ = testing::TempDir() + "listener-" + std::to_string(::getpid()) + ".sock";
  Listener listener_ = listener_at("unix:" + path_);
};

TEST_F(UnixListenerTest, ListensForEverybodyWhoReachesTheFolder) {
  auto opened = open_listener_socket(listener_, listener_.address);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->bound, listener_.address);
  ASSERT_EQ(opened->name.publish({}), 0);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0666U);
}

TEST_F(UnixListenerTest, RefusesAPathThatIsAnswered) {
  auto opened = open_listener_socket(listener_, listener_.address);
  ASSERT_TRUE(opened);
  ASSERT_EQ(opened->name.publish({}), 0);
  const auto probed = probe_address(listener_);
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, ErrorCode::kAlreadyExists);
}

// A path that leads to a socket that nobody has any more.
void leave_dead_socket(const Address& address) {
  const UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(dead.get(), address.sockaddr_ptr(), address.sockaddr_size()), 0);
}

bool answers(const Address& address) {
  const UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(client.get(), address.sockaddr_ptr(), address.sockaddr_size()) == 0;
}

TEST_F(UnixListenerTest, ReplacesAPathThatADeadProcessLeft) {
  leave_dead_socket(listener_.address);
  EXPECT_TRUE(probe_address(listener_));
  auto opened = open_listener_socket(listener_, listener_.address);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->name.publish({}), EEXIST);
  EXPECT_FALSE(answers(listener_.address));
  EXPECT_EQ(opened->name.publish(file_at(listener_.address)), 0);
  EXPECT_TRUE(answers(listener_.address));
}

TEST_F(UnixListenerTest, TakesThePathOfAnotherWhenItIsPublishedAndItsOwnerAndMode) {
  auto first = open_listener_socket(listener_, listener_.address);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->name.publish({}), 0);
  ASSERT_EQ(::chmod(path_.c_str(), 0620), 0);
  {
    // Refused: it leaves nothing behind.
    auto refused = open_listener_socket(listener_, listener_.address);
    ASSERT_TRUE(refused);
    EXPECT_TRUE(first->name.has_path());
  }
  auto second = open_listener_socket(listener_, listener_.address);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->name.inherit(first->name), 0);
  EXPECT_TRUE(first->name.has_path());
  EXPECT_EQ(second->name.publish(first->name.file()), 0);
  EXPECT_FALSE(first->name.has_path());
  EXPECT_TRUE(second->name.has_path());
  first->name.remove();
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0620U);
  second->name.remove();
  EXPECT_NE(::stat(path_.c_str(), &status), 0);
}

// The first had the path, which is free again; the second is to have it next.
class UnixPathThatWasLost : public UnixListenerTest {
 protected:
  UnixPathThatWasLost()
      : first_(open_listener_socket(listener_, listener_.address)),
        second_(open_listener_socket(listener_, listener_.address)) {}
  void SetUp() override {
    ASSERT_TRUE(first_);
    ASSERT_TRUE(second_);
    ASSERT_EQ(first_->name.publish({}), 0);
    ASSERT_EQ(::unlink(path_.c_str()), 0);
  }

  Result<ListenerSocket> first_;
  Result<ListenerSocket> second_;
};

TEST_F(UnixPathThatWasLost, GoesBackToWhoeverTookIt) {
  std::ofstream(path_) << "precious";
  EXPECT_EQ(second_->name.publish(first_->name.file()), EEXIST);
  second_->name.remove();
  std::string text;
  std::ifstream(path_) >> text;
  EXPECT_EQ(text, "precious");
}

TEST_F(UnixPathThatWasLost, IsTakenByTheNext) {
  EXPECT_EQ(second_->name.publish(first_->name.file()), 0);
  EXPECT_TRUE(second_->name.has_path());
}

TEST_F(UnixListenerTest, ListensOnTheLongestPath) {
  const std::string folder = testing::TempDir();
  const std::string path = folder + std::string(sizeof(sockaddr_un::sun_path) - 1 - folder.size(), 'p');
  ::unlink(path.c_str());
  const Listener listener = listener_at("unix:" + path);
  auto opened = open_listener_socket(listener, listener.address);
  ASSERT_TRUE(opened);
  ASSERT_EQ(opened->name.publish({}), 0);
  EXPECT_TRUE(answers(listener.address));
}

TEST_F(UnixListenerTest, LeavesAFileOfAnotherKindAlone) {
  std::ofstream(path_) << "precious";
  const auto probed = probe_address(listener_);
  ASSERT_FALSE(probed);
  EXPECT_THAT(probed.error().message, HasSubstr("is not a socket"));
  std::string text;
  std::ifstream(path_) >> text;
  EXPECT_EQ(text, "precious");
}

TEST_F(UnixListenerTest, TellsOfAMissingFolder) {
  const Listener listener = listener_at("unix:/nonexistent/x.sock");
  const auto opened = open_listener_socket(listener, listener.address);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("folder does not exist"));
}

}  // namespace
}  // namespace demo
