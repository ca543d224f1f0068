#pragma once

namespace demo {

// Counts a final response by its class, in the figures of a worker or of a backend: status 200 to 599, and a
// switch of protocols (101) beside 2xx.
template <typename Stats>
void count_response(Stats& stats, unsigned status) {
  if (status < 300) return stats.responses_2xx.add();
  if (status < 400) return stats.responses_3xx.add();
  if (status < 500) return stats.responses_4xx.add();
  stats.responses_5xx.add();
}

}  // namespace demo
