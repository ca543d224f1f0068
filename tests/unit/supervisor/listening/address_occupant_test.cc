#include "supervisor/listening/address_occupant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "supervisor/listening/listener_socket.h"
#include "supervisor/listening/port_sockets.h"
#include "supervisor/listening/socket_diagnosis.h"
#include "supervisor/listening/socket_holder.h"

namespace demo {
namespace {

using testing::HasSubstr;

Listener occupied_listener(const std::string& address) {
  Listener listener;
  listener.address = *Address::parse(address);
  return listener;
}

std::uint64_t inode_of(int fd) {
  struct stat status {};
  EXPECT_EQ(::fstat(fd, &status), 0);
  return status.st_ino;
}

Listener with_port(const std::string& host, std::uint16_t port) {
  return occupied_listener(host + ":" + std::to_string(port));
}

class AddressOccupantTest : public testing::Test {
 protected:
  AddressOccupantTest()
      : open_(*open_listener_socket(occupied_listener("127.0.0.1:0"), *Address::parse("127.0.0.1:0"))) {}

  std::uint16_t port() const { return open_.bound.port(); }
  OwnSockets own() const { return {{inode_of(open_.fd.get()), {{open_.bound, false, 0}, "127.0.0.1:0"}}}; }

  ListenerSocket open_;
  SocketDiagnosis diagnosis_;
};

TEST_F(AddressOccupantTest, SeesWhoListensOnAPort) {
  const auto sockets = diagnosis_.listening_on(port());
  ASSERT_TRUE(sockets);
  ASSERT_EQ(sockets->size(), 1U);
  EXPECT_EQ(sockets->front().inode, inode_of(open_.fd.get()));
  EXPECT_EQ(sockets->front().claim.address, open_.bound);
  EXPECT_EQ(sockets->front().uid, ::getuid());
}

TEST_F(AddressOccupantTest, CensusOfAllPortsTellsOfEachWhatItsOwnListTells) {
  const auto other = open_listener_socket(occupied_listener("[::1]:0"), *Address::parse("[::1]:0"));
  ASSERT_TRUE(other);
  const ListeningCensus census(diagnosis_);
  const auto expect_alone = [&census](const ListenerSocket& socket) {
    const auto sockets = census.on(socket.bound.port());
    ASSERT_TRUE(sockets);
    ASSERT_EQ(sockets->size(), 1U);
    EXPECT_EQ(sockets->front().inode, inode_of(socket.fd.get()));
    EXPECT_EQ(sockets->front().claim.address, socket.bound);
  };
  expect_alone(open_);
  expect_alone(*other);
  const std::uint16_t free = port();
  open_.fd.reset();
  EXPECT_TRUE(ListeningCensus(diagnosis_).on(free)->empty());
}

TEST_F(AddressOccupantTest, SeesWhetherASocketClaimsBothFamilies) {
  for (const bool v6only : {false, true}) {
    Listener listener = occupied_listener("[::]:0");
    listener.kernel.v6only = v6only;
    const auto six = open_listener_socket(listener, listener.address);
    ASSERT_TRUE(six);
    const auto sockets = diagnosis_.listening_on(six->bound.port());
    ASSERT_TRUE(sockets && sockets->size() == 1);
    EXPECT_EQ(sockets->front().claim.v6only, v6only);
  }
}

TEST_F(AddressOccupantTest, LetsOurOwnSocketsOverlap) {
  for (const char* const host : {"0.0.0.0", "[::]", "127.0.0.1"}) {
    EXPECT_TRUE(reject_foreign(with_port(host, port()), diagnosis_.listening_on(port()), own())) << host;
  }
}

TEST_F(AddressOccupantTest, TellsOfSocketsOfThisProcessThatAreNoListeners) {
  const auto refused = reject_foreign(with_port("0.0.0.0", port()), diagnosis_.listening_on(port()), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(refused.error().message, HasSubstr("this daemon itself listens on 127.0.0.1:"));
}

TEST_F(AddressOccupantTest, NamesAnotherProgramThatWouldLetUsJoin) {
  const std::uint16_t taken = port();
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  // From now on it is the child's alone.
  open_.fd.reset();
  const auto refused = reject_foreign(with_port("0.0.0.0", taken), diagnosis_.listening_on(taken), {});
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("supervisor_test, process " + std::to_string(child) + "; stop it or choose another"));
  EXPECT_TRUE(reject_foreign(with_port("0.0.0.0", taken), diagnosis_.listening_on(taken), {}));
}

TEST_F(AddressOccupantTest, NamesOurOwnListenerWhenThatIsTheReason) {
  EXPECT_THAT(name_occupant(with_port("0.0.0.0", port()), own(), diagnosis_).message,
              HasSubstr("this daemon's own listener 127.0.0.1:0 has it"));
}

TEST_F(AddressOccupantTest, SaysSoWhenNobodyListens) {
  open_.fd.reset();
  EXPECT_THAT(name_occupant(with_port("0.0.0.0", port()), {}, diagnosis_).message,
              HasSubstr("nobody listens"));
}

}  // namespace
}  // namespace demo
