#pragma once

#include "stats/stats_page.h"

namespace demo {

// Counts a final response (status 200 to 599) by its class.
inline void count_response(WorkerStats& stats, unsigned status) {
  switch (status / 100) {
    case 2:
      return stats.responses_2xx.add();
    case 3:
      return stats.responses_3xx.add();
    case 4:
      return stats.responses_4xx.add();
    default:
      return stats.responses_5xx.add();
  }
}

}  // namespace demo
