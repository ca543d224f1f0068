#include "proxy/exchange/exchange_waits.h"

#include <gtest/gtest.h>

#include <utility>

#include "unit/event/turns.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;

class ExchangeWaiting : public testing::Test {
 protected:
  ExchangeWaiting() { waits_.begin(backend_); }
  milliseconds left() {
    return std::chrono::duration_cast<milliseconds>(
        std::chrono::nanoseconds(waits_.until_ns() - turns_.loop().watched_ns()));
  }

  Turns turns_;
  ClientTimeouts client_;
  PoolTimeouts backend_;
  ExchangeWaits waits_{turns_.loop(), client_};
};

TEST_F(ExchangeWaiting, NothingIsWaitedForAtFirst) {
  EXPECT_EQ(waits_.until_ns(), UINT64_MAX);
  EXPECT_EQ(waits_.take_expired(), WaitFor::kNothing);
}

TEST_F(ExchangeWaiting, EachHasTheTimeThatTheSettingsSay) {
  client_.body = milliseconds(1000);
  client_.write = milliseconds(2000);
  backend_.queue = milliseconds(3000);
  backend_.connect = milliseconds(4000);
  backend_.head = milliseconds(5000);
  backend_.body = milliseconds(6000);
  backend_.tunnel = milliseconds(7000);
  for (const auto& [what, time] :
       {std::pair{WaitFor::kClientBody, 1000}, std::pair{WaitFor::kClientRoom, 2000},
        std::pair{WaitFor::kQueue, 3000}, std::pair{WaitFor::kConnect, 4000},
        std::pair{WaitFor::kBackendHead, 5000}, std::pair{WaitFor::kBackendRoom, 6000},
        std::pair{WaitFor::kBackendBody, 6000}, std::pair{WaitFor::kTunnelByte, 7000}}) {
    waits_.wait_for_response(what, false);
    EXPECT_EQ(left(), milliseconds(time));
  }
  waits_.wait_for_response(WaitFor::kNothing, false);
  EXPECT_EQ(waits_.until_ns(), UINT64_MAX);
}

TEST_F(ExchangeWaiting, TheShorterTimeOfBothDirectionsCounts) {
  client_.body = milliseconds(1000);
  backend_.head = milliseconds(500);
  waits_.wait_for_request(WaitFor::kClientBody, false);
  waits_.wait_for_response(WaitFor::kBackendHead, false);
  EXPECT_EQ(left(), milliseconds(500));
  waits_.end_of_response();
  EXPECT_EQ(left(), milliseconds(1000));
  waits_.end_of_request();
  EXPECT_EQ(waits_.until_ns(), UINT64_MAX);
}

TEST_F(ExchangeWaiting, OnlyProgressBeginsATimeAnew) {
  backend_.body = milliseconds(1000);
  waits_.wait_for_response(WaitFor::kBackendBody, false);
  backend_.body = milliseconds(5000);
  waits_.wait_for_response(WaitFor::kBackendBody, false);
  EXPECT_EQ(left(), milliseconds(1000));
  waits_.wait_for_response(WaitFor::kBackendBody, true);
  EXPECT_EQ(left(), milliseconds(5000));
}

TEST_F(ExchangeWaiting, WhatIsOverIsTakenOnceAndTheRequestsFirst) {
  client_.body = backend_.connect = milliseconds(0);
  waits_.wait_for_request(WaitFor::kClientBody, false);
  waits_.wait_for_response(WaitFor::kConnect, false);
  EXPECT_EQ(waits_.take_expired(), WaitFor::kClientBody);
  EXPECT_EQ(waits_.take_expired(), WaitFor::kConnect);
  EXPECT_EQ(waits_.take_expired(), WaitFor::kNothing);
}

TEST(AwaitedAfterAStep, IsWhoeverHasToAct) {
  EXPECT_EQ(awaited_for_request(RelayStep::kWaitsToSend, true), WaitFor::kBackendRoom);
  EXPECT_EQ(awaited_for_request(RelayStep::kWaitsToReceive, false), WaitFor::kClientBody);
  EXPECT_EQ(awaited_for_request(RelayStep::kWaitsToReceive, true), WaitFor::kNothing) << "it awaits a 100";
  EXPECT_EQ(awaited_for_request(RelayStep::kDone, false), WaitFor::kNothing);
  EXPECT_EQ(awaited_for_response(RelayStep::kWaitsToSend, false, true), WaitFor::kClientRoom);
  EXPECT_EQ(awaited_for_response(RelayStep::kWaitsToReceive, true, false), WaitFor::kBackendHead);
  EXPECT_EQ(awaited_for_response(RelayStep::kWaitsToReceive, true, true), WaitFor::kBackendBody);
  EXPECT_EQ(awaited_for_response(RelayStep::kWaitsToReceive, false, true), WaitFor::kNothing);
  EXPECT_EQ(awaited_for_response(RelayStep::kGoesOn, true, false), WaitFor::kNothing);
}

}  // namespace
}  // namespace demo::test
