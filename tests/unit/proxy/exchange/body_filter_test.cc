#include "proxy/exchange/body_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace demo {
namespace {

// The bytes passed on for a chunked body that comes in pieces of this size.
std::string filtered(std::string bytes, BodyForm form, std::size_t piece) {
  BodyReader reader(BodyKind::kChunked, 0);
  std::string kept;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    const FilteredBody part = filter_body(reader, {bytes.data() + at, size}, form);
    if (part.outcome == ParseOutcome::kRejected) return "rejected";
    kept.append(bytes.data() + at, part.kept);
    at += part.taken;
    if (part.outcome == ParseOutcome::kComplete) break;
  }
  return kept;
}

constexpr const char* kBody =
    "5;a=\"b \\\"x\\\" ;c\"\r\nhel;o\r\n6 ; n = v\r\n world\r\n0;last\r\nX-Sum: 1; 2\r\n\r\nGET";

TEST(BodyFilter, DropsExtensionsAndKeepsEverythingElse) {
  for (std::size_t piece = 1; piece < 80; ++piece) {
    EXPECT_EQ(filtered(kBody, BodyForm::kFramed, piece),
              "5\r\nhel;o\r\n6\r\n world\r\n0\r\nX-Sum: 1; 2\r\n\r\n");
  }
}

TEST(BodyFilter, TakesContentAloneWhenAsked) {
  for (std::size_t piece = 1; piece < 80; ++piece) {
    EXPECT_EQ(filtered(kBody, BodyForm::kContent, piece), "hel;o world");
  }
}

TEST(BodyFilter, LeavesWhatFollowsTheBodyWhereItIs) {
  std::string bytes = "1;x\r\na\r\n0\r\n\r\nGET / HTTP/1.1";
  BodyReader reader(BodyKind::kChunked, 0);
  const FilteredBody part = filter_body(reader, bytes, BodyForm::kFramed);
  EXPECT_EQ(part.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(bytes.substr(0, part.kept), "1\r\na\r\n0\r\n\r\n");
  EXPECT_EQ(bytes.substr(part.taken), "GET / HTTP/1.1");
}

TEST(BodyFilter, KeepsABodyByLengthAsItIs) {
  std::string bytes = "a;b cNEXT";
  BodyReader reader(BodyKind::kLength, 5);
  const FilteredBody part = filter_body(reader, bytes, BodyForm::kFramed);
  EXPECT_EQ(part.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(part.taken, 5U);
  EXPECT_EQ(part.kept, 5U);
}

TEST(BodyFilter, KeepsNothingOfAPieceThatIsInvalid) {
  EXPECT_EQ(filtered("5\r\nhello\r\nzz\r\n", BodyForm::kFramed, 100), "rejected");
}

}  // namespace
}  // namespace demo
