#pragma once

#include <string>
#include <vector>

#include "demo/control/v1/stats.pb.h"
#include "figures/rates.h"
#include "format/joined_sheet.h"
#include "format/sheet.h"
#include "invocation/api.h"

// Figures as rows and columns.
namespace demo::ctl {

// Rates: a row a worker and, last, the total.
Sheet worker_sheet(const Rates& rates);
Sheet listener_sheet(const Rates& rates);
Sheet backend_sheet(const Rates& rates);

// The total alone.
Sheet total_sheet(const Rates& rates);

// Counters since the daemon started: a row a worker and, last, the total.
Sheet worker_sheet(const api::StatsSample& sample);
Sheet listener_sheet(const api::StatsSample& sample);
Sheet backend_sheet(const api::StatsSample& sample);
Sheet total_sheet(const api::StatsSample& sample);

// What tables show, each of its own: workers with their total, listeners, backends.
std::vector<NamedSheet> table_sheets(const Rates& rates);
std::vector<NamedSheet> table_sheets(const api::StatsSample& sample);

// Counters as programs get them: the total, then workers, listeners, backends.
std::vector<NamedSheet> stats_sheets(const api::StatsSample& sample);

// The same of one interval, each row with a time: the total first and alone.
std::vector<NamedSheet> interval_sheets(const Rates& rates, const std::string& time);
std::vector<NamedSheet> interval_sheets(const api::StatsSample& sample, const std::string& time);

}  // namespace demo::ctl
