#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/prefetch.h"
#include "proxy/members/member.h"
#include "unit/proxy/pool/pool_rig.h"

namespace demo {
namespace {

using MemberLayout = test::PoolRig;

template <typename First, typename... Others>
bool share_a_line(const First& first, const Others&... others) {
  const auto lines_of = [](const auto& field) {
    const auto begin = reinterpret_cast<std::uintptr_t>(&field);
    return std::pair(begin / kCacheLineBytes, (begin + sizeof field - 1) / kCacheLineBytes);
  };
  const auto lines = lines_of(first);
  return lines.first == lines.second && ((lines_of(others) == lines) && ...);
}

// Member::fetch() fetches four lines: a field that moves out of them is waited for by each request to one of
// many backends, and nothing else would tell.
TEST_F(MemberLayout, WhatARequestTouchesLiesInTheLinesThatAreFetchedAhead) {
  const auto member = std::make_unique<Member>(pool, SnapshotMember(), stats_of(0), 1);
  const SnapshotMember& spec = member->spec;
  EXPECT_TRUE(share_a_line(member->busy, member->idle));
  EXPECT_TRUE(share_a_line(member->active, member->record, member->standing, member->absence));
  EXPECT_TRUE(share_a_line(member->load_elsewhere, member->load_noted_ns, member->kept_from_ns));
  EXPECT_TRUE(share_a_line(spec.slot, spec.weight, spec.max_connections, spec.usable));
  const BackendStats& counts = stats_of(0);
  const auto* const begin = reinterpret_cast<const std::byte*>(&counts);
  const auto* const end = reinterpret_cast<const std::byte*>(&counts.bytes_out + 1);
  EXPECT_EQ(static_cast<std::size_t>(end - begin), BackendStats::kOftenCounted);
}

}  // namespace
}  // namespace demo
