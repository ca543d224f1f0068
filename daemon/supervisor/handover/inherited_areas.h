#pragma once

#include "base/result.h"
#include "quota/quota_area.h"
#include "stats/stats_area.h"
#include "supervisor/handover/inheritance.h"

namespace demo {

// The memory that all workers share: what the supervisor before left, taken out of the inheritance, or a new
// one where that is of another build, which is said in the log. bells: of a new one. Error:
// kResourceExhausted.
Result<StatsArea> open_stats(Inheritance& inheritance);
Result<QuotaArea> open_quota(Inheritance& inheritance, unsigned bells);

}  // namespace demo
