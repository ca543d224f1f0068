#include "server/body_stream.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "unit/net/client.h"

namespace demo {
namespace {

class BodyStreamTest : public ::testing::Test {
 protected:
  BodyStreamTest() : client_(server_.connect()), ours_(server_.accept()) {}

  BodyFile& pattern() {
    ResponsePlan plan;
    plan.shaped = plan.sized = true;
    BodyFile* file = answers_.body_file(plan);
    EXPECT_NE(file, nullptr);
    return *file;
  }
  // As in a turn of the loop.
  IoResult send(BodyStream& stream) {
    allowance_.begin();
    return stream.send(ours_.get(), buffers_, allowance_);
  }
  // Sends everything while the client reads; what the client got.
  std::string sent(BodyStream& stream) {
    for (int i = 0; i < 100'000; ++i) {
      const IoResult result = send(stream);
      total_ += result.bytes;
      client_.read();
      EXPECT_LE(result.bytes, limits::kTurnBytes + limits::kPooledBufferBytes);
      if (result.outcome == IoOutcome::kDone && stream.empty()) break;
      if (result.outcome == IoOutcome::kDone) continue;
      EXPECT_EQ(result.outcome, IoOutcome::kAgain);
    }
    EXPECT_TRUE(stream.empty());
    stream.finish(answers_);
    ours_.reset();
    for (int i = 0; i < 100'000 && client_.open(); ++i) {
    }
    return client_.received();
  }

  LoopbackServer server_;
  Client client_;
  UniqueFd ours_;
  TimerWheel timers_;
  Housekeeping housekeeping_{timers_};
  BufferPool buffers_{housekeeping_};
  TurnAllowance allowance_;
  Answers answers_{Response{}};
  std::size_t total_ = 0;
};

TEST_F(BodyStreamTest, IsEmptyWithoutAnything) {
  BodyStream stream;
  EXPECT_TRUE(stream.empty());
  EXPECT_EQ(send(stream).outcome, IoOutcome::kDone);
  stream.hold(buffers_, "");
  EXPECT_TRUE(stream.empty());
  EXPECT_EQ(buffers_.lent(), 0U);
}

TEST_F(BodyStreamTest, SendsWhatWasHeldInOrder) {
  BodyStream stream;
  stream.hold(buffers_, "held ");
  stream.hold(buffers_, "bytes");
  EXPECT_FALSE(stream.empty());
  EXPECT_EQ(sent(stream), "held bytes");
  EXPECT_EQ(total_, 10U);
  EXPECT_EQ(buffers_.lent(), 0U);
}

TEST_F(BodyStreamTest, SendsABodyThatIsLongerThanItsFile) {
  constexpr std::size_t kSize = 5 * BodyFile::kPatternBytes / 2;
  BodyStream stream;
  stream.hold(buffers_, "head");
  stream.start(pattern(), kSize, false);
  const std::string received = sent(stream);
  EXPECT_EQ(total_, received.size());
  ASSERT_EQ(received.size(), 4 + kSize);
  EXPECT_TRUE(std::string_view(received).substr(4) == body_pattern(kSize));
  EXPECT_EQ(pattern().users, 0U);
  EXPECT_EQ(buffers_.lent(), 0U);
}

TEST_F(BodyStreamTest, ChunksAreFramed) {
  BodyStream stream;
  stream.start(pattern(), 300'000, true);
  const std::string received = sent(stream);
  const std::string content = body_pattern(300'000);
  EXPECT_TRUE(received == "40000\r\n" + content.substr(0, 0x40000) + "\r\n93e0\r\n" +
                              content.substr(0x40000) + "\r\n0\r\n\r\n");
}

TEST_F(BodyStreamTest, EmptyChunkedBodyIsItsLastChunk) {
  BodyStream stream;
  stream.start(pattern(), 0, true);
  EXPECT_FALSE(stream.empty());
  EXPECT_EQ(sent(stream), "0\r\n\r\n");
}

TEST_F(BodyStreamTest, FinishGivesEverythingBackUnsent) {
  BodyStream stream;
  BodyFile& file = pattern();
  stream.hold(buffers_, "held");
  stream.start(file, 1 << 30, true);
  EXPECT_EQ(file.users, 1U);
  stream.finish(answers_);
  EXPECT_TRUE(stream.empty());
  EXPECT_EQ(file.users, 0U);
  EXPECT_EQ(buffers_.lent(), 0U);
}

TEST_F(BodyStreamTest, TellsWhenThePeerIsGone) {
  BodyStream stream;
  stream.start(pattern(), 64 << 20, false);
  client_.abort_connection();
  IoResult result;
  for (int i = 0; i < 100 && result.outcome == IoOutcome::kDone && !stream.empty(); ++i) {
    result = send(stream);
  }
  EXPECT_EQ(result.outcome, IoOutcome::kLost);
  stream.finish(answers_);
}

TEST(Answers, ReplacedBodyLivesAsLongAsItIsSent) {
  Response settings;
  settings.body = std::string(20'000, 'a');
  Answers answers(settings);
  BodyFile* old = answers.body_file(ResponsePlan());
  ASSERT_NE(old, nullptr);
  ++old->users;
  const int old_fd = old->fd();
  settings.body = std::string(30'000, 'b');
  answers.set_response(settings);
  BodyFile* fresh = answers.body_file(ResponsePlan());
  ASSERT_NE(fresh, nullptr);
  EXPECT_EQ(fresh->size(), 30'000U);
  EXPECT_EQ(old->size(), 20'000U);
  char first = 0;
  EXPECT_EQ(::pread(old_fd, &first, 1, 0), 1);
  EXPECT_EQ(first, 'a');
  answers.release(*old);
  EXPECT_EQ(::fcntl(old_fd, F_GETFD), -1) << "closed with its last user";
}

TEST(Answers, SameSettingsChangeNothing) {
  Response settings;
  settings.body = std::string(20'000, 'a');
  Answers answers(settings);
  const CannedResponse* canned = &answers.canned();
  const char* bytes = canned->bytes(Persistence::kKeep, false).data();
  BodyFile* file = answers.body_file(ResponsePlan());
  answers.set_response(settings);
  EXPECT_EQ(answers.canned().bytes(Persistence::kKeep, false).data(), bytes);
  EXPECT_EQ(answers.body_file(ResponsePlan()), file);
}

TEST(BodyPattern, LongerOnesBeginWithTheShorter) {
  const std::string whole = body_pattern(1000);
  EXPECT_EQ(whole.size(), 1000U);
  for (std::size_t size = 0; size < 1000; size += 37) EXPECT_EQ(body_pattern(size), whole.substr(0, size));
  EXPECT_EQ(whole[63], '\n');
  EXPECT_EQ(whole.substr(64, 64), whole.substr(0, 64)) << "lines are the same: it repeats at any length";
}

}  // namespace
}  // namespace demo
