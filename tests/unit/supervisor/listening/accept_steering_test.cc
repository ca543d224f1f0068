#include "supervisor/listening/accept_steering.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

#include "base/limits.h"

namespace demo {
namespace {

// Runs a program as the kernel would, for the instructions that the steering uses.
unsigned run(const std::vector<sock_filter>& program, unsigned core, unsigned random) {
  std::uint32_t a = 0;
  for (std::size_t pc = 0; pc < program.size(); ++pc) {
    const sock_filter& op = program[pc];
    switch (op.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        a = op.k == static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_CPU) ? core : random;
        break;
      case BPF_ALU | BPF_MOD | BPF_K:
        a %= op.k;
        break;
      case BPF_JMP | BPF_JA:
        pc += op.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        pc += a == op.k ? op.jt : op.jf;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        pc += a >= op.k ? op.jt : op.jf;
        break;
      case BPF_RET | BPF_K:
        return op.k;
      default:
        ADD_FAILURE() << "unknown instruction " << op.code;
        return ~0U;
    }
  }
  ADD_FAILURE() << "the program ran off its end";
  return ~0U;
}

TEST(AcceptSteering, SelectsEachOfTheGivenIndexesAndNoOther) {
  const auto program = steering_program({{}, {1, 4, 6}});
  std::set<unsigned> seen;
  for (unsigned random = 0; random < 300; ++random) seen.insert(run(program, 0, random));
  EXPECT_EQ(seen, (std::set<unsigned>{1, 4, 6}));
}

TEST(AcceptSteering, SpreadsEvenly) {
  const auto program = steering_program({{}, {0, 1, 2, 3, 4}});
  std::map<unsigned, int> counts;
  for (unsigned random = 0; random < 500; ++random) ++counts[run(program, 0, random)];
  for (const auto& [index, count] : counts) EXPECT_EQ(count, 100) << index;
}

TEST(AcceptSteering, SelectsTheOnlyOneWithoutAsking) {
  EXPECT_EQ(steering_program({{}, {3}}).size(), 1U);
  EXPECT_EQ(run(steering_program({{}, {3}}), 5, 9), 3U);
}

TEST(AcceptSteering, GivesEachCoreItsIndexAndOthersAnyOfThem) {
  const auto program = steering_program({{{2, 0}, {5, 2}, {9, 1}}, {0, 1, 2}});
  EXPECT_EQ(run(program, 2, 77), 0U);
  EXPECT_EQ(run(program, 5, 77), 2U);
  EXPECT_EQ(run(program, 9, 77), 1U);
  for (const unsigned core : {0U, 3U, 6U, 10U, 1000U}) EXPECT_EQ(run(program, core, 4), 1U) << core;
}

TEST(AcceptSteering, HoldsForTheLargestNumberOfWorkers) {
  Steering steering;
  for (unsigned i = 0; i < limits::kWorkers; ++i) {
    steering.by_core.push_back({2 * i, limits::kWorkers - 1 - i});
    steering.selected.push_back(i);
  }
  const auto program = steering_program(steering);
  ASSERT_LE(program.size(), 4096U);
  for (unsigned i = 0; i < limits::kWorkers; ++i) {
    EXPECT_EQ(run(program, 2 * i, 0), limits::kWorkers - 1 - i);
    EXPECT_EQ(run(program, 2 * i + 1, i), i);
  }
}

}  // namespace
}  // namespace demo
