#pragma once

#include <string>
#include <vector>

#include "supervisor/api/stats_sample.h"

namespace demo {

// What -v prints each second: a line a worker with its requests since the earlier sample, events per
// epoll_wait (empty polls, last, least, most, average) and errors, and a last line with the total rate. Pure.
std::vector<std::string> verbose_report(const StatsSample& earlier, const StatsSample& now);

}  // namespace demo
