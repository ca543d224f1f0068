#pragma once

#include "stats/stats_page.h"

namespace demo {

// Counts a final response (status 200 to 599) by its class.
inline void count_response(WorkerStats& stats, unsigned status) {
  if (status < 300) return stats.responses_2xx.add();
  if (status < 400) return stats.responses_3xx.add();
  if (status < 500) return stats.responses_4xx.add();
  stats.responses_5xx.add();
}

}  // namespace demo
