#include "channel/snapshot_codec.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

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
        OutOfRange{"workers", [](Snapshot& s) { s.workers = 0; }},
        OutOfRange{"workers", [](Snapshot& s) { s.workers = limits::kWorkers + 1; }},
        OutOfRange{"listener.slot", [](Snapshot& s) { s.listeners[0].slot = limits::kListeners; }},
        OutOfRange{"listener.mode", [](Snapshot& s) { s.listeners[0].mode = static_cast<ListenerMode>(5); }},
        OutOfRange{"listener.accept_mode",
                   [](Snapshot& s) { s.listeners[0].accept_mode = static_cast<AcceptMode>(4); }},
        OutOfRange{"listener.address", [](Snapshot& s) { s.listeners[0].address = Address(); }},
        OutOfRange{"pool.policy", [](Snapshot& s) { s.pools[0].policy = static_cast<BalancePolicy>(5); }},
        OutOfRange{"pool.send_proxy_protocol",
                   [](Snapshot& s) { s.pools[0].send_proxy_protocol = static_cast<SendProxyProtocol>(3); }},
        OutOfRange{"pool.timeouts.head",
                   [](Snapshot& s) { s.pools[0].timeouts.head = std::chrono::milliseconds(-1); }},
        OutOfRange{"member.slot", [](Snapshot& s) { s.pools[0].members[0].slot = limits::kBackendMembers; }},
        OutOfRange{"member.weight",
                   [](Snapshot& s) { s.pools[0].members[0].weight = limits::kBackendWeight + 1; }},
        OutOfRange{"member.address", [](Snapshot& s) { s.pools[0].members[0].address = Address(); }}));

TEST(AddressCodec, RefusesOtherSizesAndFamilies) {
  const std::string bytes = encode_address(*Address::parse("1.2.3.4:80"));
  EXPECT_TRUE(decode_address(bytes));
  EXPECT_FALSE(decode_address(""));
  EXPECT_FALSE(decode_address("x"));
  EXPECT_FALSE(decode_address(bytes + "x"));
  EXPECT_FALSE(decode_address(bytes.substr(0, bytes.size() - 1)));
  EXPECT_FALSE(decode_address(std::string(16, '\xee')));
}

TEST(SealedMemory, GivesTheBytesBackAndRefusesWrites) {
  auto fd = write_sealed_memory("hello");
  ASSERT_TRUE(fd);
  EXPECT_EQ(*read_sealed_memory(fd->get()), "hello");
  EXPECT_EQ(*read_sealed_memory(fd->get()), "hello");
  EXPECT_LT(::pwrite(fd->get(), "x", 1, 0), 0);
}

TEST(SealedMemory, RefusesWhatCouldStillChange) {
  const UniqueFd open_memory(::memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_FALSE(read_sealed_memory(open_memory.get()));
  const UniqueFd device(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(read_sealed_memory(device.get()));
}

}  // namespace
}  // namespace demo
