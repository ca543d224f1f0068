#include "supervisor/backends/name_resolver.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <mutex>

#include "supervisor/backends/lookup_threads.h"
#include "supervisor/backends/system_lookup.h"
#include "unit/own_network.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// A resolver whose lookups are answered by the test.
class NameResolverTest : public testing::Test {
 protected:
  struct Question {
    std::string host;
    std::uint16_t port;
    std::function<void(Result<NameResolver::Addresses>)> done;
  };

  NameResolverTest()
      : resolver_(
            loop_,
            [this](const std::string& host, std::uint16_t port, auto done) {
              questions_.push_back({host, port, std::move(done)});
            },
            [this](const NameTarget& target, const NameResolver::Addresses& addresses) {
              std::string line = target.pool + "/" + target.endpoint;
              for (const Address& address : addresses) line += " " + address.to_string();
              changes_.push_back(line);
              if (on_change_) on_change_();
            },
            [this](const NameTarget&, const std::string& reason) { failures_.push_back(reason); }) {}

  static NameTarget target(std::string name, milliseconds interval = milliseconds(60'000)) {
    return {"default", name + ":80", name, 80, interval};
  }

  static NameResolver::Addresses addresses(std::initializer_list<const char*> texts) {
    NameResolver::Addresses result;
    for (const char* text : texts) result.push_back(*Address::parse(text));
    return result;
  }

  void answer(Result<NameResolver::Addresses> found) {
    ASSERT_FALSE(questions_.empty());
    const Question question = questions_.front();
    questions_.pop_front();
    question.done(std::move(found));
  }

  // Runs the loop until the next lookup is asked for.
  void wait_for_question() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (questions_.empty() && std::chrono::steady_clock::now() < deadline) {
      loop_.restart();  // it stops whenever it has nothing to do
      loop_.run_one_for(milliseconds(100));
    }
    ASSERT_FALSE(questions_.empty());
  }

  boost::asio::io_context loop_;
  std::deque<Question> questions_;
  std::vector<std::string> changes_;
  std::vector<std::string> failures_;
  std::function<void()> on_change_;
  NameResolver resolver_;
};

const Error kNoSuchName{ErrorCode::kUnavailable, "no such name", "", ""};

TEST_F(NameResolverTest, LooksUpANewNameAtOnceAndTellsItsAddressesSorted) {
  resolver_.configure({target("db")});
  ASSERT_THAT(questions_, SizeIs(1));
  EXPECT_EQ(questions_[0].host, "db");
  EXPECT_EQ(questions_[0].port, 80);
  EXPECT_THAT(resolver_.addresses("default", "db:80"), IsEmpty());
  answer(addresses({"10.0.0.4:80", "[fd00::1]:80", "10.0.0.3:80", "10.0.0.4:80"}));
  EXPECT_THAT(changes_, ElementsAre("default/db:80 10.0.0.3:80 10.0.0.4:80 [fd00::1]:80"));
  EXPECT_THAT(resolver_.addresses("default", "db:80"), SizeIs(3));
}

TEST_F(NameResolverTest, AsksAgainAfterTheIntervalAndTellsOnlyChanges) {
  resolver_.configure({target("db", milliseconds(1))});
  answer(addresses({"10.0.0.3:80", "10.0.0.4:80"}));
  wait_for_question();
  answer(addresses({"10.0.0.4:80", "10.0.0.3:80"}));
  EXPECT_THAT(changes_, SizeIs(1));
  wait_for_question();
  answer(addresses({"10.0.0.5:80"}));
  EXPECT_THAT(changes_, SizeIs(2));
  EXPECT_EQ(changes_[1], "default/db:80 10.0.0.5:80");
}

TEST_F(NameResolverTest, KeepsTheLastGoodSetWhileLookupsFail) {
  resolver_.configure({target("db", milliseconds(1))});
  answer(addresses({"10.0.0.3:80"}));
  wait_for_question();
  answer(kNoSuchName);
  wait_for_question();
  answer(NameResolver::Addresses{});  // an empty answer is a failure too
  EXPECT_THAT(resolver_.addresses("default", "db:80"), SizeIs(1));
  EXPECT_THAT(changes_, SizeIs(1));
  EXPECT_THAT(failures_, ElementsAre("no such name"));  // the second one in a row is not told
  wait_for_question();
  answer(addresses({"10.0.0.3:80"}));
  EXPECT_THAT(changes_, SizeIs(1));
  wait_for_question();
  answer(NameResolver::Addresses{});
  EXPECT_THAT(failures_, ElementsAre("no such name", "the name has no address"));
}

TEST_F(NameResolverTest, RetriesAFailedFirstLookupBeforeTheInterval) {
  resolver_.configure({target("db", std::chrono::hours(1))});
  answer(kNoSuchName);
  wait_for_question();
  answer(addresses({"10.0.0.3:80"}));
  EXPECT_THAT(changes_, SizeIs(1));
}

TEST_F(NameResolverTest, ForgetsVanishedNamesAndTheirLateAnswers) {
  resolver_.configure({target("db"), target("api")});
  resolver_.configure({target("api")});
  ASSERT_THAT(questions_, SizeIs(2));
  answer(addresses({"10.0.0.3:80"}));
  EXPECT_THAT(changes_, IsEmpty());
  answer(addresses({"10.0.0.4:80"}));
  EXPECT_THAT(changes_, ElementsAre("default/api:80 10.0.0.4:80"));
  EXPECT_THAT(resolver_.addresses("default", "db:80"), IsEmpty());
}

TEST_F(NameResolverTest, DoesNotAskAgainForANameItKeeps) {
  resolver_.configure({target("db")});
  answer(addresses({"10.0.0.3:80"}));
  resolver_.configure({target("db"), target("api")});
  ASSERT_THAT(questions_, SizeIs(1));
  EXPECT_EQ(questions_[0].host, "api");
  EXPECT_THAT(resolver_.addresses("default", "db:80"), SizeIs(1));
}

TEST_F(NameResolverTest, TakesOverAShorterIntervalAtOnce) {
  resolver_.configure({target("db", std::chrono::hours(1))});
  answer(addresses({"10.0.0.3:80"}));
  resolver_.configure({target("db", milliseconds(10))});
  EXPECT_THAT(questions_, SizeIs(1));
}

TEST_F(NameResolverTest, MayBeReconfiguredFromACallback) {
  on_change_ = [this] { resolver_.configure({}); };
  resolver_.configure({target("db")});
  answer(addresses({"10.0.0.3:80"}));
  EXPECT_THAT(resolver_.addresses("default", "db:80"), IsEmpty());
  loop_.restart();
  loop_.run();
  EXPECT_THAT(questions_, IsEmpty());
}

// Lookups that wait until the test lets them go, all but that of "known".
class LookupThreadsTest : public testing::Test {
 protected:
  struct Held {
    std::mutex mutex;
    std::condition_variable changed;
    bool released = false;
    unsigned asked = 0;
    unsigned waiting = 0;
    unsigned most_waiting = 0;
  };

  LookupThreadsTest() {
    lookup_ = lookup_in_threads(*loop_, [held = held_](const std::string& host, std::uint16_t) {
      if (host == "known") return Result<NameResolver::Addresses>(addresses());
      std::unique_lock lock(held->mutex);
      ++held->asked;
      held->most_waiting = std::max(held->most_waiting, ++held->waiting);
      held->changed.notify_all();
      held->changed.wait(lock, [&] { return held->released; });
      --held->waiting;
      return Result<NameResolver::Addresses>(kNoSuchName);
    });
  }
  ~LookupThreadsTest() override { release(); }

  static NameResolver::Addresses addresses() { return {*Address::parse("10.0.0.3:80")}; }
  void ask(const std::string& host) {
    lookup_(host, 80,
            [this](Result<NameResolver::Addresses> found) { answers_.push_back(std::move(found)); });
  }
  void wait_until_asked(unsigned count) {
    std::unique_lock lock(held_->mutex);
    held_->changed.wait(lock, [&] { return held_->asked >= count; });
  }
  void release() {
    const std::lock_guard lock(held_->mutex);
    held_->released = true;
    held_->changed.notify_all();
  }

  const std::shared_ptr<Held> held_ = std::make_shared<Held>();
  std::unique_ptr<boost::asio::io_context> loop_ = std::make_unique<boost::asio::io_context>();
  NameResolver::Lookup lookup_;
  std::vector<Result<NameResolver::Addresses>> answers_;
};

TEST_F(LookupThreadsTest, AnswerAKnownNameWhileTheServersOfOthersAreSilent) {
  for (unsigned i = 0; i < kLookupThreads - 1; ++i) ask("silent");
  wait_until_asked(kLookupThreads - 1);
  ask("known");
  loop_->run_one();
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].value(), addresses());
}

TEST_F(LookupThreadsTest, AbandonAtTheEndWhatIsNotAnswered) {
  ask("silent");
  wait_until_asked(1);
  lookup_ = nullptr;
  loop_.reset();
  release();
  EXPECT_TRUE(answers_.empty());
}

TEST_F(LookupThreadsTest, AreBoundedAndAnswerEverybodyInTheEnd) {
  constexpr unsigned kQuestions = 3 * kLookupThreads;
  for (unsigned i = 0; i < kQuestions; ++i) ask("silent");
  wait_until_asked(kLookupThreads);
  release();
  loop_->run();
  EXPECT_EQ(answers_.size(), kQuestions);
  EXPECT_LE(held_->most_waiting, kLookupThreads);
}

class SystemLookupTest : public testing::Test {
 protected:
  Result<NameResolver::Addresses> look_up(const std::string& host) {
    Result<NameResolver::Addresses> result = kNoSuchName;
    const NameResolver::Lookup lookup = system_lookup(loop_);
    lookup(host, 8080, [&](Result<NameResolver::Addresses> found) { result = std::move(found); });
    loop_.restart();
    loop_.run();
    return result;
  }
  boost::asio::io_context loop_;
};

TEST_F(SystemLookupTest, FindsTheLoopbackAddressOfLocalhost) {
  const auto found = look_up("localhost");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(*found, Contains(*Address::parse("127.0.0.1:8080")));
}

TEST_F(SystemLookupTest, FindsOnlyAddressesOfAFamilyThatTheHostHas) {
  const std::string four = "ip address add 10.1.0.1/24 dev lo";
  const std::string six = "ip address add fd00::1/64 dev lo nodad";
  const TemporaryFolder folder;
  std::ofstream(folder.file("hosts")) << "10.2.0.1 both.test\nfd00::2 both.test\n";
  const std::string names = "mount --make-rprivate / && mount --bind " + folder.file("hosts") + " /etc/hosts";
  const auto expect = [&](const std::string& made, const auto& wanted) {
    bool possible = false;
    return test::in_own_network(made,
                                [&] {
                                  possible = ::unshare(CLONE_NEWNS) == 0 && std::system(names.c_str()) == 0;
                                  if (!possible) return;
                                  const auto found = look_up("both.test");
                                  ASSERT_TRUE(found) << found.error().message;
                                  EXPECT_THAT(*found, wanted) << made;
                                }) &&
           possible;
  };
  const Address v4 = *Address::parse("10.2.0.1:8080");
  const Address v6 = *Address::parse("[fd00::2]:8080");
  if (!expect(four, ElementsAre(v4))) GTEST_SKIP() << test::kNoOwnNetwork;
  EXPECT_TRUE(expect(six, ElementsAre(v6)));
  EXPECT_TRUE(expect(four + " && " + six, UnorderedElementsAre(v4, v6)));
}

TEST_F(SystemLookupTest, NamesTheHostThatCannotBeResolved) {
  const auto found = look_up("no-such-host.invalid");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("cannot resolve no-such-host.invalid: "));
}

TEST_F(NameResolverTest, HasWhatAnotherProcessKnewUntilALookupSaysOtherwise) {
  resolver_.remember({{{"default", "a:80"}, addresses({"10.0.0.1:80"})}});
  resolver_.configure({target("a"), target("b")});
  EXPECT_EQ(resolver_.addresses("default", "a:80"), addresses({"10.0.0.1:80"}));
  EXPECT_THAT(resolver_.addresses("default", "b:80"), IsEmpty());
  EXPECT_THAT(resolver_.known(), SizeIs(1));
  EXPECT_THAT(changes_, IsEmpty());
  answer(addresses({"10.0.0.1:80"}));
  EXPECT_THAT(changes_, IsEmpty());
  answer(addresses({"10.0.0.2:80"}));
  EXPECT_THAT(changes_, ElementsAre("default/b:80 10.0.0.2:80"));
  EXPECT_THAT(resolver_.known(), SizeIs(2));
}

}  // namespace
}  // namespace demo
