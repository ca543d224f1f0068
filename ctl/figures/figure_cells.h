#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "format/sheet.h"

// Figures as cells of tables, sorted by their whole value.
namespace demo::ctl {

enum class FigureUnit : std::uint8_t {
  kNumber,
  kBytes,
  kTime,     // nanoseconds; of an interval as well
  kCpuTime,  // nanoseconds; of an interval percent of one core
};

// As counted since the start: numbers in full. "-" for nothing.
Cell counter_cell(FigureUnit unit, std::optional<std::uint64_t> value);
// Of an interval: short, and as wide as rate_width() at most.
Cell rate_cell(FigureUnit unit, std::optional<double> value);
std::size_t rate_width(FigureUnit unit);

}  // namespace demo::ctl
