#include "supervisor/loop/signals.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace demo {
namespace {

using testing::UnorderedElementsAre;

// In processes of their own: what is blocked stays so.
TEST(SignalsDeathTest, ThatComeBeforeThereIsALoopWaitForIt) {
  const auto read_late = [] {
    Signals::block();
    for (const int signal : {SIGHUP, SIGUSR1, SIGTERM, SIGINT}) ::kill(::getpid(), signal);
    boost::asio::io_context loop;
    std::vector<int> seen;
    const auto signals = Signals::open(loop, [&](int signal) { seen.push_back(signal); });
    while (seen.size() < 4) loop.run_one();
    EXPECT_THAT(seen, UnorderedElementsAre(SIGHUP, SIGUSR1, SIGTERM, SIGINT));
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  };
  EXPECT_EXIT(read_late(), testing::ExitedWithCode(0), "");
}

TEST(SignalsDeathTest, EndTheProcessWhenNoLoopReadsThemAnyMore) {
  const auto end_by_signal = [] {
    boost::asio::io_context loop;
    const auto signals = Signals::open(loop, [](int) {});
    ::kill(::getpid(), SIGUSR1);
    Signals::leave_to_kernel();
    ::kill(::getpid(), SIGTERM);
    ::pause();
  };
  EXPECT_EXIT(end_by_signal(), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace demo
