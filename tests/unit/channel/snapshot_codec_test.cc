#include "channel/snapshot_codec.h"

#include <gtest/gtest.h>

#include "base/other_build.h"
#include "sample_snapshot.h"

namespace demo {
namespace {

TEST(SnapshotCodec, GivesEveryFieldBack) {
  const Snapshot snapshot = sample_snapshot();
  const auto decoded = decode_snapshot(encode_snapshot(snapshot));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, snapshot);
}

TEST(SnapshotCodec, GivesDefaultsBack) {
  const auto decoded = decode_snapshot(encode_snapshot(Snapshot{}));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, Snapshot{});
}

TEST(SnapshotCodec, SurvivesEveryTruncation) {
  const std::string bytes = encode_snapshot(sample_snapshot());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_snapshot(std::string_view(bytes).substr(0, size));
    if (decoded) {
      EXPECT_NE(*decoded, sample_snapshot()) << size;
    }
  }
}

TEST(SnapshotCodec, SurvivesEveryFlippedByte) {
  const std::string bytes = encode_snapshot(sample_snapshot());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    const auto decoded = decode_snapshot(damaged);
    if (decoded) {
      EXPECT_NE(*decoded, sample_snapshot()) << at;
    }
  }
}

TEST(SnapshotCodec, RefusesWhatGoesOnBehindItsEnd) {
  EXPECT_FALSE(decode_snapshot(encode_snapshot(sample_snapshot()) + "x"));
}

// A worker may be of another build than the supervisor when its program was replaced meanwhile.
TEST(SnapshotCodec, RefusesTheBytesOfAnotherBuild) {
  std::string bytes = encode_snapshot(Snapshot{});
  bytes[0] = static_cast<char>(bytes[0] ^ 1);
  const auto decoded = decode_snapshot(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_TRUE(is_other_build(decoded.error()));
  EXPECT_EQ(decoded.error().field, "mark");
  EXPECT_EQ(decoded.error().message, "channel: the snapshot is of another build than this process");
  // Without a mark at all.
  EXPECT_EQ(decode_snapshot("").error().field, "mark");
}

// Each value out of its range is refused, and the error names the field.
struct OutOfRange {
  const char* field;
  void (*damage)(Snapshot&);
};

class SnapshotCodecRange : public testing::TestWithParam<OutOfRange> {};

TEST_P(SnapshotCodecRange, RefusesAValueOutOfItsRange) {
  Snapshot snapshot = sample_snapshot();
  GetParam().damage(snapshot);
  const auto decoded = decode_snapshot(encode_snapshot(snapshot));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().field, GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, SnapshotCodecRange,
    testing::Values(
        OutOfRange{"log_level", [](Snapshot& s) { s.log_level = static_cast<LogLevel>(2); }},
        OutOfRange{"workers.count", [](Snapshot& s) { s.workers.count = 0; }},
        OutOfRange{"workers.count", [](Snapshot& s) { s.workers.count = limits::kWorkers + 1; }},
        OutOfRange{"listeners.slot", [](Snapshot& s) { s.listeners[0].slot = limits::kListeners; }},
        OutOfRange{"listeners.mode", [](Snapshot& s) { s.listeners[0].mode = static_cast<ListenerMode>(5); }},
        OutOfRange{"listeners.accept_mode",
                   [](Snapshot& s) { s.listeners[0].accept_mode = static_cast<AcceptMode>(4); }},
        OutOfRange{"listeners.address", [](Snapshot& s) { s.listeners[0].address = Address(); }},
        OutOfRange{"pools.policy", [](Snapshot& s) { s.pools[0].policy = static_cast<BalancePolicy>(5); }},
        OutOfRange{"pools.send_proxy_protocol",
                   [](Snapshot& s) { s.pools[0].send_proxy_protocol = static_cast<SendProxyProtocol>(3); }},
        OutOfRange{"pools.timeouts.head",
                   [](Snapshot& s) { s.pools[0].timeouts.head = std::chrono::milliseconds(-1); }},
        OutOfRange{"pools.members.slot",
                   [](Snapshot& s) { s.pools[0].members[0].slot = limits::kBackendMembers; }},
        OutOfRange{"pools.members.weight",
                   [](Snapshot& s) { s.pools[0].members[0].weight = limits::kBackendWeight + 1; }},
        OutOfRange{"pools.members.resolved",
                   [](Snapshot& s) { s.pools[0].members[0].address = Address(); }}));

}  // namespace
}  // namespace demo
