// Many calls at once: what they may cost the supervisor, and each other.
#include <gmock/gmock.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "served_api.h"

namespace demo {
namespace {

namespace pb = control::v1;
using grpc::StatusCode;
using test::patient;

constexpr std::size_t kMost = 1024;  // calls, and streams, of one user at one endpoint

// Calls of GetConfig that are under way together, and how they ended.
class ManyCalls {
 public:
  ~ManyCalls() {
    for (const auto& call : calls_) call->context->TryCancel();
    wait_for(calls_.size());
  }

  void add(pb::Monitor::Stub& stub, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      calls_.push_back(std::make_unique<Call>());
      Call& call = *calls_.back();
      stub.async()->GetConfig(call.context.get(), &call.request, &call.response,
                              [this](const grpc::Status& status) { ended(status.error_code()); });
    }
  }
  void cancel() {
    for (const auto& call : calls_) call->context->TryCancel();
  }
  // Until so many have ended.
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return sum() >= count; });
  }
  std::size_t ended_with(StatusCode code) {
    const std::lock_guard lock(mutex_);
    return ended_[code];
  }

 private:
  struct Call {
    std::unique_ptr<grpc::ClientContext> context = patient();
    pb::GetConfigRequest request;
    pb::GetConfigResponse response;
  };
  std::size_t sum() const {
    std::size_t sum = 0;
    for (const auto& [code, count] : ended_) sum += count;
    return sum;
  }
  void ended(StatusCode code) {
    const std::lock_guard lock(mutex_);
    ++ended_[code];
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<StatusCode, std::size_t> ended_;
  std::vector<std::unique_ptr<Call>> calls_;
};

class Fairness : public testing::Test {
 protected:
  std::unique_ptr<pb::Monitor::Stub> another_client(const std::string& path) {
    return pb::Monitor::NewStub(test::ServedApi::channel("unix:" + path));
  }
  // A call that needs a place, but nothing of the supervisor's loop.
  static StatusCode ask_for_figures(pb::Monitor::Stub& stub) {
    pb::GetStatsResponse response;
    return stub.GetStats(patient().get(), {}, &response).error_code();
  }

  test::ServedApi api;
};

TEST_F(Fairness, ManyWhoAskAtOnceShareAReportOfTheSupervisor) {
  constexpr std::size_t kCalls = 400;
  api.supervisor.stall();
  ManyCalls calls;
  calls.add(*api.monitor, kCalls);
  // Comes after them on the same connection.
  pb::WhoAmIResponse response;
  ASSERT_TRUE(api.monitor->WhoAmI(patient().get(), {}, &response).ok());
  api.supervisor.resume();
  calls.wait_for(kCalls);
  EXPECT_EQ(calls.ended_with(StatusCode::OK), kCalls);
  EXPECT_LT(api.supervisor.reports_asked(), kCalls / 2);
}

TEST_F(Fairness, AUserWithTooManyCallsIsRefusedThereAndNowhereElse) {
  constexpr std::size_t kTooMany = 100;
  const auto other = another_client(api.monitor_path());
  api.supervisor.stall();
  ManyCalls calls;
  calls.add(*api.monitor_only, kMost / 2);
  calls.add(*other, kMost / 2 + kTooMany);
  calls.wait_for(kTooMany);
  EXPECT_EQ(calls.ended_with(StatusCode::RESOURCE_EXHAUSTED), kTooMany);
  EXPECT_EQ(ask_for_figures(*api.monitor_only), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ask_for_figures(*api.monitor), StatusCode::OK);
  EXPECT_EQ(api.supervisor.reports_asked(), 1U);
  api.supervisor.resume();
  calls.wait_for(kMost + kTooMany);
  EXPECT_EQ(calls.ended_with(StatusCode::OK), kMost);
  // A place is free again once its answer was taken.
  while (ask_for_figures(*api.monitor_only) != StatusCode::OK) {
  }
}

TEST_F(Fairness, CallsOfAClientThatIsGoneGiveTheirPlacesBack) {
  const auto other = another_client(api.monitor_path());
  api.supervisor.stall();
  ManyCalls calls;
  calls.add(*api.monitor_only, kMost / 2);
  calls.add(*other, kMost / 2 + 1);
  calls.wait_for(1);
  calls.cancel();
  calls.wait_for(kMost + 1);
  EXPECT_EQ(calls.ended_with(StatusCode::CANCELLED), kMost);
  api.supervisor.resume();
  pb::GetStatusResponse response;
  while (!api.monitor_only->GetStatus(patient().get(), {}, &response).ok()) {
  }
}

TEST_F(Fairness, WatchersOfOneEndpointLeaveTheOtherItsPlaces) {
  pb::WatchEventsRequest request;
  request.set_after_sequence(0);
  request.set_follow(true);
  api.supervisor.events().publish({});
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<pb::WatchEventsResponse>>> streams;
  const auto watch = [&](pb::Monitor::Stub& stub) {
    contexts.push_back(patient());
    streams.push_back(stub.WatchEvents(contexts.back().get(), request));
    pb::WatchEventsResponse response;
    return streams.back()->Read(&response);
  };
  const auto other = another_client(api.monitor_path());
  for (std::size_t i = 0; i < kMost; ++i) ASSERT_TRUE(watch(i % 2 == 0 ? *other : *api.monitor_only));
  EXPECT_FALSE(watch(*other));
  EXPECT_EQ(streams.back()->Finish().error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(watch(*api.monitor));
  for (auto& context : contexts) context->TryCancel();
}

TEST_F(Fairness, ADeadlineIsKeptWhileTheSamplesOfWatchersTakeTheirTime) {
  pb::WatchStatsRequest request;
  request.mutable_interval()->set_nanos(100'000'000);
  const auto watching = patient();
  const auto stream = api.monitor_only->WatchStats(watching.get(), request);
  pb::WatchStatsResponse sample;
  ASSERT_TRUE(stream->Read(&sample));
  api.supervisor.hold_samples();
  const unsigned taken = api.supervisor.samples_taken();
  while (api.supervisor.samples_taken() == taken) std::this_thread::yield();
  api.supervisor.stall();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1));
  pb::GetStatusResponse response;
  const grpc::Status status = api.monitor->GetStatus(&context, {}, &response);
  EXPECT_EQ(status.error_code(), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(status.error_message(), testing::HasSubstr("it was dropped"));  // it is the daemon that speaks
  api.supervisor.release_samples();
  watching->TryCancel();
}

}  // namespace
}  // namespace demo
