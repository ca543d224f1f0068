#pragma once

#include <memory>

#include "base/result.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// Whether what was asked for may begin now. kAborted when whoever asked has given up: nobody reads that.
inline Status begin_for(const std::shared_ptr<Asker>& asker) {
  if (asker == nullptr || asker->begin()) return {};
  return Error{ErrorCode::kAborted, "whoever asked for it gave up before it began", "", ""};
}

}  // namespace demo
