#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/changes/change_queue.h"

namespace demo {

// A target whose steps succeed, fail and acknowledge as the test says; it keeps a list of what was done.
class FakeTarget final : public ChangeTarget {
 public:
  const Config& config() const override { return config_; }
  std::uint64_t generation() const override { return generation_; }
  std::uint64_t version() const override { return version_; }
  Status check(const Config& next) const override {
    if (next.max_connections == 13) return invalid("max_connections", "13", "not here");
    return {};
  }
  std::vector<std::string> new_warnings(const Config& next) const override {
    if (next.max_connections == 7) return {"seven is few"};
    return {};
  }
  Status prepare(const Config&) override {
    steps.emplace_back("prepare");
    if (prepare_throws) throw std::bad_alloc();
    return prepare_status;
  }
  void rollback() override { steps.emplace_back("rollback"); }
  bool persistent() const override { return has_store; }
  const Config& lasting() const override { return *saved; }
  bool is_saved(const Config& config) const override { return saved == config; }
  Result<bool> persist(const Config& next) override {
    steps.emplace_back("persist");
    if (!persist_status) return persist_status.error();
    saved = next;
    return saved_for_good;
  }
  void take_file(const Config& file, bool taken_by_saved) override {
    steps.push_back(fmt::format("file {}{}", file.max_connections, taken_by_saved ? "" : " unsaved"));
  }
  std::uint64_t commit(Config next) override {
    steps.emplace_back("commit");
    config_ = std::move(next);
    ++generation_;
    return ++version_;
  }
  std::uint64_t cut(const BackendKey& backend) override {
    steps.push_back("cut " + backend.endpoint);
    return ++version_;
  }
  void end_cut() override { steps.emplace_back("end cut"); }
  Acknowledgement acknowledgement(std::uint64_t wanted) const override {
    const bool applied = acked >= wanted;
    return {{{0, applied, applied ? "" : "did not acknowledge in time"}}, applied, {}};
  }
  void on_unsaved(const ChangeRequest& request, const Error& why) override {
    unsaved.push_back(request.description + ": " + why.message);
  }
  void on_changed(const ChangeRequest& request, const ChangeOutcome&) override {
    changes.push_back(request.description);
  }

  Config config_;
  std::uint64_t generation_ = 1;
  std::uint64_t version_ = 1;
  std::uint64_t acked = 1000;
  bool has_store = true;
  std::optional<Config> saved = Config{};
  Status prepare_status;
  bool prepare_throws = false;
  Status persist_status;
  bool saved_for_good = true;
  std::vector<std::string> steps;
  std::vector<std::string> changes;
  std::vector<std::string> unsaved;
};

// Whoever asked, and gives up when the test says so.
class FakeAsker final : public Asker {
 public:
  bool begin() override { return !given_up; }
  bool gone() const override { return given_up; }
  bool given_up = false;
};

class ChangeQueueTest : public testing::Test {
 protected:
  static ChangeRequest set_limit(std::uint64_t limit) {
    ChangeRequest request;
    request.description = "limit " + std::to_string(limit);
    request.change = edit_config([limit](Config& config) { config.max_connections = limit; });
    return request;
  }
  void push(ChangeRequest request) {
    queue_.push(std::move(request),
                [this](Result<ChangeOutcome> result) { results_.push_back(std::move(result)); });
  }
  void run() {
    loop_.restart();
    loop_.run();
  }

  boost::asio::io_context loop_;
  FakeTarget target_;
  ChangeQueue queue_{loop_, target_, std::chrono::milliseconds(20)};
  std::vector<Result<ChangeOutcome>> results_;
};

}  // namespace demo
