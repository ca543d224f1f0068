#include "figures/backend_text.h"

#include "format/text_width.h"

namespace demo::ctl {

std::string backend_health_text(const api::BackendStatus& backend) { return printable(backend.health()); }

}  // namespace demo::ctl
