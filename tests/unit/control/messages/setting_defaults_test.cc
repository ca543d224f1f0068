#include <gmock/gmock.h>

#include <regex>
#include <string>

#include "config/config.h"
#include "control/messages/api_path.h"
#include "control/messages/translate.h"
#include "demo/control/v1/config.pb.h"
#include "text/duration_text.h"
#include "values/field_value.h"
#include "values/setting.h"

// The defaults and ranges that setting.proto tells people are those of the daemon.
namespace demo {
namespace {

namespace pb = control::v1;

template <typename Struct, typename Message>
struct Section {
  using Value = Struct;
  using Wire = Message;
};

template <typename Section>
class SettingDefaults : public testing::Test {};

using Sections =
    testing::Types<Section<WorkerPlan, pb::WorkerPlan>, Section<ClientKeepalive, pb::ClientKeepalive>,
                   Section<BackendKeepalive, pb::BackendKeepalive>,
                   Section<ClientTimeouts, pb::ClientTimeouts>, Section<Forwarding, pb::Forwarding>,
                   Section<Response, pb::Response>, Section<Listener, pb::Listener>,
                   Section<Backend, pb::Backend>, Section<Pool, pb::Pool>, Section<Config, pb::Config>>;
TYPED_TEST_SUITE(SettingDefaults, Sections);

// Each field that has a value by default says that value, and no other field says one.
TYPED_TEST(SettingDefaults, AreThoseOfTheDaemon) {
  typename TypeParam::Wire defaults;
  to_message(typename TypeParam::Value{}, defaults);
  const google::protobuf::Descriptor& type = *defaults.GetDescriptor();
  for (const std::string& path : ctl::field_paths(type, {})) {
    const auto& field = ctl::field_at(type, path);
    const auto& setting = ctl::setting_of(type, path);
    const bool is_section = field.message_type() != nullptr && field.message_type()->name() != "Duration";
    if (is_section || field.is_repeated()) continue;
    const auto value = ctl::field_text(defaults, path);
    const bool is_identity = path == "address" || path == "endpoint" || path == "name";
    if (is_identity || path == "auto_forwards") continue;
    EXPECT_EQ(value.has_value(), setting.has_default_()) << path;
    EXPECT_EQ(value.value_or(""), setting.default_()) << path;
  }
}

// "from 0us to 2147483647us" of a time in nanoseconds: one may be spelled in several ways.
std::string in_one_spelling(const google::protobuf::FieldDescriptor& field, const std::string& range) {
  static const std::regex kBound(R"(\d\w*)");
  if (!ctl::is_time(field)) return range;
  std::string spelled;
  for (std::sregex_iterator bound(range.begin(), range.end(), kBound), end; bound != end; ++bound) {
    spelled += std::to_string(text::parse_duration(bound->str()).value_or(-1)) + ' ';
  }
  return spelled;
}

// What may follow an option is what the daemon takes, of every number and time.
TYPED_TEST(SettingDefaults, HaveTheRangesOfTheDaemon) {
  const google::protobuf::Descriptor& type = *TypeParam::Wire::descriptor();
  for (const std::string& path : ctl::field_paths(type, {})) {
    const auto& field = ctl::field_at(type, path);
    const std::string range = ctl::setting_range(ctl::setting_of(type, path), field);
    EXPECT_EQ(in_one_spelling(field, range.empty() ? "" : "from " + range),
              in_one_spelling(field, api_range(field)))
        << path;
  }
}

// Where a help text says from where to where a value may be, it is what the daemon takes.
TYPED_TEST(SettingDefaults, StandBesideRangesOfTheDaemon) {
  static const std::regex kFromTo(R"((\d\w*) to (\d\w*))");
  static const std::regex kUpTo(R"(up to (\d\w*))");
  static const std::regex kZero(R"((^|[ ,])0 for )");
  const google::protobuf::Descriptor& type = *TypeParam::Wire::descriptor();
  for (const std::string& path : ctl::field_paths(type, {})) {
    const std::string help = ctl::setting_of(type, path).help();
    // ", or 0" stands behind a range that does not begin there.
    const std::string range = api_range(ctl::field_at(type, path));
    std::smatch told;
    if (std::regex_search(help, told, kFromTo)) {
      EXPECT_THAT(range + ",", testing::StartsWith("from " + told.str() + ",")) << path << ": " << help;
    }
    if (std::regex_search(help, told, kUpTo)) {
      EXPECT_THAT(range + ",", testing::HasSubstr(" to " + told.str(1) + ",")) << path << ": " << help;
    }
    if (std::regex_search(help, kZero)) {
      EXPECT_THAT(range, testing::AnyOf(testing::StartsWith("from 0 to "), testing::EndsWith(", or 0")))
          << path << ": " << help;
    }
  }
}

}  // namespace
}  // namespace demo
