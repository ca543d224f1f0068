#include "control/message_reader.h"

#include "config/problems.h"

namespace demo {

std::optional<std::int64_t> MessageReader::read_duration(const MessageField& field,
                                                         std::chrono::microseconds unit) {
  constexpr std::int64_t kNanosASecond = 1'000'000'000;
  constexpr std::int64_t kSecondsMax = 315'576'000'000;  // what google.protobuf.Duration allows: 10,000 years
  const auto& duration =
      static_cast<const google::protobuf::Duration&>(reflection().GetMessage(message_, field.descriptor));
  const std::string text = fmt::format("{}s {}ns", duration.seconds(), duration.nanos());
  const bool well_formed = duration.seconds() >= 0 && duration.seconds() <= kSecondsMax &&
                           duration.nanos() >= 0 && duration.nanos() < kNanosASecond;
  if (!well_formed) {
    fail(field, text, "is not a duration of at least zero");
    return std::nullopt;
  }
  const std::int64_t unit_ns = std::chrono::nanoseconds(unit).count();
  if (unit_ns < kNanosASecond ? duration.nanos() % unit_ns != 0 : duration.nanos() != 0) {
    fail(field, text, fmt::format("must be a whole number of {} microseconds", unit.count()));
    return std::nullopt;
  }
  const std::int64_t units_a_second = kNanosASecond / unit_ns;
  return duration.seconds() * units_a_second + duration.nanos() / unit_ns;
}

void MessageReader::fail(const MessageField& field, std::string value, std::string_view why) {
  std::string path = path_of(field);
  std::string message = problem_text(path, value, why);
  error_ = invalid(std::move(path), std::move(value), std::move(message));
}

std::optional<Error> MessageReader::missing_identity(const Message& element, const std::string& path) {
  const auto* identity = element.GetDescriptor()->FindFieldByNumber(1);
  if (!element.GetReflection()->GetString(element, identity).empty()) return std::nullopt;
  const std::string field = path + "." + identity->name();
  return invalid(field, "", field + " is missing");
}

}  // namespace demo
