// How wrong values of the API are told: every number and every time is given one beyond either bound, and the
// message names the field, the value in the spelling of the flags, and what is allowed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/fields.h"
#include "config/value_range.h"
#include "config/value_text.h"
#include "control/messages/config_json.h"
#include "control/messages/field_names.h"
#include "control/messages/translate.h"
#include "demo/control/v1/config.pb.h"
#include "json/spelling.h"
#include "unit/bare_type.h"

namespace demo {
namespace {

namespace pb = control::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::TimeUtil;
using testing::HasSubstr;

// The message of a section within that of the whole.
using Reach = std::function<Message&(Message& root)>;

// Sets one number of a message beyond its bounds after the other, and looks at what is said. A visitor of
// for_each_field(). Root: the value whose parts it goes into, with RootMessage in the API.
template <typename Root, typename RootMessage>
class OutOfBounds {
 public:
  // path is "" or ends in ".".
  OutOfBounds(Reach reach, std::string path) : reach_(std::move(reach)), path_(std::move(path)) {}

  template <typename T>
  void operator()(std::string_view name, T& value, const FieldForm& form = {}) {
    using Type = typename BareType<T>::Type;
    RootMessage sample;
    const MessageField field = message_field(reach_(sample), name);
    const std::string path = path_ + field.descriptor->name();
    if constexpr (Section<T>) {
      const auto reach = [this, field](Message& root) -> Message& {
        Message& outer = reach_(root);
        return *outer.GetReflection()->MutableMessage(&outer, field.descriptor);
      };
      OutOfBounds inner(reach, path + ".");
      for_each_field(value, inner);
      tried_ += inner.tried();
    } else if constexpr (std::is_same_v<Type, std::chrono::milliseconds>) {
      try_time(field, path, form, form.most, std::chrono::milliseconds(1));
    } else if constexpr (std::is_integral_v<Type> && !std::is_same_v<Type, bool>) {
      if (field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        try_time(field, path, form, most_of<Type>(form), std::chrono::microseconds(field.unit));
      } else {
        try_number(field, path, form, most_of<Type>(form));
      }
    }
  }

  int tried() const { return tried_; }

 private:
  std::string refusal(const RootMessage& message) {
    ++tried_;
    Root value{};
    const Status applied = apply_message(message, "", value);
    return applied ? "taken" : applied.error().message;
  }

  void try_time(const MessageField& field, const std::string& path, const FieldForm& form, std::uint64_t most,
                std::chrono::microseconds unit) {
    const auto text = [unit](std::int64_t units) {
      return json::duration_text(TimeUtil::MicrosecondsToDuration(units * unit.count()));
    };
    const auto bound = [&](std::uint64_t units) {
      return unit == std::chrono::microseconds(1) ? fmt::format("{}us", units)
                                                  : text(static_cast<std::int64_t>(units));
    };
    const auto range = fmt::format("must be from {} to {}", bound(form.least), bound(most));
    for (const std::int64_t wrong : {static_cast<std::int64_t>(form.least) - 1,
                                     static_cast<std::int64_t>(most) + 1, std::int64_t{-5000}}) {
      RootMessage root;
      Message& message = reach_(root);
      message.GetReflection()
          ->MutableMessage(&message, field.descriptor)
          ->CopyFrom(TimeUtil::MicrosecondsToDuration(wrong * unit.count()));
      EXPECT_EQ(refusal(root), fmt::format("{} is \"{}\": {}", path, text(wrong), range));
    }
  }

  void try_number(const MessageField& field, const std::string& path, const FieldForm& form,
                  std::uint64_t most) {
    std::vector<std::int64_t> wrong;
    const auto type = field.descriptor->cpp_type();
    if (type == FieldDescriptor::CPPTYPE_INT32) wrong.push_back(static_cast<std::int64_t>(form.least) - 1);
    if (type != FieldDescriptor::CPPTYPE_INT32 && form.least > 0 && !form.or_zero) {
      wrong.push_back(static_cast<std::int64_t>(form.least) - 1);
    }
    if (most < std::numeric_limits<std::int32_t>::max()) wrong.push_back(static_cast<std::int64_t>(most) + 1);
    for (const std::int64_t number : wrong) {
      RootMessage root;
      Message& message = reach_(root);
      const auto& reflection = *message.GetReflection();
      if (type == FieldDescriptor::CPPTYPE_INT32) {
        reflection.SetInt32(&message, field.descriptor, static_cast<std::int32_t>(number));
      } else if (type == FieldDescriptor::CPPTYPE_UINT32) {
        reflection.SetUInt32(&message, field.descriptor, static_cast<std::uint32_t>(number));
      } else {
        reflection.SetUInt64(&message, field.descriptor, static_cast<std::uint64_t>(number));
      }
      const std::string told = refusal(root);
      EXPECT_TRUE(told.starts_with(fmt::format("{} is \"{}\": must be from ", path, number))) << told;
      EXPECT_THAT(told, HasSubstr(fmt::format(" to {}", value_text(most, form.unit))));
    }
  }

  const Reach reach_;
  const std::string path_;
  int tried_ = 0;
};

template <typename Root, typename RootMessage>
int try_all() {
  OutOfBounds<Root, RootMessage> visitor([](Message& root) -> Message& { return root; }, "");
  Root value{};
  for_each_field(value, visitor);
  return visitor.tried();
}

TEST(MessageVoice, TellsValueAndBoundsOfEveryNumberAndTime) {
  EXPECT_GT((try_all<Config, pb::Config>()), 15);
  EXPECT_GT((try_all<Listener, pb::Listener>()), 12);
  EXPECT_GT((try_all<Pool, pb::Pool>()), 30);
  EXPECT_GE((try_all<Backend, pb::Backend>()), 1);
}

std::string refusal(const pb::KernelOptions& kernel) {
  pb::Listener message;
  *message.mutable_kernel() = kernel;
  Listener listener;
  const Status applied = apply_message(message, "listener", listener);
  return applied ? "taken" : applied.error().message;
}

TEST(MessageVoice, SpellsTimesAsTheFlagsDo) {
  pb::KernelOptions hour;
  hour.mutable_busy_poll()->set_seconds(3600);
  EXPECT_EQ(refusal(hour), "listener.kernel.busy_poll is \"1h\": must be from 0us to 2147483647us");
  pb::KernelOptions hours;
  hours.mutable_keepalive_idle()->set_seconds(36'000);
  EXPECT_EQ(refusal(hours), "listener.kernel.keepalive_idle is \"10h\": must be from 1s to 32767s");
  pb::KernelOptions fraction;
  fraction.mutable_defer_accept()->set_nanos(500'000'000);
  EXPECT_EQ(refusal(fraction),
            "listener.kernel.defer_accept is \"500ms\": must be whole seconds, from 0s to 32767s");
}

TEST(MessageVoice, TellsANegativeTimeAsItWasTyped) {
  const auto state = state_from_json(R"({"client_keepalive": {"idle_timeout": "-5s"}})");
  ASSERT_FALSE(state);
  EXPECT_THAT(state.error().message,
              HasSubstr("client_keepalive.idle_timeout is \"-5s\": must be from 1ms to 7d"));
}

TEST(MessageVoice, TellsWhichCoreIsNone) {
  pb::WorkerPlan message;
  message.add_cores(1);
  message.add_cores(4'000'000);
  WorkerPlan workers;
  const Status applied = apply_message(message, "workers", workers);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().message, "workers.cores[1] is \"4000000\": must be from 0 to 1048575");
}

TEST(MessageVoice, TakesAFieldsValueWithoutTheBlanksAroundIt) {
  pb::Response message;
  message.add_headers()->set_name("X-A");
  message.mutable_headers(0)->set_value(" \xc3\xa9 \"q\" \\ \t");
  Response response;
  ASSERT_TRUE(apply_message(message, "response", response));
  EXPECT_EQ(response.headers.front().second, "\xc3\xa9 \"q\" \\");
}

}  // namespace
}  // namespace demo
