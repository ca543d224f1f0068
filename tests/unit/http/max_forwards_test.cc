#include "http/max_forwards.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "http/request_head_writer.h"
#include "http/request_parser.h"

namespace demo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string head_of(std::string_view method, std::string_view fields) {
  return fmt::format("{} / HTTP/1.1\r\nHost: a\r\n{}\r\n", method, fields);
}

// What is forwarded; the status when the request is refused.
std::string forwarded(std::string_view method, std::string_view fields) {
  RequestParser parser;
  const std::string bytes = head_of(method, fields);
  if (parser.parse(bytes) != ParseOutcome::kComplete) return std::to_string(parser.rejection().status);
  std::array<char, 2000> out;
  return std::string(write_request_head(out, parser.head(), {}));
}

std::string counted(std::string_view method, std::string_view value) {
  return forwarded(method, fmt::format("Max-Forwards: {}\r\n", value));
}

TEST(MaxForwards, IsOneLessForTheNextRecipientOfTraceAndOptions) {
  for (const char* method : {"TRACE", "OPTIONS"}) {
    EXPECT_THAT(counted(method, "1"), HasSubstr("\r\nMax-Forwards: 0\r\n"));
    EXPECT_THAT(counted(method, "\t10 "), HasSubstr("\r\nMax-Forwards: 9\r\n"));
    EXPECT_THAT(counted(method, "007"), HasSubstr("\r\nMax-Forwards: 6\r\n"));
    EXPECT_THAT(forwarded(method, "max-FORWARDS: 5\r\n"), HasSubstr("\r\nmax-FORWARDS: 4\r\n"));
    EXPECT_THAT(forwarded(method, ""), Not(HasSubstr("orwards")));
  }
}

// RFC 9110 section 7.6.2: the lesser of the decremented value and the largest one that is supported.
TEST(MaxForwards, LargerThanWeCountIsTheMostWeCount) {
  for (const char* value :
       {"4294967295", "4294967296", "18446744073709551617", "99999999999999999999999999"}) {
    EXPECT_THAT(counted("TRACE", value), HasSubstr("\r\nMax-Forwards: 4294967294\r\n")) << value;
  }
}

TEST(MaxForwards, IsOneNumber) {
  for (const char* method : {"TRACE", "OPTIONS"}) {
    for (const char* value : {"", "-1", "+1", "1.0", "0x1", "1 2", "1,2", "one", "\"1\"", "1;a"}) {
      EXPECT_EQ(counted(method, value), "400") << value;
    }
    EXPECT_EQ(forwarded(method, "Max-Forwards: 1\r\nmax-forwards: 1\r\n"), "400");
  }
}

TEST(MaxForwards, MeansNothingInOtherMethods) {
  for (const char* method : {"GET", "POST", "HEAD", "trace", "options", "PROPFIND"}) {
    for (const char* value : {"0", "5", "", "-1", "x"}) {
      EXPECT_THAT(counted(method, value), HasSubstr(fmt::format("\r\nMax-Forwards: {}\r\n", value)));
    }
  }
}

TEST(MaxForwards, CountsWhateverConnectionSays) {
  EXPECT_THAT(forwarded("TRACE", "Max-Forwards: 5\r\nConnection: max-forwards\r\n"),
              HasSubstr("\r\nMax-Forwards: 4\r\n"));
}

TEST(MaxForwards, OfOneRequestIsForgottenWithTheNext) {
  RequestParser parser;
  const std::string limited = head_of("TRACE", "Max-Forwards: 0\r\n");
  const std::string free = head_of("GET", "");
  ASSERT_EQ(parser.parse(limited), ParseOutcome::kComplete);
  EXPECT_EQ(parser.head().max_forwards, 0U);
  ASSERT_EQ(parser.parse(free), ParseOutcome::kComplete);
  EXPECT_EQ(parser.head().max_forwards, std::nullopt);
}

TEST(MaxForwards, HasAnAnswerForEitherMethod) {
  EXPECT_EQ(last_recipient_answer(Method::kOptions).status, 200U);
  EXPECT_EQ(last_recipient_answer(Method::kTrace).status, 405U);
}

}  // namespace
}  // namespace demo
