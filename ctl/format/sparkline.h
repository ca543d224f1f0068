#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace demo::ctl {

// The last `width` values as bars of one line, the newest on the right, scaled to the largest of them; a
// missing past is blank, zero is blank or a dot. With unicode eight heights, else seven characters of growing
// darkness.
std::string sparkline(const std::deque<double>& values, std::size_t width, bool unicode);

}  // namespace demo::ctl
