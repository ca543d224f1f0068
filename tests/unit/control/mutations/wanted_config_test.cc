#include "control/mutations/wanted_config.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "control/messages/api_path.h"

namespace demo {
namespace {

namespace pb = control::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

pb::ApplyConfigRequest text_request(std::string json) {
  pb::ApplyConfigRequest request;
  request.set_json(std::move(json));
  request.set_name("s.json");
  return request;
}

std::vector<std::string> mistakes_of(const pb::ApplyConfigRequest& request) {
  std::vector<Error> mistakes;
  const bool is_read = WantedConfig::read(request, mistakes).has_value();
  EXPECT_EQ(is_read, mistakes.empty());
  std::vector<std::string> told;
  for (const Error& mistake : mistakes) told.push_back(mistake.message);
  return told;
}

std::vector<std::string> mistakes_of(const char* json) { return mistakes_of(text_request(json)); }

WantedConfig wanted(const pb::ApplyConfigRequest& request) {
  std::vector<Error> mistakes;
  return *WantedConfig::read(request, mistakes);
}

TEST(WantedConfig, IsTheSameOfATextAndOfAMessage) {
  pb::ApplyConfigRequest request;
  request.mutable_config()->add_listeners()->set_address(":82");
  const Config config = wanted(request).config();
  EXPECT_EQ(config.listeners.size(), 1U);
  EXPECT_TRUE(config.pools.empty());
  EXPECT_EQ(wanted(text_request(R"({"listeners": [{"address": ":82"}]})")).config(), config);
  EXPECT_THAT(mistakes_of(pb::ApplyConfigRequest()), ElementsAre("config is missing"));
}

TEST(WantedConfig, NeedsTheAddressOfAListener) {
  EXPECT_THAT(mistakes_of(R"({"listeners": [{"address": ":80"}, {}]})"),
              ElementsAre("s.json:1:36: listeners[1].address is missing"));
}

// What reads the text, what knows the ranges, and what knows the rules speak of one place alike.
TEST(WantedConfig, TellsAllThatIsWrongWithATextAndWhere) {
  EXPECT_THAT(
      mistakes_of(R"({"workers": {"count": -1, "start_core": 9999999},
"listeners": [{"address": ":80", "mode": "autp"}, {"address": "nowhere", "pool": "p q"},
 {"address": "127.0.0.1:81", "mode": "tcp", "pool": "apii", "kernel": {"defer_accept": "1500ms"}}],
"client_timeouts": {"head": "10s", "request": "1s"},
"pools": [{"name": "api", "backends": [{"endpoint": "b"}]}], "colour": 1})"),
      testing::UnorderedElementsAre(
          "s.json:1:23: workers.count: -1 is not a whole number from 1 to 256",
          HasSubstr("s.json:2:42: listeners[0].mode: \"autp\" is not one of auto"),
          "s.json:5:62: colour: there is no such field",
          "s.json:1:41: workers.start_core is \"9999999\": must be from 0 to 1048575",
          HasSubstr("s.json:2:63: listeners[1].address: invalid address \"nowhere\""),
          HasSubstr("s.json:2:82: listeners[1].pool is \"p q\": a pool's name holds"),
          HasSubstr("s.json:3:53: listeners[2].pool is \"apii\": no pool has this name"),
          HasSubstr("s.json:3:88: listeners[2].kernel.defer_accept is \"1500ms\": must be whole seconds"),
          HasSubstr("s.json:4:47: client_timeouts.request is \"1s\": must not be shorter"),
          HasSubstr("s.json:5:53: pools[0].backends[0].endpoint: invalid")));
}

TEST(WantedConfig, SaysNothingOfWhatItCouldNotRead) {
  EXPECT_THAT(mistakes_of(R"({"client_timeouts": {"head": 3, "request": "1ms"}})"),
              ElementsAre(HasSubstr("client_timeouts.head: 3 is not a duration from 1ms to 7d, such as")));
  EXPECT_THAT(mistakes_of(R"({"listeners": [{"address": 7}, 7, {"address": ":80", "address": ":81"}]})"),
              ElementsAre(HasSubstr("listeners[0].address: 7 is"), HasSubstr("listeners[1]: 7 is"),
                          HasSubstr("listeners[2].address: it is there twice, first at 1:36")));
  EXPECT_THAT(mistakes_of(R"({"workers": {"cores": [1, "x", 1]}})"),
              ElementsAre(HasSubstr("workers.cores[1]: ")));
  EXPECT_THAT(mistakes_of(R"({"response": {"headers": ["X-A: b"]}})"),
              ElementsAre(HasSubstr("response.headers[0]: \"X-A: b\" is")));
  EXPECT_THAT(
      mistakes_of(
          R"({"pools": [{"name": 5}], "listeners": [{"address": ":1", "mode": "tcp", "pool": "a"}]})"),
      ElementsAre(HasSubstr("pools[0].name: 5 is")));
}

TEST(WantedConfig, NamesTheElementOfAList) {
  EXPECT_THAT(mistakes_of(R"({"workers": {"cores": [1, 2, 1]}})"),
              ElementsAre(HasSubstr("s.json:1:30: workers.cores[2] is \"1\": a core is given twice")));
  EXPECT_THAT(mistakes_of(R"({"workers": {"cores": [1, 9999999]}})"),
              ElementsAre(HasSubstr("s.json:1:27: workers.cores[1] is \"9999999\": must be from 0 to")));
  EXPECT_THAT(mistakes_of(R"({"response": {"headers": [{"name": "A", "value": "b"}, {"name": "Date"}]}})"),
              ElementsAre(HasSubstr("s.json:1:56: response.headers[1] is \"Date\"")));
}

TEST(WantedConfig, TellsOfAListWhatItCouldReadOfIt) {
  EXPECT_THAT(mistakes_of(R"({"response": {"headers": [{"name": "a b", "value": 3}, {"name": 4}, "A: b",
 {"name": "Date"}]}})"),
              testing::UnorderedElementsAre(HasSubstr("headers[0].value: 3 is"),
                                            HasSubstr("headers[0] is \"a b\": not a field name"),
                                            HasSubstr("headers[1].name: 4 is"), HasSubstr("headers[2]: "),
                                            HasSubstr("headers[3] is \"Date\": this field is written")));
}

TEST(WantedConfig, IsNotGivenTwice) {
  pb::ApplyConfigRequest request = text_request("{}");
  request.mutable_config();
  EXPECT_THAT(mistakes_of(request), ElementsAre(HasSubstr("given as config, too")));
}

// Each of these elements would cost a hundred times its bytes.
TEST(WantedConfig, ReadsNoMoreOfAListThanTellsThatItIsTooLong) {
  pb::ApplyConfigRequest request;
  for (int i = 0; i < 500'000; ++i) {
    request.mutable_config()->add_listeners();
    request.mutable_config()->mutable_workers()->add_cores(1'048'576);
  }
  std::vector<Error> mistakes;
  EXPECT_FALSE(WantedConfig::read(request, mistakes));
  EXPECT_EQ(mistakes.size(), 51U);
  EXPECT_EQ(mistakes[0].message, "config.workers.cores[0] is \"1048576\": must be from 0 to 1048575");
  EXPECT_THAT(mistakes[50].message, HasSubstr("more"));
}

TEST(WantedConfig, NamesOfTwoThatAreOneTheSecond) {
  EXPECT_THAT(
      mistakes_of(R"({"listeners": [{"address": ":80"}, {"address": "0.0.0.0:80"}]})"),
      ElementsAre(HasSubstr("s.json:1:48: listeners[1].address is \"0.0.0.0:80\": another listener")));
}

TEST(WantedConfig, BlamesOfTwoWithOneNameTheOneThatIsWrong) {
  EXPECT_THAT(mistakes_of(R"({"pools": [{"name": "p", "ejection": {"base_time": "10m"},
 "backends": [{"endpoint": "a:1"}, {"endpoint": "a:1"}]}, {"name": "q"}, {"name": "p"}]})"),
              testing::UnorderedElementsAre(HasSubstr("s.json:1:38: pools[0].ejection.max_time is \"5m\""),
                                            HasSubstr("s.json:2:49: pools[0].backends[1].endpoint is"),
                                            HasSubstr("s.json:2:83: pools[2].name is \"p\": another pool")));
}

// The second of them says nothing that could be read.
TEST(WantedConfig, TellsOfTheFirstWhatTheSecondDoesNotSay) {
  EXPECT_THAT(mistakes_of(R"({"listeners": [{"address": ":80", "pool": "none", "mode": "tcp"},
 {"address": ":80", "pool": 7, "mode": "tcp"}]})"),
              testing::IsSupersetOf({HasSubstr("listeners[0].pool is \"none\": no pool has this name")}));
}

TEST(WantedConfig, NamesPlacesOfAMessageByTheirPathInTheRequest) {
  pb::ApplyConfigRequest request;
  request.mutable_config()->mutable_workers()->set_count(0);
  auto& listener = *request.mutable_config()->add_listeners();
  listener.set_address("127.0.0.1:80");
  listener.set_mode(pb::LISTENER_MODE_TCP);
  listener.set_pool("none");
  EXPECT_THAT(mistakes_of(request),
              ElementsAre("config.workers.count is \"0\": must be from 1 to 256",
                          HasSubstr("config.listeners[0].pool is \"none\": no pool has this name")));
}

TEST(WantedConfig, PlacesWhatTheMachineSays) {
  const WantedConfig config = wanted(
      text_request("{\"workers\": {\"cores\": [0, 77]},\n\"listeners\": [{\"address\": \"127.0.0.1:80\"}]}"));
  EXPECT_EQ(config.in_request(invalid("workers.cores", "77", "core 77 does not exist here")).message,
            "s.json:1:27: workers.cores[1]: core 77 does not exist here");
  EXPECT_EQ(config.in_request(invalid("listener.address", "127.0.0.1:80", "cannot listen")).message,
            "s.json:2:27: listeners[0].address: cannot listen");
  EXPECT_EQ(config.in_request(invalid("expected_generation", "7", "it is 8")).message, "it is 8");
}

TEST(WantedConfig, TellsNoMoreThanAText) {
  std::string json = "{\"a\": 1";
  for (int i = 0; i < 1000; ++i) json += ", \"key" + std::to_string(i) + "\": 1";
  const auto told = mistakes_of(text_request(json + "}"));
  EXPECT_EQ(told.size(), 51U);
  EXPECT_EQ(told.back(), "s.json: and 951 more");
  EXPECT_THAT(mistakes_of("{\"colour\": 1, "), ElementsAre(HasSubstr("colour"), HasSubstr("no JSON")));
}

TEST(ApiPath, IsThatOfTheMessage) {
  Config config;
  config.listeners.resize(2);
  config.listeners[0].address = *Address::parse("127.0.0.1:8");
  config.listeners[1].address = *Address::parse("127.0.0.1:80");
  config.pools.resize(1);
  config.pools[0].name = "a.b";
  config.pools[0].backends.resize(1);
  config.pools[0].backends[0].endpoint = *Endpoint::parse("10.0.0.1:80");
  EXPECT_EQ(api_path(config, "listeners.127.0.0.1:80.kernel.defer_accept_s"),
            "listeners[1].kernel.defer_accept");
  EXPECT_EQ(api_path(config, "listeners.127.0.0.1:8.kernel"), "listeners[0].kernel");
  EXPECT_EQ(api_path(config, "pools.a.b.backends.10.0.0.1:80.address"), "pools[0].backends[0].endpoint");
  EXPECT_EQ(api_path(config, "pools.none.policy"), "pools");
  EXPECT_EQ(api_path(config, "accept_mode"), "accept_mode");
  EXPECT_EQ(api_path(config, "accept"), "");
  EXPECT_EQ(api_path(config, ""), "");
}

}  // namespace
}  // namespace demo
