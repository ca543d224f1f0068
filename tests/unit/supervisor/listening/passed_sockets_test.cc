#include "supervisor/listening/passed_sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <filesystem>

#include "begun_client.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

Address address(const std::string& text) { return *Address::parse(text); }

UniqueFd bound(const Address& at, int type = SOCK_STREAM) {
  UniqueFd fd(::socket(at.family(), type | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::bind(fd.get(), at.sockaddr_ptr(), at.sockaddr_size()), 0);
  return fd;
}
UniqueFd listening(const Address& at) {
  UniqueFd fd = bound(at);
  EXPECT_EQ(::listen(fd.get(), 16), 0);
  return fd;
}
Address address_of(const UniqueFd& fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&name), &size);
  return Address::from_sockaddr(reinterpret_cast<sockaddr*>(&name), size);
}
Listener at(const Address& address) {
  Listener listener;
  listener.address = address;
  return listener;
}
Config with(const std::vector<Listener>& listeners) {
  Config config;
  config.listeners = listeners;
  return config;
}

class PassedSocketsTest : public testing::Test {
 protected:
  // One on loopback; its address.
  Address pass(const std::string& where = "127.0.0.1:0") {
    UniqueFd fd = listening(address(where));
    const Address made = address_of(fd);
    passed_.take("demo.socket", std::move(fd));
    return made;
  }

  PassedSockets passed_;
};

TEST_F(PassedSocketsTest, BelongToTheListenerOfTheirAddressAndNeverWait) {
  const Address first = pass();
  const Address second = pass();
  const auto found = passed_.of(at(second));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].address, second);
  EXPECT_EQ(found[0].name, "demo.socket");
  EXPECT_NE(::fcntl(found[0].fd.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_TRUE(passed_.any_of(at(first)));
  EXPECT_FALSE(passed_.any_of(at(address("127.0.0.1:1"))));
}

TEST_F(PassedSocketsTest, ListenerOfAnInterfaceGetsThoseOfThatAlone) {
  UniqueFd fd = bound(address("127.0.0.1:0"));
  ASSERT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
  ASSERT_EQ(::listen(fd.get(), 1), 0);
  Listener listener = at(address_of(fd));
  passed_.take("demo.socket", std::move(fd));
  EXPECT_FALSE(passed_.any_of(listener));
  listener.kernel.interface = "lo";
  EXPECT_TRUE(passed_.any_of(listener));
}

TEST_F(PassedSocketsTest, UnixPathIsKnownByWhicheverName) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() + "/real");
  std::filesystem::create_directory_symlink(folder.path() + "/real", folder.path() + "/link");
  passed_.take("demo.socket", listening(address("unix:" + folder.path() + "/real/http")));
  EXPECT_TRUE(passed_.any_of(at(address("unix:" + folder.path() + "/link/http"))));
  EXPECT_FALSE(passed_.any_of(at(address("unix:" + folder.path() + "/real/other"))));
}

TEST_F(PassedSocketsTest, OneThatIsKnownIsKeptOnceUnderTheLaterDescriptor) {
  const Address made = pass();
  const SharedFd again(UniqueFd(::fcntl(passed_.all()[0].fd.get(), F_DUPFD_CLOEXEC, 0)));
  EXPECT_TRUE(passed_.has(again.get()));
  passed_.keep("demo.socket", again, 7);
  ASSERT_EQ(passed_.of(at(made)).size(), 1U);
  EXPECT_EQ(passed_.of(at(made))[0].fd, again);
  EXPECT_EQ(passed_.of(at(made))[0].number, 7U);
}

TEST_F(PassedSocketsTest, WhatNobodyCanBeServedOnIsClosedAndNamed) {
  UniqueFd datagrams = bound(address("127.0.0.1:0"), SOCK_DGRAM);
  const std::string where = address_of(datagrams).to_string();
  const int number = datagrams.get();
  passed_.take("dns.socket", std::move(datagrams));
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
  passed_.take("silent.socket", bound(address("127.0.0.1:0")));
  passed_.take("pipe.socket", UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  passed_.take("nameless.socket", [] {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::listen(fd.get(), 1);
    return fd;
  }());
  EXPECT_TRUE(passed_.all().empty());
  std::vector<std::string> told;
  for (const auto& [subject, note] : passed_.notes({}, 1)) told.push_back(note);
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told[0], "systemd passed dns.socket on " + where +
                         ", which is no stream socket (ListenStream=): it is not used");
  EXPECT_NE(told[1].find("silent.socket"), std::string::npos);
  EXPECT_EQ(told[2], "systemd passed pipe.socket, which is no socket: it is not used");
  EXPECT_NE(told[3].find("nameless.socket"), std::string::npos);
}

TEST_F(PassedSocketsTest, TellsOfAnAddressWithoutAListener) {
  const Address made = pass();
  const auto notes = passed_.notes({}, 1);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes.begin()->second.find(made.to_string() + " (demo.socket), which no listener is for"),
            std::string::npos);
  EXPECT_TRUE(passed_.notes(with({at(made)}), 1).empty());
}

TEST_F(PassedSocketsTest, TellsOfAModeThatNeedsMoreSockets) {
  const Address made = pass();
  Config config = with({at(made)});
  config.accept_mode = AcceptMode::kReuseportCpu;
  const auto notes = passed_.notes(config, 2);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes.begin()->second,
            made.to_string() +
                " has accept mode exclusive, not reuseport-cpu: passed by systemd: 1 socket for "
                "2 workers");
  config.listeners[0].accept_mode = AcceptMode::kShared;
  EXPECT_TRUE(passed_.notes(config, 2).empty());
}

TEST(ModeOfPassedSockets, HasAsManySocketsAsItNeeds) {
  EXPECT_EQ(mode_of_passed(AcceptMode::kReuseport, 1, 2), AcceptMode::kExclusive);
  EXPECT_EQ(mode_of_passed(AcceptMode::kReuseport, 2, 2), AcceptMode::kReuseport);
  EXPECT_EQ(mode_of_passed(AcceptMode::kReuseportCpu, 3, 2), AcceptMode::kReuseportCpu);
  EXPECT_EQ(mode_of_passed(AcceptMode::kShared, 1, 2), AcceptMode::kShared);
  EXPECT_EQ(mode_of_passed(AcceptMode::kReuseport, 0, 2), AcceptMode::kReuseport);
}

short events_of(const UniqueFd& client, int patience_ms) {
  pollfd event{client.get(), POLLIN | POLLOUT, 0};
  ::poll(&event, 1, patience_ms);
  return event.revents;
}

TEST_F(PassedSocketsTest, OneThatIsHeldOffTakesNobodyUntilItLetsThemIn) {
  const Address made = pass();
  const int fd = passed_.all()[0].fd.get();
  hold_off(fd, made);
  const UniqueFd client = begin_to_connect(made);
  EXPECT_EQ(events_of(client, 0), 0);
  let_in(fd, made, 16);
  EXPECT_EQ(events_of(client, 10'000), POLLOUT);
}

TEST_F(PassedSocketsTest, QueueThatIsEmptiedTellsWhoWaitedInIt) {
  const Address made = pass();
  const UniqueFd client = begin_to_connect(made);
  ASSERT_EQ(events_of(client, 10'000), POLLOUT);
  empty_queue(passed_.all()[0].fd.get());
  char byte = 0;
  EXPECT_NE(events_of(client, 10'000) & POLLIN, 0);
  EXPECT_EQ(::read(client.get(), &byte, 1), 0);
}

}  // namespace
}  // namespace demo
