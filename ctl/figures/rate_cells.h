#pragma once

#include <cstdint>
#include <optional>

#include "format/sheet.h"

namespace demo::ctl {

// Short figures of live tables, sorted by their whole value.
Cell rate_cell(double value);
Cell bytes_cell(double value);
Cell percent_cell(double value);
// "-" when nothing was timed.
Cell time_cell(std::optional<std::uint64_t> ns);

}  // namespace demo::ctl
