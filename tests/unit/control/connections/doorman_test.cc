#include "control/connections/doorman.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <future>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/accept_error.h"
#include "base/log.h"
#include "failing_accept.h"

namespace demo {
namespace {

using testing::ElementsAre;

std::mutex& lines_mutex() {
  static std::mutex mutex;
  return mutex;
}
std::vector<std::string>& lines() {
  static std::vector<std::string> kept;
  return kept;
}
std::vector<std::string> lines_so_far() {
  const std::lock_guard lock(lines_mutex());
  return lines();
}

// A listening socket of loopback and who connects to it.
struct Door {
  Door() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket.get(), any(), size), 0);
    EXPECT_EQ(::getsockname(socket.get(), any(), &size), 0);
  }
  sockaddr* any() { return reinterpret_cast<sockaddr*>(&address); }
  UniqueFd connect(const char* from = "127.0.0.1") {
    UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in source{};
    source.sin_family = AF_INET;
    ::inet_pton(AF_INET, from, &source.sin_addr);
    EXPECT_EQ(::bind(client.get(), reinterpret_cast<const sockaddr*>(&source), sizeof source), 0);
    EXPECT_EQ(::connect(client.get(), any(), size), 0);
    return client;
  }

  sockaddr_in address{};
  socklen_t size = sizeof address;
  UniqueFd socket;
};

void keep_lines() {
  lines().clear();
  set_log_sink([](LogLevel, std::string_view line) {
    const std::lock_guard lock(lines_mutex());
    lines().emplace_back(line);
  });
}

Doorman::Pass take_into(std::promise<UniqueFd>& passed) {
  return [&passed](Guest& guest) {
    passed.set_value(std::move(guest.connection));
    return true;
  };
}

TEST(Doorman, WaitsBesideASocketThatCannotAcceptAndGoesOnOnceItCan) {
  keep_lines();
  // It does not listen: readable, and accept(2) fails with what is no shortage.
  Door door;
  std::promise<UniqueFd> passed;
  auto doorman = Doorman::open(door.socket.get(), "door", {}, take_into(passed)).value();
  while (lines_so_far().empty()) std::this_thread::yield();
  ASSERT_EQ(::listen(door.socket.get(), 1), 0);
  const UniqueFd client = door.connect();
  EXPECT_TRUE(passed.get_future().get());
  doorman->close();
  set_log_sink(stderr_sink);
  EXPECT_THAT(lines_so_far(), ElementsAre("door: cannot accept a connection: Invalid argument"));
}

// A security module that forbids one connection leaves the others alone; one that forbids all of them makes
// the door wait, and not ask for ever.
TEST(Doorman, PassesOverAConnectionThatIsForbiddenAndWaitsWhenAllAre) {
  for (const unsigned forbidden : {1U, kSpoiltConnectionsMax - 1, kSpoiltConnectionsMax}) {
    keep_lines();
    Door door;
    ASSERT_EQ(::listen(door.socket.get(), 1), 0);
    const UniqueFd client = door.connect();
    accepts_forbidden = 0;
    accepts_to_forbid = forbidden;
    std::promise<UniqueFd> passed;
    auto doorman = Doorman::open(door.socket.get(), "door", {}, take_into(passed)).value();
    EXPECT_TRUE(passed.get_future().get());
    doorman->close();
    set_log_sink(stderr_sink);
    EXPECT_EQ(accepts_forbidden, forbidden);
    EXPECT_EQ(lines_so_far().size(), forbidden == kSpoiltConnectionsMax ? 1U : 0U) << forbidden;
  }
}

TEST(Doorman, KeepsAConnectionThatThereIsNoDescriptorForAndPassesItLater) {
  keep_lines();
  Door door;
  ASSERT_EQ(::listen(door.socket.get(), 1), 0);
  const UniqueFd client = door.connect();
  std::promise<UniqueFd> passed;
  bool first = true;
  auto doorman = Doorman::open(door.socket.get(), "door", {}, [&](Guest& guest) {
                   errno = EMFILE;
                   if (std::exchange(first, false)) return false;
                   passed.set_value(std::move(guest.connection));
                   return true;
                 }).value();
  EXPECT_TRUE(passed.get_future().get());
  doorman->close();
  set_log_sink(stderr_sink);
  EXPECT_THAT(lines_so_far(), ElementsAre("door: cannot accept a connection: Too many open files"));
}

// A listening unix socket, and what came of who connected to it.
struct UnixDoor {
  UnixDoor() : socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    // The kernel chooses the name, unix(7) "Autobind feature".
    const sockaddr_un unnamed{AF_UNIX, {}};
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&unnamed), sizeof(sa_family_t)), 0);
    EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(::listen(socket.get(), 64), 0);
  }
  UniqueFd connect() const {
    UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    return client;
  }

  sockaddr_un address{};
  socklen_t size = sizeof address;
  UniqueFd socket;
};

bool is_closed(const UniqueFd& client) {
  char byte = 0;
  return ::recv(client.get(), &byte, 1, 0) <= 0;
}

TEST(Doorman, LetsNoWorkerInAndTellsOfIt) {
  UnixDoor door;
  std::promise<std::string> told;
  Doorman::Rules rules;
  rules.by_user = true;
  rules.is_worker = [](pid_t pid) { return pid == ::getpid(); };
  const auto pass = [](Guest&) -> bool {
    ADD_FAILURE() << "it was let in";
    return true;
  };
  auto doorman = Doorman::open(door.socket.get(), "door", rules, pass,
                               {[&](std::string why) { told.set_value(std::move(why)); }, {}})
                     .value();
  const UniqueFd client = door.connect();
  EXPECT_TRUE(is_closed(client));
  EXPECT_THAT(told.get_future().get(),
              testing::StartsWith("the worker process " + std::to_string(::getpid()) + " is refused"));
}

TEST(Doorman, LeavesPlacesToOtherAddressesThanTheOneWithMany) {
  constexpr std::size_t kPlaces = 8;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  Doorman::Rules rules;
  rules.descriptors_each = limit.rlim_cur / 4 / kPlaces;
  Door door;
  ASSERT_EQ(::listen(door.socket.get(), 64), 0);
  std::mutex mutex;
  std::vector<Guest> guests;
  std::promise<void> other_came;
  const auto pass = [&](Guest& guest) {
    const std::lock_guard lock(mutex);
    guests.push_back(std::move(guest));
    if (guests.size() == kPlaces / 2 + 1) other_came.set_value();
    return true;
  };
  std::promise<std::string> told;
  auto doorman =
      Doorman::open(door.socket.get(), "door", rules, pass,
                    {[&](std::string why) { told.set_value(std::move(why)); }, [](const std::string&) {}})
          .value();
  std::vector<UniqueFd> crowd;
  for (std::size_t i = 0; i <= kPlaces / 2; ++i) crowd.push_back(door.connect());
  EXPECT_TRUE(is_closed(crowd.back()));
  EXPECT_EQ(told.get_future().get(), "connections of 127.0.0.1 are refused, 4 are open already");
  const UniqueFd other = door.connect("127.0.0.2");
  other_came.get_future().wait();
  doorman->close();
}

}  // namespace
}  // namespace demo
