#include "supervisor/api/event_log.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "base/limits.h"

namespace demo {
namespace {

using testing::ElementsAre;

Event event(std::string message) {
  Event result;
  result.message = std::move(message);
  return result;
}

class Reader {
 public:
  EventLog::Listener listener() {
    return [this](const EventPtr& event) {
      sequences.push_back(event->sequence);
      messages.push_back(event->message);
    };
  }
  std::vector<std::uint64_t> sequences;
  std::vector<std::string> messages;
};

TEST(EventLog, NumbersEventsFromOneAndDatesThem) {
  EventLog log;
  Event seen;
  log.subscribe(0, [&](const EventPtr& event) { seen = *event; });
  const auto before = std::chrono::system_clock::now();
  log.publish(event("one"));
  EXPECT_EQ(seen.sequence, 1U);
  EXPECT_GE(seen.at, before);
  log.publish(event("two"));
  EXPECT_EQ(seen.sequence, 2U);
}

TEST(EventLog, GoesOnAboveTheNumbersOfLogsBefore) {
  EventLog before(EventLog::number_of_now());
  std::uint64_t last = 0;
  before.subscribe(0, [&](const EventPtr& event) { last = event->sequence; });
  for (int i = 0; i < 100; ++i) before.publish(event("then"));
  std::this_thread::sleep_for(std::chrono::milliseconds(1));  // a process takes longer to end and start
  EventLog log(EventLog::number_of_now());
  log.publish(event("now"));
  Reader reader;
  log.subscribe(last, reader.listener());
  EXPECT_THAT(reader.messages, ElementsAre("now"));
}

TEST(EventLog, ReplaysEverythingAfterANumberThatNoEventHasHad) {
  EventLog log;
  log.publish(event("one"));
  Reader reader;
  log.subscribe(2, reader.listener());
  EXPECT_THAT(reader.messages, ElementsAre("one"));
}

TEST(EventLog, ReplaysWhatIsKeptAfterASequenceThenFollows) {
  EventLog log;
  log.publish(event("one"));
  log.publish(event("two"));
  log.publish(event("three"));
  Reader reader;
  log.subscribe(1, reader.listener());
  EXPECT_THAT(reader.messages, ElementsAre("two", "three"));
  log.publish(event("four"));
  EXPECT_THAT(reader.messages, ElementsAre("two", "three", "four"));
}

TEST(EventLog, ForgetsTheOldestBeyondItsLimit) {
  EventLog log;
  for (std::size_t i = 0; i < limits::kEventsKept + 5; ++i) log.publish(event(std::to_string(i)));
  Reader reader;
  log.subscribe(0, reader.listener());
  ASSERT_EQ(reader.sequences.size(), limits::kEventsKept);
  EXPECT_EQ(reader.sequences.front(), 6U);
  EXPECT_EQ(reader.sequences.back(), limits::kEventsKept + 5);
}

TEST(EventLog, TellsNothingThatSteersATerminal) {
  EventLog log;
  Event event;
  event.subject = "unix:/a\nb";
  event.message = "\x1b[2J";
  event.caller = "CN=\r";
  log.publish(event);
  log.subscribe(0, [](const EventPtr& told) {
    EXPECT_EQ(told->subject, "unix:/a\\x0ab");
    EXPECT_EQ(told->message, "\\x1b[2J");
    EXPECT_EQ(told->caller, "CN=\\x0d");
  });
}

TEST(EventLog, CutsLongTextsBetweenCharactersAndSaysHowMuchIsMissing) {
  EventLog log;
  Reader reader;
  log.subscribe(0, reader.listener());
  const std::string fits(EventLog::kTextBytes, 'x');
  const std::string almost(EventLog::kTextBytes - 1, 'x');
  log.publish(event(fits));
  log.publish(event(fmt::format("{}\u00e9{}", almost, std::string(998, 'y'))));
  EXPECT_EQ(reader.messages.at(0), fits);
  EXPECT_EQ(reader.messages.at(1), fmt::format("{}... and 1000 bytes more", almost));
}

TEST(EventLog, KeepsOneEventForAllWhoListen) {
  EventLog log;
  std::vector<EventPtr> seen;
  const auto listener = [&](const EventPtr& event) { seen.push_back(event); };
  log.subscribe(0, listener);
  log.publish(event("one"));
  log.subscribe(0, listener);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0], seen[1]);
}

TEST(EventLog, ReplaysNothingToOneWhoHasSeenAll) {
  EventLog log;
  log.publish(event("one"));
  Reader reader;
  log.subscribe(1, reader.listener());
  log.subscribe(EventLog::kNothingKept, reader.listener());
  EXPECT_TRUE(reader.messages.empty());
}

TEST(EventLog, TellsNothingAfterUnsubscribe) {
  EventLog log;
  Reader gone;
  Reader stays;
  const auto id = log.subscribe(0, gone.listener());
  log.subscribe(0, stays.listener());
  log.unsubscribe(id);
  log.publish(event("one"));
  EXPECT_TRUE(gone.messages.empty());
  EXPECT_THAT(stays.messages, ElementsAre("one"));
  log.unsubscribe(id);  // a second time is harmless
}

TEST(EventLog, GivesEverySubscriberAGaplessSequenceUnderConcurrency) {
  EventLog log;
  std::vector<std::thread> publishers;
  for (int thread = 0; thread < 4; ++thread) {
    publishers.emplace_back([&] {
      for (int i = 0; i < 100; ++i) log.publish(event("x"));
    });
  }
  std::vector<Reader> readers(20);
  for (Reader& reader : readers) log.subscribe(0, reader.listener());
  for (std::thread& publisher : publishers) publisher.join();
  for (const Reader& reader : readers) {
    ASSERT_EQ(reader.sequences.size(), 400U);
    for (std::size_t i = 0; i < reader.sequences.size(); ++i) ASSERT_EQ(reader.sequences[i], i + 1);
  }
}

TEST(EventLog, GoesOnWhereAnotherOneWas) {
  EventLog before(41);
  before.publish(event("first"));
  before.publish(event("second"));
  std::vector<Event> carried;
  for (const EventPtr& kept : before.kept()) carried.push_back(*kept);
  EventLog after(7);
  after.restore(carried, before.last());
  after.publish(event("third"));
  Reader reader;
  after.subscribe(42, reader.listener());
  EXPECT_THAT(reader.sequences, ElementsAre(43, 44));
  EXPECT_THAT(reader.messages, ElementsAre("second", "third"));
  EXPECT_EQ(after.kept()[0]->at, before.kept()[0]->at);
}

TEST(EventKind, IsKnownByItsName) {
  for (int kind = 0; kind <= static_cast<int>(EventKind::kWarning); ++kind) {
    EXPECT_EQ(event_kind(to_string(static_cast<EventKind>(kind))), static_cast<EventKind>(kind));
  }
  EXPECT_EQ(event_kind("of a later version"), EventKind::kWarning);
}

TEST(EventKind, HasANameForEveryKind) {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(EventKind::kWarning); ++kind) {
    names.insert(to_string(static_cast<EventKind>(kind)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(EventKind::kWarning) + 1);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace demo
