#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "supervisor/start/available_cores.h"
#include "supervisor/supervisor.h"

namespace demo {

// A supervisor with fake workers, on a loop that the test turns itself.
class SupervisorFixture : public testing::Test {
 protected:
  SupervisorFixture() {
    ::unsetenv("FAKE_WORKER");
    options_.config.listeners.push_back({});
    options_.config.listeners[0].address = *Address::parse("127.0.0.1:0");
    options_.config.log_level = LogLevel::kError;
    options_.config_source = "flags";
    options_.read_file = [this](std::vector<std::string>&) -> Result<FileReading> {
      return FileReading{file_, emptied_};
    };
    options_.reopen_log = []() -> Status { return {}; };
    // As many workers as a test wants, whatever this machine has: they may share cores.
    options_.cores.cores = {0, 1, 2, 3, 4, 5, 6, 7};
    options_.workers = {FAKE_WORKER_BINARY, false, std::chrono::milliseconds(2000),
                        std::chrono::milliseconds(10'000)};
    set_workers(2);
  }
  ~SupervisorFixture() override { ::unsetenv("FAKE_WORKER"); }

  void set_workers(unsigned count) { options_.config.workers.count = count; }
  // How workers that start from now on behave.
  static void set_manner(const char* manner) { ::setenv("FAKE_WORKER", manner, 1); }

  void open() {
    file_ = options_.config;
    options_.file_config = file_;
    if (!options_.file_base) options_.file_base = file_;
    auto opened = Supervisor::open(loop_, std::move(options_));
    ASSERT_TRUE(opened) << opened.error().message;
    supervisor_ = std::move(*opened);
    thread_ = std::thread([this] { status_ = supervisor_->run(); });
  }
  void open_ready() {
    open();
    wait_until([](const StatusReport& report) { return all_ready(report); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    // The signal is blocked in every thread of this process: the supervisor reads it.
    ::kill(::getpid(), SIGTERM);
    thread_.join();
    EXPECT_EQ(status_, 0);
  }
  void TearDown() override { stop(); }

  // Processes that leave, or that are to succeed one, do not count.
  static bool all_ready(const StatusReport& report) {
    for (const WorkerReport& worker : report.workers) {
      if (worker.planned && worker.state != WorkerState::kReady) return false;
    }
    return !report.workers.empty();
  }

  StatusReport status() {
    std::promise<std::shared_ptr<const StatusReport>> promise;
    supervisor_->status(
        [&](std::shared_ptr<const StatusReport> report) { promise.set_value(std::move(report)); });
    return *promise.get_future().get();
  }
  // The first report for which the condition holds; a test's own limit ends a wait that never does.
  StatusReport wait_until(const std::function<bool(const StatusReport&)>& condition) {
    for (;;) {
      StatusReport report = status();
      if (condition(report)) return report;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  Result<ChangeOutcome> change(Change change) {
    ChangeRequest request;
    request.description = "test";
    request.change = std::move(change);
    return send(std::move(request));
  }
  Result<ChangeOutcome> send(ChangeRequest request) {
    request.caller.name = "tester";
    std::promise<Result<ChangeOutcome>> promise;
    supervisor_->change(std::move(request),
                        [&](Result<ChangeOutcome> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  Result<ChangeOutcome> restart(std::optional<unsigned> worker,
                                std::optional<std::uint64_t> expected_generation = {}) {
    std::promise<Result<ChangeOutcome>> promise;
    supervisor_->restart_workers({worker, expected_generation, {"tester", {}, {}, {}}, nullptr},
                                 [&](Result<ChangeOutcome> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  static Change set_count(unsigned count) {
    return edit_config([count](Config& config) { config.workers.count = count; });
  }

  // The index of the worker that answers; -1 when the connection is refused or reset.
  static int ask(const Address& address) {
    const UniqueFd client(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(client.get(), address.sockaddr_ptr(), address.sockaddr_size()) != 0) return -1;
    ::send(client.get(), "x", 1, MSG_NOSIGNAL);
    char answer = 0;
    return ::recv(client.get(), &answer, 1, 0) == 1 ? answer - '0' : -1;
  }
  Address bound() { return status().listeners.at(0).bound; }

  boost::asio::io_context loop_;
  SupervisorOptions options_;
  Config file_;
  bool emptied_ = false;
  std::unique_ptr<Supervisor> supervisor_;
  std::thread thread_;
  int status_ = -1;
};

}  // namespace demo
