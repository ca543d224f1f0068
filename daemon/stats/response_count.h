#pragma once

namespace demo {

// Counts a final response by its class, in the figures of a worker or of a backend: status from 200 on, a
// switch of protocols (101) beside 2xx, and those above 599, which no class is for, with 5xx (RFC 9110
// section 15).
template <typename Stats>
[[gnu::always_inline]] inline void count_response(Stats& stats, unsigned status) {
  if (status < 300) return stats.responses_2xx.add();
  if (status < 400) return stats.responses_3xx.add();
  if (status < 500) return stats.responses_4xx.add();
  stats.responses_5xx.add();
}

}  // namespace demo
