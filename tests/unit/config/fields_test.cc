#include "config/fields.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/pfr/core.hpp>
#include <set>
#include <string>
#include <vector>

#include "config/snapshot.h"

namespace demo {
namespace {

// Where the listed members of a struct are, and what two of them are called by one name.
class Listed {
 public:
  template <typename T>
  void operator()(std::string_view name, T& value, const FieldForm& = {}) {
    addresses_.insert(&value);
    EXPECT_TRUE(names_.emplace(name).second) << name << " is listed twice";
  }
  bool contains(const void* address) const { return addresses_.contains(address); }
  std::size_t count() const { return addresses_.size(); }

 private:
  std::set<const void*> addresses_;
  std::set<std::string> names_;
};

// The members of a struct that its list leaves out, as "member 3 of 7".
template <typename T>
std::vector<std::string> left_out() {
  T object{};
  Listed listed;
  for_each_field(object, listed);
  std::vector<std::string> missing;
  boost::pfr::for_each_field(object, [&](const auto& member, std::size_t index) {
    if (!listed.contains(&member)) {
      missing.push_back(fmt::format("member {} of {}", index + 1, boost::pfr::tuple_size_v<T>));
    }
  });
  return missing;
}

using Missing = std::vector<std::string>;

template <typename T>
class ListOfFields : public testing::Test {};

using Structs = testing::Types<WorkerPlan, ClientKeepalive, BackendKeepalive, ClientTimeouts, Forwarding,
                               Response, KernelOptions, Backend, HealthCheck, Ejection, PoolTimeouts, Pool,
                               DaemonSettings, ListenerFacts, MemberFacts>;
TYPED_TEST_SUITE(ListOfFields, Structs);

TYPED_TEST(ListOfFields, LeavesOutNoMember) { EXPECT_EQ(left_out<TypeParam>(), Missing{}); }

// Becomes whatever a member is initialised with.
struct Whatever {
  template <typename T>
  operator T() const;
};

// How many initialisers a struct takes: one for each base and one for each member of its own.
template <typename T, typename... Initialisers>
constexpr std::size_t parts_of() {
  if constexpr (requires { T{Initialisers{}..., Whatever{}}; }) {
    return parts_of<T, Initialisers..., Whatever>();
  } else {
    return sizeof...(Initialisers);
  }
}

template <typename T>
std::size_t listed_in() {
  T object{};
  Listed listed;
  for_each_field(object, listed);
  return listed.count();
}

// Structs with bases, which no reflection goes into: as many of their own members are listed as they have.
template <typename T, typename... Bases>
void expect_own_members_listed() {
  EXPECT_EQ(listed_in<T>() - (listed_in<Bases>() + ...), parts_of<T>() - sizeof...(Bases));
}

TEST(ListOfFieldsOfADerivedStruct, LeavesOutNoMemberOfItsOwn) {
  expect_own_members_listed<Config, DaemonSettings>();
  expect_own_members_listed<Snapshot, DaemonSettings>();
  expect_own_members_listed<SnapshotPool, Pool>();
  expect_own_members_listed<SnapshotListener, Listener, ListenerFacts>();
  expect_own_members_listed<SnapshotMember, Backend, MemberFacts>();
}

// What the daemon decides is kept, and is nobody's to set.
TEST(ListOfFieldsOfAListener, LeavesOutItsDecisionAlone) {
  EXPECT_EQ(left_out<Listener>(), Missing{"member 7 of 7"});
}

}  // namespace
}  // namespace demo
