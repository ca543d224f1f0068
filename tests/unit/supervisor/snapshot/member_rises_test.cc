#include "supervisor/snapshot/member_rises.h"

#include <gtest/gtest.h>

namespace demo::test {
namespace {

SnapshotMember rising(std::uint32_t slot, const std::string& address, bool usable = true) {
  SnapshotMember member;
  member.slot = slot;
  member.address = *Address::parse(address);
  member.usable = usable;
  return member;
}

Snapshot with_members(std::vector<SnapshotMember> members) {
  Snapshot snapshot;
  snapshot.pools.emplace_back();
  snapshot.pools.back().name = "p";
  snapshot.pools.back().members = std::move(members);
  return snapshot;
}

class MemberRisesTest : public testing::Test {
 protected:
  // Since when, by the place of the member.
  std::vector<std::uint64_t> note(std::vector<SnapshotMember> members, std::uint64_t now_ns) {
    Snapshot snapshot = with_members(std::move(members));
    rises_.note(snapshot, now_ns);
    std::vector<std::uint64_t> since;
    for (const SnapshotMember& member : snapshot.pools.front().members)
      since.push_back(member.usable_since_ns);
    return since;
  }

  using Since = std::vector<std::uint64_t>;
  const SnapshotMember first_ = rising(1, "10.0.0.1:80");
  const SnapshotMember second_ = rising(2, "10.0.0.2:80");
  MemberRises rises_;
};

TEST_F(MemberRisesTest, WhoIsThereFromTheStartDoesNotRise) {
  EXPECT_EQ(note({first_, second_}, 5), (Since{0, 0}));
  EXPECT_EQ(note({first_, second_}, 6), (Since{0, 0}));
}

TEST_F(MemberRisesTest, WhoComesToOthersRisesThen) {
  note({first_}, 5);
  EXPECT_EQ(note({first_, second_}, 6), (Since{0, 6}));
  EXPECT_EQ(note({first_, second_}, 7), (Since{0, 6}));
  EXPECT_EQ(note({second_}, 8), (Since{6}));
}

TEST_F(MemberRisesTest, WhoComesToAPoolThatWasEmptyDoesNot) {
  note({}, 5);
  EXPECT_EQ(note({first_}, 6), (Since{0}));
}

TEST_F(MemberRisesTest, WhoWasOutRisesWhenItIsBack) {
  note({first_, second_}, 5);
  EXPECT_EQ(note({rising(1, "10.0.0.1:80", false), second_}, 6), (Since{0, 0}));
  EXPECT_EQ(note({first_, second_}, 7), (Since{7, 0}));
}

TEST_F(MemberRisesTest, AnotherAddressInItsPlaceIsAnother) {
  note({first_, second_}, 5);
  EXPECT_EQ(note({first_, rising(2, "10.0.0.3:80")}, 6), (Since{0, 6}));
}

TEST_F(MemberRisesTest, AreTheSameInTheNextVersion) {
  note({first_}, 5);
  note({first_, second_}, 6);
  MemberRises next;
  next.restore(rises_.known());
  Snapshot snapshot = with_members({first_, second_});
  next.note(snapshot, 9);
  EXPECT_EQ(snapshot.pools.front().members[0].usable_since_ns, 0U);
  EXPECT_EQ(snapshot.pools.front().members[1].usable_since_ns, 6U);
}

TEST_F(MemberRisesTest, OfAMemberThatIsAnotherByThenSayNothing) {
  note({first_}, 5);
  note({first_, second_}, 6);
  MemberRises next;
  next.restore(rises_.known());
  Snapshot snapshot = with_members({first_, rising(2, "10.0.0.9:80")});
  next.note(snapshot, 9);
  EXPECT_EQ(snapshot.pools.front().members[1].usable_since_ns, 0U);
}

}  // namespace
}  // namespace demo::test
