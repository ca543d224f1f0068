#include <gtest/gtest.h>

#include "config/config.h"
#include "control/messages/translate.h"
#include "demo/control/v1/config.pb.h"
#include "values/field_value.h"
#include "values/setting.h"

// The defaults that setting.proto tells people are those of the daemon.
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

}  // namespace
}  // namespace demo
