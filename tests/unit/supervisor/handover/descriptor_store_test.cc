#include "supervisor/handover/descriptor_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "unit/supervisor/handover/notify_socket.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DescriptorStoreTest : public testing::Test {
 protected:
  DescriptorStoreTest() { EXPECT_EQ(::pipe(pipe_), 0); }
  ~DescriptorStoreTest() override {
    ::unsetenv("FDSTORE");
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }

  // What came since the last call, " +1" behind those that brought a descriptor.
  std::vector<std::string> messages() {
    std::vector<std::string> messages;
    while (const auto message = manager_.next())
      messages.push_back(message->text + (message->fd ? " +1" : ""));
    return messages;
  }
  int fd() const { return pipe_[0]; }

  int pipe_[2] = {-1, -1};

 private:
  NotifySocket manager_;
};

TEST_F(DescriptorStoreTest, StoresWhatIsNewAndRemovesWhatIsGone) {
  DescriptorStore store(10);
  store.keep({{"a", fd()}, {"b", fd()}});
  EXPECT_THAT(messages(), ElementsAre("FDSTORE=1\nFDNAME=a +1", "FDSTORE=1\nFDNAME=b +1"));
  store.keep({{"b", fd()}, {"c", fd()}});
  EXPECT_THAT(messages(), ElementsAre("FDSTOREREMOVE=1\nFDNAME=a", "FDSTORE=1\nFDNAME=c +1"));
  store.keep({{"b", fd()}, {"c", fd()}});
  EXPECT_THAT(messages(), IsEmpty());
}

TEST_F(DescriptorStoreTest, DoesNotStoreAgainWhatTheManagerHolds) {
  DescriptorStore store(10);
  store.note_held({"a", "gone", "other"});
  store.replace("other");
  store.keep({{"a", fd()}, {"other", fd()}});
  EXPECT_THAT(messages(), ElementsAre("FDSTOREREMOVE=1\nFDNAME=gone", "FDSTOREREMOVE=1\nFDNAME=other",
                                      "FDSTORE=1\nFDNAME=other +1"));
}

TEST_F(DescriptorStoreTest, LeavesOutTheLastOnesBeyondTheCapacity) {
  DescriptorStore store(2);
  store.keep({{"a", fd()}, {"b", fd()}, {"c", fd()}, {"d", fd()}});
  EXPECT_THAT(messages(), ElementsAre("FDSTORE=1\nFDNAME=a +1", "FDSTORE=1\nFDNAME=b +1"));
  EXPECT_EQ(store.left_out(), 2U);
  store.keep({{"b", fd()}, {"c", fd()}});
  EXPECT_THAT(messages(), ElementsAre("FDSTOREREMOVE=1\nFDNAME=a", "FDSTORE=1\nFDNAME=c +1"));
  EXPECT_EQ(store.left_out(), 0U);
}

TEST_F(DescriptorStoreTest, LeavesOutWhatTheNamesHaveNoRoomFor) {
  DescriptorStore store(100'000);
  DescriptorStore::Wanted wanted;
  for (int number = 0; number < 20'000; ++number)
    wanted.emplace_back("s" + std::to_string(100'000 + number), 0);
  // As if the manager had them: only the sum is looked at.
  std::set<std::string> names;
  for (const auto& [name, fd] : wanted) names.insert(name);
  store.note_held(std::move(names));
  store.keep(wanted);
  EXPECT_EQ(store.left_out(), 20'000 - DescriptorStore::kNamesBytes / 8);
}

TEST_F(DescriptorStoreTest, GoesOnWhereAManagerThatDidNotReadHadNoRoom) {
  DescriptorStore store(100'000);
  DescriptorStore::Wanted wanted;
  for (int number = 0; number < 300; ++number) wanted.emplace_back("s" + std::to_string(number), fd());
  std::vector<std::string> all;
  do {
    store.keep(wanted);
    for (std::string& message : messages()) all.push_back(std::move(message));
  } while (store.behind());
  ASSERT_EQ(all.size(), wanted.size());
  EXPECT_EQ(all.back(), "FDSTORE=1\nFDNAME=s299 +1");
}

TEST_F(DescriptorStoreTest, GoesOnWithoutBeingToldAgainWhatIsWanted) {
  DescriptorStore store(100'000);
  DescriptorStore::Wanted wanted;
  std::set<std::string> held = {"z"};
  for (int number = 0; number < 3000; ++number) {
    held.insert("a" + std::to_string(number));
    wanted.emplace_back("s" + std::to_string(number), fd());
  }
  wanted.emplace_back("z", fd());
  store.note_held(held);
  store.replace("z");
  store.keep(wanted);
  std::vector<std::string> all = messages();
  for (; store.behind(); store.go_on()) {
    for (std::string& message : messages()) all.push_back(std::move(message));
  }
  for (std::string& message : messages()) all.push_back(std::move(message));
  ASSERT_EQ(all.size(), held.size() + wanted.size());
  const auto first_put = std::ranges::find_if(all, [](const auto& m) { return m.starts_with("FDSTORE=1"); });
  EXPECT_EQ(first_put - all.begin(), static_cast<std::ptrdiff_t>(held.size() - 1)) << "there is room first";
  EXPECT_EQ(*first_put, "FDSTORE=1\nFDNAME=s0 +1");
  EXPECT_EQ(all[all.size() - 2], "FDSTOREREMOVE=1\nFDNAME=z") << "a death before it loses nothing";
  EXPECT_EQ(all.back(), "FDSTORE=1\nFDNAME=z +1");
  EXPECT_EQ(store.sent(), all.size());
  EXPECT_EQ(store.dropped(), held.size());
}

TEST_F(DescriptorStoreTest, DoesNothingWithoutCapacity) {
  DescriptorStore store(0);
  EXPECT_FALSE(store.there());
  store.keep({{"a", fd()}});
  EXPECT_THAT(messages(), IsEmpty());
  EXPECT_EQ(store.left_out(), 0U);
}

TEST_F(DescriptorStoreTest, KnowsTheManagersCapacityFromTheEnvironment) {
  EXPECT_EQ(DescriptorStore::capacity_of_manager(), 0U);
  for (const char* wrong : {"", "x", "12x", "-1", "99999999999999999999999"}) {
    ::setenv("FDSTORE", wrong, 1);
    EXPECT_EQ(DescriptorStore::capacity_of_manager(), 0U) << wrong;
  }
  ::setenv("FDSTORE", "16384", 1);
  EXPECT_EQ(DescriptorStore::capacity_of_manager(), 16'384U);
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_EQ(DescriptorStore::capacity_of_manager(), 0U);
}

}  // namespace
}  // namespace demo
