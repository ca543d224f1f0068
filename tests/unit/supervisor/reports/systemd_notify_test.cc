// What the service manager is told, by a socket that stands in for its own.
#include "supervisor/reports/systemd_notify.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/utf8.h"
#include "unit/supervisor/supervisor_fixture.h"

namespace demo {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Takes the notifications of this process while it is alive.
class Manager {
 public:
  enum class Name { kPath, kAbstract };

  explicit Manager(Name name = Name::kPath) {
    address_.sun_family = AF_UNIX;
    std::strncpy(address_.sun_path, path_.c_str(), sizeof address_.sun_path - 1);
    size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
    ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
    if (name == Name::kAbstract) {
      address_.sun_path[0] = '\0';
      ::setenv("NOTIFY_SOCKET", ("@" + path_.substr(1)).c_str(), 1);
    }
    const timeval patience{30, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    leave();
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address_), size_), 0);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unlink(path_.c_str());
  }

  void leave() { ::unlink(path_.c_str()); }
  // Leaves no room for a message.
  void fill() const {
    const UniqueFd other(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto* const to = reinterpret_cast<const sockaddr*>(&address_);
    while (::sendto(other.get(), "#", 1, MSG_DONTWAIT, to, size_) == 1) {
    }
  }
  // Takes what there is.
  void empty() {
    while (!at_hand().empty()) {
    }
  }

  // The next one; empty when none comes.
  std::string next() { return take(0); }
  // One that is there already; empty when there is none.
  std::string at_hand() { return take(MSG_DONTWAIT); }

 private:
  std::string take(int flags) {
    std::array<char, 16384> text{};
    ssize_t size = -1;
    do {
      size = ::recv(socket_.get(), text.data(), text.size(), flags);
    } while (size < 0 && errno == EINTR);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }

  const std::string path_ = testing::TempDir() + "notify-" + std::to_string(::getpid()) + ".sock";
  const UniqueFd socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address_{};
  socklen_t size_ = 0;
};

TEST(SystemdNotify, SaysNothingOfAReloadOnceItStops) {
  Manager manager;
  SystemdNotify systemd;
  systemd.ready("Serving");
  systemd.stopping();
  systemd.reloading();
  systemd.reloaded();
  systemd.status("Serving again");
  EXPECT_THAT(manager.at_hand(), StartsWith("READY=1"));
  EXPECT_THAT(manager.at_hand(), StartsWith("STOPPING=1"));
  EXPECT_EQ(manager.at_hand(), "");
}

TEST(SystemdNotify, TellsAReloadWhileItRuns) {
  Manager manager;
  SystemdNotify systemd;
  systemd.ready("Serving");
  systemd.reloading();
  systemd.reloaded();
  EXPECT_THAT(manager.at_hand(), StartsWith("READY=1"));
  EXPECT_THAT(manager.at_hand(), StartsWith("RELOADING=1"));
  EXPECT_EQ(manager.at_hand(), "READY=1");
}

TEST(SystemdNotify, WaitsForNobodyAndLosesNoReadiness) {
  Manager manager;
  SystemdNotify systemd;
  manager.fill();
  systemd.ready("one");
  systemd.status("two");
  systemd.alive();
  manager.empty();
  systemd.catch_up();
  EXPECT_EQ(manager.at_hand(), "READY=1\nSTATUS=two");
  EXPECT_EQ(manager.at_hand(), "");
  systemd.alive();
  EXPECT_EQ(manager.at_hand(), "WATCHDOG=1");
}

TEST(SystemdNotify, OwesTheLastReloadAlone) {
  Manager manager;
  SystemdNotify systemd;
  manager.fill();
  systemd.ready("Serving");
  for (int i = 0; i < 100; ++i) {
    systemd.reloading();
    systemd.reloaded();
  }
  manager.empty();
  systemd.status("Serving more");
  EXPECT_EQ(manager.at_hand(), "READY=1\nSTATUS=Serving more");
  EXPECT_THAT(manager.at_hand(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_EQ(manager.at_hand(), "READY=1");
  EXPECT_EQ(manager.at_hand(), "");
}

TEST(SystemdNotify, OwesNothingButTheEndOnceItStops) {
  Manager manager;
  SystemdNotify systemd;
  manager.fill();
  systemd.ready("Serving");
  systemd.reloading();
  systemd.stopping();
  manager.empty();
  systemd.catch_up();
  EXPECT_EQ(manager.at_hand(), "STOPPING=1\nSTATUS=Draining");
  EXPECT_EQ(manager.at_hand(), "");
}

TEST(SystemdNotify, FindsAnAbstractName) {
  Manager manager(Manager::Name::kAbstract);
  SystemdNotify systemd;
  systemd.ready("Serving");
  EXPECT_EQ(manager.at_hand(), "READY=1\nSTATUS=Serving");
}

TEST(SystemdNotify, TellsAManagerThatComesBack) {
  Manager manager;
  SystemdNotify systemd;
  manager.leave();
  systemd.ready("Serving");
  Manager again;
  systemd.alive();
  EXPECT_EQ(again.at_hand(), "READY=1\nSTATUS=Serving");
}

// It ignores longer ones as a whole, READY=1 too.
TEST(SystemdNotify, CutsALongStatusWhereACharacterEnds) {
  Manager manager;
  SystemdNotify systemd;
  std::string status;
  for (int i = 0; i < 3000; ++i) status += "\xc3\xa9";
  systemd.ready(status);
  const std::string message = manager.at_hand();
  EXPECT_THAT(message, StartsWith("READY=1\nSTATUS=\xc3\xa9"));
  EXPECT_LT(message.size(), 4096U);
  EXPECT_TRUE(is_utf8(message));
}

class SupervisorReadiness : public SupervisorFixture {
 protected:
  Manager manager_;
};

TEST_F(SupervisorReadiness, IsToldWhenOneWorkerAcceptsAndTheOthersCannot) {
  set_workers(3);
  set_manner("alone");
  open();
  const std::string first = manager_.next();
  EXPECT_THAT(first, StartsWith("READY=1"));
  EXPECT_THAT(first, HasSubstr("Degraded: worker "));
  EXPECT_TRUE(status().degraded);
  EXPECT_EQ(ask(bound()), 0);
}

TEST_F(SupervisorReadiness, IsNotToldWhileNoWorkerAccepts) {
  set_manner("die");
  open();
  wait_until([](const StatusReport& r) { return r.workers[0].respawns >= 2 && r.workers[1].respawns >= 2; });
  EXPECT_EQ(manager_.at_hand(), "");
}

}  // namespace
}  // namespace demo
