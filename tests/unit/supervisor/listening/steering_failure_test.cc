// Sockets whose kernel cannot be told whom to select.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/limits.h"
#include "supervisor/listening/open_handshakes.h"
#include "supervisor/listening/socket_diagnosis.h"
#include "supervisor/listening/socket_group.h"

namespace demo {
namespace {

// The kernel has no room for a program.
bool no_room = false;

class SteeringFailure : public testing::Test {
 protected:
  SteeringFailure() {
    listener_.address = *Address::parse("127.0.0.1:0");
    change();
    turn();
  }
  ~SteeringFailure() override { no_room = false; }

  void change() {
    ASSERT_TRUE(group_.prepare(listener_, AcceptMode::kReuseport, places_));
    group_.commit(clock());
    ++version_;
  }
  GroupClock clock() { return {standings_, version_ + 1, now_ns_}; }
  // One of the supervisor, a second later, with all workers in step.
  void turn() {
    for (WorkerStanding& standing : standings_) standing.acked_version = version_;
    if (group_.settle(clock())) ++version_;
    now_ns_ += 1'000'000'000;
  }
  void leave_worker_1() {
    places_.pop_back();
    standings_[1].serving = standings_[1].ready = false;
    change();
  }
  std::size_t lent() const {
    std::vector<std::vector<SocketLoan>> loans(2);
    group_.lend(standings_, 0, loans);
    return loans[0].size() + loans[1].size();
  }

  Listener listener_;
  std::vector<WorkerPlace> places_{{0, 0}, {1, 1}};
  std::vector<WorkerStanding> standings_{{{0, 0}, true, true, true, 0}, {{1, 1}, true, true, true, 0}};
  std::uint64_t version_ = 1;
  std::uint64_t now_ns_ = 100'000'000'000;
  SocketDiagnosis diagnosis_;
  OpenHandshakes handshakes_{[this] { return diagnosis_.ports_with_open_handshakes(); }};
  SocketGroup group_{[] {
                       Listener first;
                       first.address = *Address::parse("127.0.0.1:0");
                       return first;
                     }(),
                     handshakes_};
};

TEST_F(SteeringFailure, KeepsASocketThatIsStillSelectedAndNamesWhy) {
  no_room = true;
  leave_worker_1();
  for (int i = 0; i < 60; ++i) turn();
  EXPECT_EQ(lent(), 2U);
  EXPECT_THAT(group_.problem(), testing::HasSubstr("accept steering: attach"));
  EXPECT_TRUE(group_.pending());
}

TEST_F(SteeringFailure, EndsASocketOnceItIsSelectedNoMoreAndItsHandshakesHadTheirTime) {
  no_room = true;
  leave_worker_1();
  for (int i = 0; i < 60; ++i) turn();
  no_room = false;
  turn();
  EXPECT_EQ(group_.problem(), "");
  turn();
  EXPECT_EQ(lent(), 2U) << "who was in the middle of a handshake still comes";
  for (int i = 0; i < 60; ++i) turn();
  EXPECT_EQ(lent(), 1U);
  EXPECT_FALSE(group_.pending());
}

}  // namespace
}  // namespace demo

extern "C" int setsockopt(int fd, int level, int name, const void* value, socklen_t size) noexcept {
  using Function = int(int, int, int, const void*, socklen_t);
  static auto* const real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "setsockopt"));
  if (demo::no_room && level == SOL_SOCKET && name == SO_ATTACH_REUSEPORT_CBPF) {
    errno = ENOMEM;
    return -1;
  }
  return real(fd, level, name, value, size);
}
