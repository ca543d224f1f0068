#include "supervisor/state/store_retry.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <string>

namespace demo {
namespace {

class StoreRetryTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void run_until(const bool& happened) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!happened && std::chrono::steady_clock::now() < end) loop_.run_one_for(std::chrono::seconds(1));
    ASSERT_TRUE(happened);
  }

  const std::string folder_ = testing::TempDir() + "store-retry-" + std::to_string(::getpid());
  boost::asio::io_context loop_;
  // It goes on while only the other thread is at work.
  const boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  bool writable_ = false;
  StoreRetry retry_{loop_, folder_, [this] { writable_ = true; }};
};

TEST_F(StoreRetryTest, TriesAgainUntilTheDirectoryTakesAFile) {
  retry_.begin(100);
  bool tried = false;
  LoopTimer later(loop_, [&] { tried = true; });
  later.start(std::chrono::milliseconds(1500));
  run_until(tried);
  EXPECT_FALSE(writable_);
  std::filesystem::create_directory(folder_);
  run_until(writable_);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(StoreRetryTest, EndsWhenAllIsWritten) {
  std::filesystem::create_directory(folder_);
  retry_.begin(100);
  retry_.end();
  bool late = false;
  LoopTimer later(loop_, [&] { late = true; });
  later.start(std::chrono::milliseconds(1500));
  run_until(late);
  EXPECT_FALSE(writable_);
}

TEST_F(StoreRetryTest, TriesOnWhenItEndedAndBeganDuringATrialInVain) {
  retry_.begin(100);
  // Until the trial is under way, whose end is not heard of before the loop runs again.
  loop_.run_one_for(std::chrono::seconds(30));
  retry_.end();
  retry_.begin(100);
  bool tried = false;
  LoopTimer later(loop_, [&] { tried = true; });
  later.start(std::chrono::milliseconds(500));
  run_until(tried);
  std::filesystem::create_directory(folder_);
  run_until(writable_);
}

}  // namespace
}  // namespace demo
