#include "control/connections/client_relay.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "control/connections/reserved_descriptors.h"

namespace demo {
namespace {

constexpr std::chrono::seconds kLong{20};

std::string preface() { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"; }

// A client, and what gRPC is given for it.
class Relay : public testing::Test {
 protected:
  Relay() {
    std::pair<UniqueFd, UniqueFd> pair = pair_with_reserve(0);
    client_ = std::move(pair.first);
    Guest guest{std::move(pair.second), visit_};
    inside_ = relay_.admit(guest, "door", 0);
    EXPECT_TRUE(inside_);
    for (const UniqueFd* fd : {&client_, &inside_}) {
      const timeval patience{20, 0};
      ::setsockopt(fd->get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      ::fcntl(fd->get(), F_SETFL, 0);
    }
  }
  static void say(const UniqueFd& from, const std::string& bytes) {
    EXPECT_EQ(::send(from.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // All bytes, until the other end is closed.
  static std::string all_of(const UniqueFd& fd) {
    std::string bytes;
    std::array<char, 65536> chunk;
    for (ssize_t size; (size = ::recv(fd.get(), chunk.data(), chunk.size(), 0)) != 0;) {
      if (size < 0) return "errno " + std::to_string(errno);
      bytes.append(chunk.data(), static_cast<std::size_t>(size));
    }
    return bytes;
  }

  const std::shared_ptr<Visit> visit_ = std::make_shared<Visit>(ucred{}, 0);
  ClientRelay relay_;
  UniqueFd client_;
  UniqueFd inside_;
};

TEST_F(Relay, BringsWhatEachSaysToTheOtherAndThatItHasLeft) {
  say(client_, preface());
  ::shutdown(client_.get(), SHUT_WR);
  EXPECT_EQ(all_of(inside_), preface());
  say(inside_, "answer");
  inside_.reset();
  EXPECT_EQ(all_of(client_), "answer");
  relay_.finish(kLong);
}

TEST_F(Relay, ClosesBothWhenTheClientIsGone) {
  client_.reset();
  EXPECT_EQ(all_of(inside_), "");
}

TEST_F(Relay, ReadsNoMoreThanIsTaken) {
  ::fcntl(inside_.get(), F_SETFL, O_NONBLOCK);
  std::string sent;
  for (ssize_t size = 1; size > 0;) {
    const std::string more(65536, static_cast<char>('a' + sent.size() % 23));
    size = ::send(inside_.get(), more.data(), more.size(), MSG_NOSIGNAL);
    if (size > 0) sent.append(more, 0, static_cast<std::size_t>(size));
    ASSERT_LT(sent.size(), 64U << 20);
  }
  inside_.reset();
  EXPECT_TRUE(all_of(client_) == sent);
}

TEST_F(Relay, EndsAClientThatTheGuardRefuses) {
  say(client_, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(all_of(inside_), "");
  ::shutdown(client_.get(), SHUT_WR);
  std::array<char, 8> chunk;
  EXPECT_LE(::recv(client_.get(), chunk.data(), chunk.size(), 0), 0);
}

TEST_F(Relay, KnowsWhoIsAtTheOtherEndOfItsDescriptorsAlone) {
  EXPECT_EQ(relay_.visit_of(inside_.get()), visit_);
  EXPECT_EQ(relay_.visit_of(client_.get()), nullptr);
  const int number = inside_.get();
  // Somebody else's socket gets the number.
  ASSERT_EQ(::dup2(client_.get(), number), number);
  EXPECT_EQ(relay_.visit_of(number), nullptr);
}

TEST_F(Relay, ShowsAClientOutWhoseVisitIsEnded) {
  say(client_, preface());
  visit_->end();
  EXPECT_THAT(all_of(client_), testing::AnyOf("", "errno 104"));
  EXPECT_THAT(all_of(inside_), testing::AnyOf("", preface()));
}

TEST_F(Relay, ClosesAConnectionSoonThatIsThereToBeRefusedAlone) {
  std::pair<UniqueFd, UniqueFd> pair = pair_with_reserve(0);
  Guest guest{std::move(pair.second), std::make_shared<Visit>(ucred{}, 0, "too many")};
  const UniqueFd inside = relay_.admit(guest, "door", 0);
  ::fcntl(pair.first.get(), F_SETFL, 0);
  EXPECT_EQ(all_of(pair.first), "");
}

}  // namespace
}  // namespace demo
