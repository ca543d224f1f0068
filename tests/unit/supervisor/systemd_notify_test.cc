// What the service manager is told, by a socket that stands in for its own.
#include "supervisor/systemd_notify.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "supervisor_fixture.h"

namespace demo {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Takes the notifications of this process while it is alive.
class Manager {
 public:
  Manager() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    ::unlink(path_.c_str());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const timeval patience{30, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unlink(path_.c_str());
  }

  // The next one; empty when none comes.
  std::string next() { return take(0); }
  // One that is there already; empty when there is none.
  std::string at_hand() { return take(MSG_DONTWAIT); }

 private:
  std::string take(int flags) {
    std::array<char, 4096> text{};
    ssize_t size = -1;
    do {
      size = ::recv(socket_.get(), text.data(), text.size(), flags);
    } while (size < 0 && errno == EINTR);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }

  const std::string path_ = testing::TempDir() + "notify-" + std::to_string(::getpid()) + ".sock";
  const UniqueFd socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
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
