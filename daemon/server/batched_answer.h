#pragma once

#include <cstdint>

#include "server/answers.h"
#include "server/output_batch.h"
#include "server/response_plan.h"

namespace demo {

// What became of an answer that was to go into a batch.
struct BatchedAnswer {
  bool added = false;  // false: it does not fit, and nothing else below says anything
  unsigned status = 0;
  bool body_follows = false;  // a large one, from a BodyFile, behind the batch
  bool chunked = false;
  std::uint64_t body_size = 0;
};

// Puts the answer, or its head alone when a large body follows, into the batch. The dates are those of the
// last Answers::refresh_date().
BatchedAnswer add_answer(OutputBatch& batch, Answers& answers, const ResponsePlan& plan);

}  // namespace demo
