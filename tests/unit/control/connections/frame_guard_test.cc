#include "control/connections/frame_guard.h"

#include <gmock/gmock.h>

#include <string>

#include "base/limits.h"

namespace demo {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr unsigned kData = 0;
constexpr unsigned kHeaders = 1;
constexpr unsigned kReset = 3;
constexpr unsigned kSettings = 4;
constexpr unsigned kPing = 6;
constexpr unsigned kWindowUpdate = 8;
constexpr unsigned kContinuation = 9;
constexpr unsigned kEndStream = 1;
constexpr unsigned kEndHeaders = 4;
constexpr std::uint64_t kNow = 1'000'000'000'000;
constexpr std::uint64_t kSecond = 1'000'000'000;

std::string frame(unsigned type, unsigned flags, std::size_t size) {
  std::string made;
  for (const std::size_t byte : {size >> 16, size >> 8, size, std::size_t{type}, std::size_t{flags}})
    made.push_back(static_cast<char>(byte & 0xff));
  made.append(4, '\1');
  return made.append(size, 'x');
}

std::string preface() { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"; }

std::string many(const std::string& bytes, std::size_t times) {
  std::string made;
  for (std::size_t i = 0; i < times; ++i) made += bytes;
  return made;
}

// What a connection's guard says of all the bytes, which come in pieces of so many.
std::string_view judged(const std::string& bytes, std::size_t piece = 4096) {
  FrameBudget budget;
  FrameGuard guard(budget);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto wrong = guard.read(std::string_view(bytes).substr(at, piece), kNow);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

TEST(FrameGuard, LetsCallsPassHoweverTheyAreSplit) {
  const std::string call = frame(kHeaders, kEndHeaders, 300) + frame(kData, kEndStream, 70'000) +
                           frame(kHeaders, 0, 16'384) + frame(kContinuation, kEndHeaders, 40'000) +
                           frame(kWindowUpdate, 0, 4) + frame(kData, kEndStream, 0);
  const std::string bytes = preface() + frame(kSettings, 0, 18) + many(call, 3);
  for (const std::size_t piece : {1, 2, 3, 8, 9, 10, 4096}) EXPECT_THAT(judged(bytes, piece), IsEmpty());
}

TEST(FrameGuard, FindsALargeHeaderBlockAtEverySplit) {
  const std::string start = preface() + frame(kHeaders, kEndHeaders, 20) + frame(kHeaders, 0, 20);
  const std::string end = frame(kContinuation, 0, limits::kControlHeaderBlockBytes - 19);
  const std::string bytes = start + end.substr(0, 9);
  EXPECT_THAT(judged(start + frame(kContinuation, kEndHeaders, limits::kControlHeaderBlockBytes - 20)),
              IsEmpty());
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    FrameBudget budget;
    FrameGuard guard(budget);
    EXPECT_THAT(guard.read(std::string_view(bytes).substr(0, at), kNow), IsEmpty()) << at;
    EXPECT_THAT(guard.read(std::string_view(bytes).substr(at), kNow), HasSubstr("header block")) << at;
  }
}

TEST(FrameGuard, IsNotMisledByFramesWithinABlock) {
  const std::string part = frame(kHeaders, 0, 30'000) + frame(kPing, 0, 8);
  EXPECT_THAT(judged(preface() + part + part), IsEmpty());
  EXPECT_THAT(judged(preface() + part + part + part), HasSubstr("header block"));
}

TEST(FrameGuard, RefusesWhatIsNoHttp2AndFramesThatNobodyNeeds) {
  EXPECT_THAT(judged("GET / HTTP/1.1\r\n\r\n", 1), HasSubstr("HTTP/2"));
  for (const unsigned type : {kSettings, kPing, 10U})
    EXPECT_THAT(judged(preface() + frame(type, 0, limits::kControlHeaderBlockBytes + 1)),
                HasSubstr("a frame"));
}

TEST(FrameGuard, WantsTheSettingsAcknowledgedBeforeManyCalls) {
  const std::string calls = many(frame(kHeaders, kEndHeaders, 10), limits::kControlStreamsPerConnection);
  const std::string ack = frame(kSettings, kEndStream, 0);
  EXPECT_THAT(judged(preface() + calls + ack + calls), IsEmpty());
  EXPECT_THAT(judged(preface() + calls + calls), HasSubstr("settings"));
}

TEST(FrameGuard, CountsWhatBringsNothingOn) {
  for (const std::string& idle : {frame(kReset, 0, 4), frame(kPing, 0, 8), frame(kSettings, 0, 6),
                                  frame(kContinuation, 0, 0), frame(kData, 0, 0), frame(11, 0, 1)}) {
    EXPECT_THAT(judged(preface() + many(idle, limits::kControlIdleFrames)), IsEmpty());
    EXPECT_THAT(judged(preface() + many(idle, limits::kControlIdleFrames + 9)), HasSubstr("too many"));
  }
}

TEST(FrameGuard, RefillsAUsersBudgetWithTimeAndNotWithAnotherConnection) {
  FrameBudget budget;
  const std::string resets = many(frame(kReset, 0, 4), limits::kControlIdleFrames + 8);
  FrameGuard first(budget);
  EXPECT_THAT(first.read(preface() + resets, kNow), IsEmpty());
  FrameGuard second(budget);
  const std::string few = many(frame(kReset, 0, 4), limits::kControlIdleFramesPerSecond);
  EXPECT_THAT(second.read(preface() + few, kNow), HasSubstr("too many"));
  EXPECT_THAT(first.read(few, kNow + kSecond), IsEmpty());
  EXPECT_THAT(first.read(frame(kReset, 0, 4), kNow + kSecond), HasSubstr("too many"));
}

}  // namespace
}  // namespace demo
