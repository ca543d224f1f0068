#pragma once

#include <cstdint>
#include <string>

// Moments, in seconds since 1970.
namespace demo::ctl {

// "14:03:22" of the local day.
std::string local_time(std::int64_t seconds);

// "2024-05-01 14:03:22", local.
std::string local_date_time(std::int64_t seconds);

// "2024-05-01T12:03:22.250Z" (RFC 3339): for programs. nanoseconds: within the second, 0 to 999999999.
std::string utc_time(std::int64_t seconds, std::int32_t nanoseconds);

}  // namespace demo::ctl
