#include "server/output_batch.h"

namespace demo {

bool OutputBatch::add(std::string_view bytes, unsigned responses) {
  // From here on the run is one kind of bytes among others.
  if (run_count_ > 0) {
    const std::string_view run = run_->run(run_count_);
    if (run.size() + bytes.size() > memory_.size()) return false;
    run.copy(memory_.data(), run.size());
    used_ = run.size();
    run_count_ = 0;
  }
  if (used_ + bytes.size() > memory_.size()) return false;
  bytes.copy(memory_.data() + used_, bytes.size());
  used_ += bytes.size();
  responses_ += responses;
  return true;
}

}  // namespace demo
