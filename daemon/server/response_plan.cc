#include "server/response_plan.h"

#include <string_view>

#include "server/shape_query.h"

namespace demo {

ResponsePlan plan_response(const RequestHead& head, bool keep, bool shaping) {
  ResponsePlan plan;
  plan.head_only = head.method == Method::kHead;
  plan.persistence = persistence_of(head.persistent && keep, head.minor_version);
  if (!shaping || head.target.find('?') == std::string_view::npos) return plan;
  const ResponseShape shape = parse_shape_query(head.path_query);
  if (!shape.any()) return plan;
  plan.shaped = true;
  plan.sized = shape.size.has_value();
  plan.body_size = shape.size.value_or(0);
  plan.chunked = shape.chunked && head.minor_version == 1;
  plan.status = static_cast<std::uint16_t>(shape.status.value_or(0));
  plan.delay_ms = shape.delay_ms.value_or(0);
  if (shape.close) plan.persistence = Persistence::kClose;
  return plan;
}

}  // namespace demo
