#include "control/messages/api_path.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <chrono>
#include <concepts>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/fields.h"
#include "config/identity.h"
#include "config/problems.h"
#include "config/value_range.h"
#include "control/messages/field_names.h"
#include "control/messages/message_reader.h"
#include "demo/control/v1/config.pb.h"

namespace demo {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const Message& prototype(const FieldDescriptor& field) {
  return *google::protobuf::MessageFactory::generated_factory()->GetPrototype(field.message_type());
}

// Whether the path is that one or leads there.
bool leads_to(std::string_view path, std::string_view wanted) {
  return wanted.starts_with(path) && (wanted.size() == path.size() || wanted[path.size()] == '.');
}

// Goes down to the value of a path, and writes its path in the API as far as it comes. A visitor of
// for_each_field().
class PathFinder {
 public:
  // own, api: paths of the section, "" or ending in ".".
  PathFinder(const Message& message, std::string own, std::string api, std::string_view wanted,
             std::string& found)
      : message_(message), own_(std::move(own)), api_(std::move(api)), wanted_(wanted), found_(found) {}

  template <typename T>
  void operator()(std::string_view name, const T& value, const FieldForm& = {}) {
    const std::string own = fmt::format("{}{}", own_, name);
    if (!leads_to(own, wanted_)) return;
    const FieldDescriptor& field = *message_field(message_, name).descriptor;
    found_ = api_ + field.name();
    if constexpr (Section<const T>) {
      go_into(field, own, found_, value);
    } else if constexpr (SectionList<const T>) {
      const std::string list = found_;
      for (std::size_t i = 0; i < value.size(); ++i) {
        for (const std::string& element : {identity(value[i]), place_name(i)}) {
          const std::string path = fmt::format("{}.{}", own, element);
          if (leads_to(path, wanted_)) go_into(field, path, fmt::format("{}[{}]", list, i), value[i]);
        }
      }
    }
  }

 private:
  template <typename T>
  void go_into(const FieldDescriptor& field, const std::string& own, const std::string& api, const T& value) {
    found_ = api;
    PathFinder inner(prototype(field), own + ".", api + ".", wanted_, found_);
    for_each_field(value, inner);
  }

  const Message& message_;
  const std::string own_;
  const std::string api_;
  const std::string_view wanted_;
  std::string& found_;
};

template <typename T>
struct Plain {
  using Type = T;
};
template <typename T>
struct Plain<std::optional<T>> {
  using Type = T;
};
template <>
struct Plain<std::vector<unsigned>> {
  using Type = unsigned;
};

// Collects the ranges of all numbers and times. A visitor of for_each_field().
class RangeLister {
 public:
  using Ranges = std::map<const FieldDescriptor*, std::string>;

  RangeLister(const Message& message, Ranges& ranges) : message_(message), ranges_(ranges) {}

  template <typename T>
  void operator()(std::string_view name, T& value, const FieldForm& form = {}) {
    using Type = typename Plain<T>::Type;
    const MessageField field = message_field(message_, name);
    if constexpr (Section<T>) {
      RangeLister inner(prototype(*field.descriptor), ranges_);
      for_each_field(value, inner);
    } else if constexpr (SectionList<T>) {
      typename T::value_type element;
      RangeLister inner(prototype(*field.descriptor), ranges_);
      for_each_field(element, inner);
    } else if constexpr (std::same_as<Type, std::chrono::milliseconds>) {
      ranges_[field.descriptor] = api_time_range(std::chrono::milliseconds(1), form, form.most);
    } else if constexpr (std::integral<Type> && !std::same_as<Type, bool>) {
      const bool is_time = field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      ranges_[field.descriptor] =
          is_time ? api_time_range(std::chrono::microseconds(field.unit), form, most_of<Type>(form))
                  : range_text<Type>(form);
    }
  }

 private:
  const Message& message_;
  Ranges& ranges_;
};

}  // namespace

std::string api_path(const Config& config, std::string_view path) {
  std::string found;
  PathFinder finder(control::v1::Config::default_instance(), "", "", path, found);
  for_each_field(config, finder);
  return found;
}

std::string api_range(const FieldDescriptor& field) {
  static const RangeLister::Ranges ranges = [] {
    RangeLister::Ranges all;
    RangeLister lister(control::v1::Config::default_instance(), all);
    Config config;
    for_each_field(config, lister);
    return all;
  }();
  const auto range = ranges.find(&field);
  return range == ranges.end() ? "" : range->second;
}

}  // namespace demo
