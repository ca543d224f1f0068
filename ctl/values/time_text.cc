#include "values/time_text.h"

#include <fmt/format.h>

#include <ctime>

namespace demo::ctl {
namespace {

std::string formatted(const std::tm& time, const char* format) {
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &time)};
}

std::tm local(std::int64_t seconds) {
  const auto moment = static_cast<std::time_t>(seconds);
  std::tm time{};
  ::localtime_r(&moment, &time);
  return time;
}

std::tm utc(std::int64_t seconds) {
  const auto moment = static_cast<std::time_t>(seconds);
  std::tm time{};
  ::gmtime_r(&moment, &time);
  return time;
}

}  // namespace

std::string local_time(std::int64_t seconds) { return formatted(local(seconds), "%H:%M:%S"); }

std::string local_date_time(std::int64_t seconds) { return formatted(local(seconds), "%Y-%m-%d %H:%M:%S"); }

std::string utc_time(std::int64_t seconds, std::int32_t nanoseconds) {
  return fmt::format("{}.{:03}Z", formatted(utc(seconds), "%Y-%m-%dT%H:%M:%S"), nanoseconds / 1'000'000);
}

}  // namespace demo::ctl
