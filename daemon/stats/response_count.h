#pragma once

namespace demo {

// Counts a final response by its class, in the figures of a worker or of a backend. One class is for 101, the
// switch of protocols, and none for what is above 599, which is counted with 5xx (RFC 9110 section 15).
template <typename Stats>
[[gnu::always_inline]] inline void count_response(Stats& stats, unsigned status) {
  if (status - 200 < 100) [[likely]]
    return stats.responses_2xx.add();
  if (status < 200) return stats.responses_1xx.add();
  if (status < 400) return stats.responses_3xx.add();
  if (status < 500) return stats.responses_4xx.add();
  stats.responses_5xx.add();
}

}  // namespace demo
