// Property: whatever a query asks for stays within the limits.
#include "base/limits.h"
#include "fuzz_check.h"
#include "server/shape_query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const demo::ResponseShape shape = demo::parse_shape_query(demo::as_text(data, size));
  demo::fuzz_check(!shape.size || *shape.size <= demo::limits::kPatternBodyBytes, "size within its limit");
  demo::fuzz_check(!shape.status || (*shape.status >= 200 && *shape.status <= 599),
                   "status of a final response");
  demo::fuzz_check(!shape.delay_ms || *shape.delay_ms <= demo::limits::kShapedDelayMax.count(),
                   "delay within its limit");
  return 0;
}
