#include "server/canned_response.h"

#include <gtest/gtest.h>

#include "server/output_batch.h"
#include "test_response.h"

namespace demo {
namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kLater = "Mon, 07 Nov 1994 00:00:00 GMT";

TestResponse parsed(std::string_view bytes, bool head_only = false) {
  std::string copy(bytes);
  const auto response = take_response(copy, head_only);
  EXPECT_TRUE(response);
  EXPECT_TRUE(copy.empty());
  return response.value_or(TestResponse());
}

TEST(CannedResponse, SaysHowTheConnectionGoesOn) {
  const CannedResponse canned(Response{}, kDate);
  EXPECT_FALSE(parsed(canned.bytes(Persistence::kKeep, false)).has("connection"));
  EXPECT_EQ(parsed(canned.bytes(Persistence::kKeepExplicit, false)).field("connection"), "keep-alive");
  EXPECT_EQ(parsed(canned.bytes(Persistence::kClose, false)).field("connection"), "close");
}

TEST(CannedResponse, HeadOnlyIsTheSameHead) {
  const CannedResponse canned(Response{}, kDate);
  for (const auto persistence : {Persistence::kKeep, Persistence::kKeepExplicit, Persistence::kClose}) {
    const std::string_view whole = canned.bytes(persistence, false);
    const std::string_view head = canned.bytes(persistence, true);
    EXPECT_TRUE(whole.starts_with(head));
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
    EXPECT_EQ(whole.substr(head.size()), "OK\n");
  }
}

TEST(CannedResponse, DateIsPatchedEverywhere) {
  CannedResponse canned(Response{}, kDate);
  canned.set_date(kLater);
  for (const auto persistence : {Persistence::kKeep, Persistence::kKeepExplicit, Persistence::kClose}) {
    EXPECT_EQ(parsed(canned.bytes(persistence, false)).field("date"), kLater);
  }
  std::string run(canned.run(canned.run_max()));
  for (unsigned i = 0; i < canned.run_max(); ++i) EXPECT_EQ(take_response(run)->field("date"), kLater);
  EXPECT_TRUE(run.empty());
}

TEST(CannedResponse, DateIsPatchedWhateverTheStatus) {
  for (const unsigned status : {200U, 204U, 404U, 599U}) {
    Response settings;
    settings.status = status;
    settings.content_type = "Sun, 06 Nov 1994 08:49:37 GMT";  // not the date
    settings.body = "";
    CannedResponse canned(settings, kDate);
    canned.set_date(kLater);
    const TestResponse response = parsed(canned.bytes(Persistence::kKeep, false));
    EXPECT_EQ(response.field("date"), kLater);
    EXPECT_EQ(response.status, static_cast<int>(status));
  }
}

TEST(CannedResponse, StatusWithoutABodyHasNone) {
  Response settings;
  settings.status = 204;
  settings.body_size = 5000;
  const CannedResponse canned(settings, kDate);
  EXPECT_EQ(canned.body_size(), 0U);
  EXPECT_TRUE(canned.body_inline());
  const TestResponse response = parsed(canned.bytes(Persistence::kKeep, false));
  EXPECT_FALSE(response.has("content-length"));
  EXPECT_FALSE(response.has("content-type"));
}

TEST(CannedResponse, LargeBodyIsNotPartOfTheBytes) {
  Response settings;
  settings.body = std::string(CannedResponse::kInlineBodyBytes + 1, 'x');
  const CannedResponse canned(settings, kDate);
  EXPECT_FALSE(canned.body_inline());
  EXPECT_EQ(canned.body_size(), CannedResponse::kInlineBodyBytes + 1);
  EXPECT_EQ(canned.bytes(Persistence::kKeep, false), canned.bytes(Persistence::kKeep, true));
}

TEST(CannedResponse, RunIsTheKeepAliveResponseRepeated) {
  const CannedResponse canned(Response{}, kDate);
  ASSERT_GE(canned.run_max(), 16U) << "sixteen pipelined requests are answered without copying";
  const std::string one(canned.bytes(Persistence::kKeep, false));
  EXPECT_EQ(canned.run(1), one);
  EXPECT_EQ(canned.run(3), one + one + one);
  EXPECT_EQ(canned.run(0), "");
}

class OutputBatchTest : public ::testing::Test {
 protected:
  const CannedResponse canned_{Response{}, kDate};
  const std::string one_{canned_.bytes(Persistence::kKeep, false)};
  OutputBatch batch_;
};

TEST_F(OutputBatchTest, IsEmptyAtFirstAndAfterClear) {
  EXPECT_TRUE(batch_.empty());
  EXPECT_EQ(batch_.bytes(), "");
  ASSERT_TRUE(batch_.add_canned(canned_));
  ASSERT_TRUE(batch_.add("x", 1));
  EXPECT_FALSE(batch_.empty());
  batch_.clear();
  EXPECT_TRUE(batch_.empty());
  EXPECT_EQ(batch_.responses(), 0U);
  ASSERT_TRUE(batch_.add("y", 1));
  EXPECT_EQ(batch_.bytes(), "y");
}

TEST_F(OutputBatchTest, CannedResponsesAreNotCopied) {
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(batch_.add_canned(canned_));
  EXPECT_EQ(batch_.responses(), 16U);
  EXPECT_EQ(batch_.bytes().data(), canned_.run(16).data());
  EXPECT_EQ(batch_.bytes().size(), 16 * one_.size());
}

TEST_F(OutputBatchTest, KeepsTheOrderOfAnyMix) {
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(batch_.add_canned(canned_));
    expected += one_;
    if (i % 3 != 2) continue;
    ASSERT_TRUE(batch_.add("other", 1));
    expected += "other";
  }
  EXPECT_EQ(batch_.bytes(), expected);
  EXPECT_EQ(batch_.responses(), 26U);
}

TEST_F(OutputBatchTest, RefusesWhatDoesNotFitAndStaysAsItWas) {
  unsigned added = 0;
  while (batch_.add_canned(canned_)) ++added;
  const std::string before(batch_.bytes());
  EXPECT_EQ(batch_.responses(), added);
  EXPECT_EQ(before.size(), added * one_.size());
  EXPECT_LE(before.size(), CannedResponse::kBytesMax);
  EXPECT_GT(before.size() + one_.size(), CannedResponse::kBytesMax);
  EXPECT_FALSE(batch_.add_canned(canned_));
  EXPECT_FALSE(batch_.add(one_, 1));
  EXPECT_EQ(batch_.bytes(), before);
  EXPECT_TRUE(batch_.add("x", 0)) << "something smaller still fits";
}

TEST_F(OutputBatchTest, LongRunThatMeetsOtherBytesThatDoNotFitStays) {
  for (unsigned i = 0; i < canned_.run_max(); ++i) ASSERT_TRUE(batch_.add_canned(canned_));
  const std::string before(batch_.bytes());
  EXPECT_FALSE(batch_.add(std::string(CannedResponse::kBytesMax, 'x'), 1));
  EXPECT_EQ(batch_.bytes(), before);
}

}  // namespace
}  // namespace demo
