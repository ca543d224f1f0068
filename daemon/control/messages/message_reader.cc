#include "control/messages/message_reader.h"

#include <algorithm>
#include <limits>

#include "config/problems.h"
#include "json/spelling.h"
#include "text/duration_text.h"

namespace demo {
namespace {

constexpr std::int64_t kNanosASecond = 1'000'000'000;
// Beyond, nanoseconds do not count.
constexpr std::int64_t kSecondsEnd = std::numeric_limits<std::int64_t>::max() / kNanosASecond;

FieldForm bounds_of_time(std::chrono::microseconds unit, const FieldForm& form, std::uint64_t most) {
  const std::int64_t units_a_second = kNanosASecond / std::chrono::nanoseconds(unit).count();
  FieldForm bounds = form;
  bounds.most = std::min<std::uint64_t>(most, static_cast<std::uint64_t>((kSecondsEnd - 1) * units_a_second));
  return bounds;
}

}  // namespace

std::string api_time_range(std::chrono::microseconds unit, const FieldForm& form, std::uint64_t most) {
  const FieldForm bounds = bounds_of_time(unit, form, most);
  return range_text(bounds, bounds.most, [unit](std::uint64_t bound) {
    if (unit == std::chrono::microseconds(1)) return fmt::format("{}us", bound);
    const auto time = static_cast<std::int64_t>(bound) * std::chrono::nanoseconds(unit).count();
    return text::format_duration(time);
  });
}

std::optional<std::int64_t> MessageReader::read_duration(const MessageField& field,
                                                         std::chrono::microseconds unit,
                                                         const FieldForm& form, std::uint64_t most) {
  const auto& duration =
      static_cast<const google::protobuf::Duration&>(reflection().GetMessage(message_, field.descriptor));
  const std::int64_t unit_ns = std::chrono::nanoseconds(unit).count();
  const std::int64_t units_a_second = kNanosASecond / unit_ns;
  const bool counts = duration.seconds() >= 0 && duration.seconds() < kSecondsEnd && duration.nanos() >= 0 &&
                      duration.nanos() < kNanosASecond;
  const bool whole = unit_ns < kNanosASecond ? duration.nanos() % unit_ns == 0 : duration.nanos() == 0;
  const std::int64_t units = counts ? duration.seconds() * units_a_second + duration.nanos() / unit_ns : 0;
  if (counts && whole && is_in_range(units, bounds_of_time(unit, form, most))) return units;
  const std::string range = api_time_range(unit, form, most);
  const std::string_view wanted = whole || !counts                       ? ""
                                  : unit == std::chrono::seconds(1)      ? "whole seconds, "
                                  : unit == std::chrono::milliseconds(1) ? "whole milliseconds, "
                                                                         : "whole microseconds, ";
  fail(field, json::duration_text(duration), fmt::format("must be {}{}", wanted, range));
  return std::nullopt;
}

void MessageReader::fail(const MessageField& field, std::string value, std::string_view why,
                         const std::string& index) {
  std::string path = path_of(field) + index;
  std::string message = problem_text(path, value, why);
  errors_.push_back(invalid(std::move(path), std::move(value), std::move(message)));
}

std::optional<Error> MessageReader::missing_identity(const Message& element, const std::string& path) {
  const auto* identity = element.GetDescriptor()->FindFieldByNumber(1);
  if (!element.GetReflection()->GetString(element, identity).empty()) return std::nullopt;
  const std::string field = path + "." + identity->name();
  return invalid(field, "", field + " is missing");
}

}  // namespace demo
