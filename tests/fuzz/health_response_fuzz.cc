// Property: what the beginning of a response to a health check decides, no later byte changes.
#include "supervisor/backends/health_response.h"

#include <algorithm>

#include "fuzz_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Kind = demo::HealthResponse::Kind;
  const std::string_view text = demo::as_text(data, size);
  const demo::HealthResponse whole = demo::read_health_response(text);
  demo::fuzz_check(whole.kind != Kind::kStatus || (whole.status >= 200 && whole.status <= 599),
                   "a final status");
  for (std::size_t cut = 0; cut < std::min<std::size_t>(size, 256); ++cut) {
    const demo::HealthResponse part = demo::read_health_response(text.substr(0, cut));
    demo::fuzz_check(part.kind == Kind::kIncomplete || part == whole, "a verdict stays");
  }
  return 0;
}
