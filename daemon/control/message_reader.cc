#include "control/message_reader.h"

#include "config/duration.h"
#include "config/problems.h"

namespace demo {
namespace {

// As people write it, with the smallest unit that it needs; nanoseconds have none.
std::string duration_text(const google::protobuf::Duration& duration) {
  constexpr std::int64_t kMicro = 1000;
  const std::int64_t nanos = duration.nanos();
  if (nanos % (kMicro * kMicro) == 0) {
    return format_duration(std::chrono::seconds(duration.seconds()) +
                           std::chrono::milliseconds(nanos / (kMicro * kMicro)));
  }
  const std::string seconds = duration.seconds() == 0 ? "" : fmt::format("{}s", duration.seconds());
  if (nanos % kMicro == 0) return fmt::format("{}{}us", seconds, nanos / kMicro);
  return fmt::format("{}{}ns", seconds, nanos);
}

}  // namespace

std::optional<std::int64_t> MessageReader::read_duration(const MessageField& field,
                                                         std::chrono::microseconds unit) {
  constexpr std::int64_t kNanosASecond = 1'000'000'000;
  constexpr std::int64_t kSecondsMax = 315'576'000'000;  // what google.protobuf.Duration allows: 10,000 years
  const auto& duration =
      static_cast<const google::protobuf::Duration&>(reflection().GetMessage(message_, field.descriptor));
  const bool well_formed = duration.seconds() >= 0 && duration.seconds() <= kSecondsMax &&
                           duration.nanos() >= 0 && duration.nanos() < kNanosASecond;
  if (!well_formed) {
    fail(field, fmt::format("{}s {}ns", duration.seconds(), duration.nanos()),
         "is not a duration of at least zero");
    return std::nullopt;
  }
  const std::int64_t unit_ns = std::chrono::nanoseconds(unit).count();
  if (unit_ns < kNanosASecond ? duration.nanos() % unit_ns != 0 : duration.nanos() != 0) {
    const std::string_view wanted = unit == std::chrono::seconds(1)        ? "seconds, such as 2s"
                                    : unit == std::chrono::milliseconds(1) ? "milliseconds, such as 250ms"
                                                                           : "microseconds, such as 50us";
    fail(field, duration_text(duration), fmt::format("must be whole {}", wanted));
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
