// Places of figures that removed listeners keep while they have connections.
#include <fmt/format.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "supervisor_fixture.h"

namespace demo {
namespace {

using testing::HasSubstr;

class SupervisorPlaces : public SupervisorFixture {
 protected:
  SupervisorPlaces() {
    set_workers(1);
    options_.config.accept_mode = AcceptMode::kShared;
    options_.config.listeners.clear();
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit most = before_;
    most.rlim_cur = most.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &most);
  }
  ~SupervisorPlaces() override { ::setrlimit(RLIMIT_NOFILE, &before_); }

  static Change listen_in(unsigned network, std::size_t count) {
    return edit_config([=](Config& config) {
      config.listeners.clear();
      for (std::size_t host = 0; host < count; ++host) {
        config.listeners.emplace_back();
        config.listeners.back().address =
            *Address::parse(fmt::format("127.{}.{}.{}:0", network, host / 250, host % 250 + 1));
      }
    });
  }

  rlimit before_{};
};

TEST_F(SupervisorPlaces, AreUsedAgainOnlyWhenNothingCountsThere) {
  set_manner("busy");
  open_ready();
  ASSERT_TRUE(change(listen_in(1, limits::kListeners - 1)));
  ASSERT_TRUE(change(listen_in(2, 1)));
  const auto refused = change(listen_in(3, 2));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceExhausted);
  EXPECT_THAT(refused.error().message, HasSubstr("try again when some have ended"));
  // What is there may change.
  EXPECT_TRUE(change(edit_config([](Config& config) { config.max_connections = 7; })));
  // The connections end with their process.
  set_manner("");
  ::kill(status().workers.at(0).pid, SIGKILL);
  wait_until([](const StatusReport& r) { return r.workers[0].respawns == 1 && all_ready(r); });
  wait_until([&](const StatusReport&) { return change(listen_in(3, 2)).has_value(); });
}

}  // namespace
}  // namespace demo
