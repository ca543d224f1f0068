#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <climits>

#include "channel/channel.h"
#include "unit/event/turns.h"
#include "worker/supervisor_link.h"

namespace {
unsigned refusals = 0;  // of sendmsg(2) to come
}

extern "C" ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static auto* const call = reinterpret_cast<decltype(&sendmsg)>(::dlsym(RTLD_NEXT, "sendmsg"));
  if (refusals == 0) return call(fd, message, flags);
  --refusals;
  errno = ENOBUFS;
  return -1;
}

namespace demo {
namespace {

// A worker that has something to say while the kernel has no memory for it, of whose return nobody tells.
class SendingShortage : public ::testing::Test, public SupervisorLink::Receiver {
 protected:
  SendingShortage() {
    auto [ours, theirs] = Channel::open_pair().value();
    supervisor_.emplace(std::move(ours));
    link_.emplace(turns_.loop(), std::move(theirs), *this);
    EXPECT_TRUE(link_->open());
    turns_.settle();
  }
  ~SendingShortage() override { refusals = 0; }

  bool arrives() {
    return turns_.until([this] {
      const auto message = supervisor_->receive();
      return message && message->has_value() && std::holds_alternative<Drained>(**message);
    });
  }

  Turns turns_;
  std::optional<Channel> supervisor_;
  std::optional<SupervisorLink> link_;

 private:
  void on_snapshot(ApplySnapshot) override {}
  void on_drain(std::chrono::milliseconds) override {}
  void on_distrust(const Address&, std::chrono::milliseconds) override {}
  void on_ejection(const BackendNotice&) override {}
  void on_patience(bool) override {}
  void on_lost() override {}
  void on_alone() override {}
  void on_nonsense(const Error&) override {}
};

TEST_F(SendingShortage, EndsWithoutAnEvent) {
  refusals = 2;
  link_->send(Drained{1});
  EXPECT_TRUE(arrives());
}

TEST_F(SendingShortage, OfLastWordsIsWaitedFor) {
  refusals = 2;
  link_->send_finally(Drained{1}, std::chrono::seconds(20));
  EXPECT_TRUE(arrives());
}

TEST_F(SendingShortage, KeepsNobodyFromEnding) {
  refusals = UINT_MAX;
  link_->send_finally(Drained{1}, std::chrono::milliseconds(50));
  EXPECT_GT(refusals, UINT_MAX - 1000) << "it spins";
}

}  // namespace
}  // namespace demo
