#include "supervisor/loop/side_thread.h"

#include <gmock/gmock.h>

#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace demo {
namespace {

using testing::ElementsAre;

class SideThreadTest : public testing::Test {
 protected:
  // Turns the loop until so many outcomes came.
  void turn_until(std::size_t count) {
    while (done_.size() < count) {
      loop_.restart();
      loop_.run();
      std::this_thread::yield();
    }
  }
  void run(const std::string& name) {
    thread_->run([this, name] { return [this, name] { done_.push_back(name); }; },
                 [](const std::string& why) { FAIL() << why; });
  }

  boost::asio::io_context loop_;
  std::vector<std::string> done_;
  std::optional<SideThread> thread_{std::in_place, loop_};
};

TEST_F(SideThreadTest, HandsOutcomesToTheLoopInTheOrderOfTheJobs) {
  std::thread::id job;
  std::thread::id then;
  thread_->run(
      [&]() -> SideThread::Then {
        job = std::this_thread::get_id();
        return [&] {
          then = std::this_thread::get_id();
          done_.emplace_back("first");
        };
      },
      [](const std::string&) {});
  run("second");
  run("third");
  turn_until(3);
  EXPECT_THAT(done_, ElementsAre("first", "second", "third"));
  EXPECT_NE(job, std::this_thread::get_id());
  EXPECT_EQ(then, std::this_thread::get_id());
  run("later");
  turn_until(4);
}

TEST_F(SideThreadTest, HandsOverWhatAJobThrew) {
  thread_->run([]() -> SideThread::Then { throw std::runtime_error("no memory"); },
               [this](const std::string& why) { done_.push_back(why); });
  run("goes on");
  turn_until(2);
  EXPECT_THAT(done_, ElementsAre("no memory", "goes on"));
}

TEST_F(SideThreadTest, LetsNoMoreThanSixteenWait) {
  auto begun = std::make_shared<std::promise<void>>();
  auto go_on = std::make_shared<std::promise<void>>();
  thread_->run(
      [begun, go_on]() -> SideThread::Then {
        begun->set_value();
        go_on->get_future().wait();
        return [] {};
      },
      [](const std::string&) {});
  begun->get_future().wait();
  for (int i = 0; i < 16; ++i) run("waits");
  std::string why;
  thread_->run([]() -> SideThread::Then { return [] {}; }, [&](const std::string& text) { why = text; });
  EXPECT_EQ(why, "16 others wait for what does not answer");
  go_on->set_value();
  turn_until(16);
}

TEST_F(SideThreadTest, AbandonsAJobThatStillWaits) {
  auto begun = std::make_shared<std::promise<void>>();
  auto go_on = std::make_shared<std::promise<void>>();
  auto ended = std::make_shared<std::promise<void>>();
  thread_->run(
      [this, begun, go_on, ended]() -> SideThread::Then {
        begun->set_value();
        go_on->get_future().wait();
        ended->set_value();
        return [this] { done_.emplace_back("never"); };
      },
      [](const std::string&) {});
  run("never too");
  begun->get_future().wait();
  thread_.reset();
  go_on->set_value();
  ended->get_future().wait();
  loop_.run();
  EXPECT_TRUE(done_.empty());
}

TEST_F(SideThreadTest, DropsAnOutcomeThatTheLoopHasNotTakenYet) {
  run("handed over");
  turn_until(1);
  auto posted = std::make_shared<std::promise<void>>();
  run("not taken");
  thread_->run(
      [posted]() -> SideThread::Then {
        posted->set_value();
        return [] {};
      },
      [](const std::string&) {});
  posted->get_future().wait();
  thread_.reset();
  loop_.restart();
  loop_.run();
  EXPECT_THAT(done_, ElementsAre("handed over"));
}

}  // namespace
}  // namespace demo
