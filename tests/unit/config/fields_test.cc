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

// What the daemon decides is kept, and is nobody's to set.
TEST(ListOfFieldsOfAListener, LeavesOutItsDecisionAlone) {
  EXPECT_EQ(left_out<Listener>(), Missing{"member 7 of 7"});
}

}  // namespace
}  // namespace demo
