#include "quota/slot_ledger.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <random>

#include "quota/quota_area.h"

namespace demo {
namespace {

constexpr unsigned kLedgerGate = 3;

struct Ledgers {
  QuotaArea area = QuotaArea::create(1).value();
  QuotaMemory& memory = area.memory();
  SlotLedger first{memory, 0};
  SlotLedger second{memory, 1};
  SlotLedger supervisor{memory, kQuotaSeats};
  void limit(std::uint64_t most) { memory.gates[kLedgerGate].limit = most; }
};

TEST(SlotLedger, GivesNoMoreThanTheLimitToAllTogether) {
  Ledgers all;
  all.limit(3);
  EXPECT_TRUE(all.first.claim(kLedgerGate));
  EXPECT_TRUE(all.second.claim(kLedgerGate));
  EXPECT_TRUE(all.first.claim(kLedgerGate));
  EXPECT_FALSE(all.first.claim(kLedgerGate));
  EXPECT_FALSE(all.second.claim(kLedgerGate));
  EXPECT_FALSE(all.second.has_room(kLedgerGate));
  all.first.release(kLedgerGate);
  EXPECT_TRUE(all.second.claim(kLedgerGate));
  EXPECT_EQ(all.first.held(kLedgerGate), 1U);
  EXPECT_EQ(all.second.held(kLedgerGate), 2U);
  EXPECT_EQ(all.first.taken(kLedgerGate), 3U);
}

TEST(SlotLedger, KeepsGatesApart) {
  Ledgers all;
  all.limit(1);
  all.memory.gates[kClientGate].limit = 1;
  EXPECT_TRUE(all.first.claim(kLedgerGate));
  EXPECT_TRUE(all.first.claim(kClientGate));
  EXPECT_FALSE(all.second.claim(kClientGate));
}

TEST(SlotLedger, CountsWhatIsOlderThanTheLimit) {
  Ledgers all;
  all.limit(1);
  all.first.force(kLedgerGate);
  all.first.force(kLedgerGate);
  EXPECT_TRUE(all.first.over(kLedgerGate));
  all.first.release(kLedgerGate);
  EXPECT_FALSE(all.first.over(kLedgerGate));
  EXPECT_FALSE(all.second.claim(kLedgerGate));
  all.first.release(kLedgerGate);
  EXPECT_TRUE(all.second.claim(kLedgerGate));
}

TEST(SlotLedger, ALowerLimitRefusesUntilEnoughIsGivenBack) {
  Ledgers all;
  all.limit(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(all.first.claim(kLedgerGate));
  all.limit(2);
  all.first.release(kLedgerGate);
  EXPECT_FALSE(all.second.claim(kLedgerGate));
  all.first.release(kLedgerGate);
  EXPECT_TRUE(all.second.claim(kLedgerGate));
}

TEST(SlotLedger, FreesWhatADeadSeatHeldAndNothingElse) {
  Ledgers all;
  all.limit(4);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(all.first.claim(kLedgerGate));
  EXPECT_TRUE(all.second.claim(kLedgerGate));
  all.supervisor.free_seat(0);
  EXPECT_EQ(all.supervisor.taken(kLedgerGate), 1U);
  // The next process in the seat, which dies as well.
  EXPECT_TRUE(all.first.claim(kLedgerGate));
  all.supervisor.free_seat(0);
  all.supervisor.free_seat(0);
  EXPECT_EQ(all.supervisor.taken(kLedgerGate), 1U);
  all.second.release(kLedgerGate);
  EXPECT_EQ(all.supervisor.taken(kLedgerGate), 0U);
}

// What a process that takes a slot leaves behind when it dies between two of its steps.
class Interrupted : public testing::Test, protected Ledgers {
 protected:
  Interrupted() {
    limit(2);
    EXPECT_TRUE(first.claim(kLedgerGate));
    held_before_ = memory.seats[0].held[kLedgerGate];
    word_before_ = memory.gates[kLedgerGate].word;
    EXPECT_TRUE(first.claim(kLedgerGate));
  }
  std::uint64_t held_before_ = 0;
  std::uint64_t word_before_ = 0;
};

TEST_F(Interrupted, BeforeTheWordChangedItHoldsNothingMore) {
  memory.seats[0].held[kLedgerGate] = held_before_;
  memory.gates[kLedgerGate].word = word_before_;
  supervisor.free_seat(0);
  EXPECT_EQ(supervisor.taken(kLedgerGate), 0U);
}

TEST_F(Interrupted, BeforeTheWordChangedForAnotherChangeCameMeanwhile) {
  memory.seats[0].held[kLedgerGate] = held_before_;
  memory.gates[kLedgerGate].word = word_before_;
  EXPECT_TRUE(second.claim(kLedgerGate));
  supervisor.free_seat(0);
  EXPECT_EQ(supervisor.taken(kLedgerGate), 1U);
}

TEST_F(Interrupted, BehindTheWordItHoldsOneMore) {
  memory.seats[0].held[kLedgerGate] = held_before_;
  supervisor.free_seat(0);
  EXPECT_EQ(supervisor.taken(kLedgerGate), 0U);
}

TEST_F(Interrupted, BehindTheWordAlsoWhenOthersChangedItSince) {
  memory.seats[0].held[kLedgerGate] = held_before_;
  second.force(kLedgerGate);
  second.force(kLedgerGate);
  second.release(kLedgerGate);
  supervisor.free_seat(0);
  EXPECT_EQ(supervisor.taken(kLedgerGate), 1U);
}

TEST_F(Interrupted, WhileItGaveOneBack) {
  const std::uint64_t held = memory.seats[0].held[kLedgerGate];
  first.release(kLedgerGate);
  memory.seats[0].held[kLedgerGate] = held;
  second.force(kLedgerGate);
  supervisor.free_seat(0);
  EXPECT_EQ(supervisor.taken(kLedgerGate), 1U);
}

// What a supervisor leaves behind that dies between two of its steps while it frees a dead seat with two
// slots, and the next one, which finishes that and frees the seat as well. The other seat holds one.
class InterruptedSupervisor : public testing::Test, protected Ledgers {
 protected:
  InterruptedSupervisor() {
    limit(4);
    EXPECT_TRUE(second.claim(kLedgerGate));
    EXPECT_TRUE(first.claim(kLedgerGate));
    held_after_one_ = memory.seats[0].held[kLedgerGate];
    EXPECT_TRUE(first.claim(kLedgerGate));
    before_ = taken_down();
    supervisor.free_seat(0);
  }
  struct Numbers {
    std::uint64_t word, dead_held, own_held, own_intent;
  };
  Numbers taken_down() const {
    return {memory.gates[kLedgerGate].word, memory.seats[0].held[kLedgerGate],
            memory.seats[kQuotaSeats].held[kLedgerGate], memory.seats[kQuotaSeats].intent};
  }
  void not_finished() { memory.seats[kQuotaSeats].held[kLedgerGate] = before_.own_held; }
  void not_written_down() {
    not_finished();
    memory.seats[0].held[kLedgerGate] = before_.dead_held;
  }
  void word_not_changed() {
    not_written_down();
    memory.gates[kLedgerGate].word = before_.word;
  }
  void nothing_intended() {
    word_not_changed();
    memory.seats[kQuotaSeats].intent = before_.own_intent;
  }
  // The other seat's changes overwrite the stamp, and leave it with one slot.
  void others_go_on() {
    second.force(kLedgerGate);
    second.release(kLedgerGate);
  }
  void expect_exact_counts() {
    next.settle();
    next.settle();
    next.free_seat(0);
    EXPECT_EQ(next.taken(kLedgerGate), 1U);
    // The next process in the seat: it may not lose anything to a change that is over.
    EXPECT_TRUE(first.claim(kLedgerGate));
    SlotLedger(memory, kQuotaSeats).settle();
    EXPECT_EQ(first.held(kLedgerGate), 1U);
    next.free_seat(0);
    next.free_seat(1);
    EXPECT_EQ(next.taken(kLedgerGate), 0U);
  }

  std::uint64_t held_after_one_ = 0;
  Numbers before_{};
  SlotLedger next{memory, kQuotaSeats};
};

TEST_F(InterruptedSupervisor, BeforeItBegan) {
  nothing_intended();
  expect_exact_counts();
}

TEST_F(InterruptedSupervisor, BeforeTheWordChanged) {
  word_not_changed();
  expect_exact_counts();
}

TEST_F(InterruptedSupervisor, BeforeTheWordChangedForAnotherChangeCameMeanwhile) {
  word_not_changed();
  others_go_on();
  expect_exact_counts();
}

TEST_F(InterruptedSupervisor, BehindTheWord) {
  not_written_down();
  expect_exact_counts();
}

TEST_F(InterruptedSupervisor, BehindTheWordAlsoWhenOthersChangedItSince) {
  not_written_down();
  others_go_on();
  expect_exact_counts();
}

TEST_F(InterruptedSupervisor, WhenTheDeadSeatIsWrittenDown) {
  not_finished();
  others_go_on();
  expect_exact_counts();
}

TEST_F(InterruptedSupervisor, WhenItHadFinished) {
  others_go_on();
  expect_exact_counts();
}

TEST_F(InterruptedSupervisor, AtASeatThatDiedBehindTheWordItself) {
  word_not_changed();
  memory.seats[0].held[kLedgerGate] = held_after_one_;
  supervisor.free_seat(0);
  EXPECT_EQ(supervisor.taken(kLedgerGate), 1U);
  not_finished();
  memory.seats[0].held[kLedgerGate] = held_after_one_;
  others_go_on();
  expect_exact_counts();
}

TEST_F(InterruptedSupervisor, ItBelievesNoIndexInTheMemory) {
  memory.seats[kQuotaSeats].intent = ~std::uint64_t{0};
  expect_exact_counts();
}

// Processes that do nothing but take and give back, killed at any instruction.
class Killed : public testing::TestWithParam<std::uint64_t> {};

[[noreturn]] void take_and_give_for_ever(QuotaMemory& memory, unsigned seat, std::uint64_t limit) {
  SlotLedger ledger(memory, seat);
  std::minstd_rand random(seat + 1);
  std::uint64_t held = 0;
  for (;;) {
    if (held > 0 && random() % 2 == 0) {
      ledger.release(kLedgerGate);
      --held;
    } else if (ledger.claim(kLedgerGate)) {
      ++held;
    }
    if (ledger.taken(kLedgerGate) > limit) ::_exit(1);
  }
}

TEST_P(Killed, NothingIsLostNorGivenTwice) {
  constexpr unsigned kProcesses = 4;
  constexpr unsigned kDeaths = 100;
  const std::uint64_t limit = GetParam();
  Ledgers all;
  all.limit(limit);
  std::array<pid_t, kProcesses> processes{};
  const auto start = [&](unsigned seat) {
    processes[seat] = ::fork();
    if (processes[seat] == 0) take_and_give_for_ever(all.memory, seat, limit);
  };
  const auto end = [&](unsigned seat) {
    ::kill(processes[seat], SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(processes[seat], &status, 0), processes[seat]);
    ASSERT_TRUE(WIFSIGNALED(status)) << "more than the limit was taken";
    all.supervisor.free_seat(seat);
  };
  for (unsigned seat = 0; seat < kProcesses; ++seat) start(seat);
  std::minstd_rand random(7);
  for (unsigned death = 0; death < kDeaths; ++death) {
    const auto seat = static_cast<unsigned>(random() % kProcesses);
    ::usleep(static_cast<useconds_t>(random() % 200));
    end(seat);
    if (HasFatalFailure()) return;
    start(seat);
  }
  for (unsigned seat = 0; seat < kProcesses; ++seat) end(seat);
  EXPECT_EQ(all.supervisor.taken(kLedgerGate), 0U);
  for (std::uint64_t i = 0; i < limit; ++i) EXPECT_TRUE(all.first.claim(kLedgerGate));
  EXPECT_FALSE(all.first.claim(kLedgerGate));
}

INSTANTIATE_TEST_SUITE_P(Limits, Killed, testing::Values(1, 3, 8));

constexpr unsigned kManyGates = 2000;

// A seat that takes slots and dies at once, and the supervisor that frees it each time, for ever.
[[noreturn]] void take_and_free_for_ever(QuotaMemory& memory) {
  SlotLedger dying(memory, 0);
  SlotLedger supervisor(memory, kQuotaSeats);
  for (;;) {
    for (unsigned gate = 0; gate < kManyGates; ++gate) dying.force(gate);
    supervisor.free_seat(0);
  }
}

// Overwrites the stamps of others all the time.
[[noreturn]] void come_and_go_for_ever(QuotaMemory& memory) {
  SlotLedger ledger(memory, 1);
  for (std::minstd_rand random(1);;) {
    const auto gate = static_cast<unsigned>(random() % kManyGates);
    ledger.force(gate);
    ledger.release(gate);
  }
}

TEST(KilledSupervisor, FreesNothingTwiceAndLeavesNothingTaken) {
  constexpr unsigned kDeaths = 200;
  Ledgers all;
  const auto end = [](pid_t process) {
    ::kill(process, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(process, &status, 0), process);
  };
  const pid_t other = ::fork();
  if (other == 0) come_and_go_for_ever(all.memory);
  std::minstd_rand random(7);
  bool exact = true;
  for (unsigned death = 0; death < kDeaths && exact; ++death) {
    const pid_t supervisor = ::fork();
    if (supervisor == 0) take_and_free_for_ever(all.memory);
    ::usleep(static_cast<useconds_t>(random() % 2000));
    end(supervisor);
    SlotLedger next(all.memory, kQuotaSeats);
    next.settle();
    next.free_seat(0);
    for (unsigned gate = 0; gate < kManyGates; ++gate) exact = exact && next.taken(gate) <= 1;
  }
  end(other);
  EXPECT_TRUE(exact);
  all.supervisor.free_seat(1);
  for (unsigned gate = 0; gate < kManyGates; ++gate) EXPECT_EQ(all.supervisor.taken(gate), 0U);
}

}  // namespace
}  // namespace demo
