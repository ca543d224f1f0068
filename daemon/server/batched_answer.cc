#include "server/batched_answer.h"

#include <string_view>

namespace demo {
namespace {

BatchedAnswer add_configured(OutputBatch& batch, const CannedResponse& canned, const ResponsePlan& plan) {
  BatchedAnswer answer;
  if (plan.persistence == Persistence::kKeep && !plan.head_only && canned.body_inline()) {
    answer.added = batch.add_canned(canned);
  } else {
    answer.added = batch.add(canned.bytes(plan.persistence, plan.head_only), 1);
  }
  answer.status = canned.status();
  answer.body_follows = !canned.body_inline() && !plan.head_only;
  answer.body_size = canned.body_size();
  return answer;
}

BatchedAnswer add_shaped(OutputBatch& batch, Answers& answers, const ResponsePlan& plan) {
  const ResponseFacts facts = answers.shape(plan);
  BatchedAnswer answer;
  answer.added = batch.add(answers.shaped_head(plan, facts), 1);
  answer.status = facts.status;
  if (!answer.added || plan.head_only || (facts.body_size == 0 && !facts.chunked)) return answer;
  const std::string_view small = facts.chunked ? std::string_view() : answers.small_body(plan);
  answer.body_follows = small.empty() || !batch.add(small, 0);
  answer.chunked = facts.chunked;
  answer.body_size = facts.body_size;
  return answer;
}

}  // namespace

BatchedAnswer add_answer(OutputBatch& batch, Answers& answers, const ResponsePlan& plan) {
  return plan.shaped ? add_shaped(batch, answers, plan) : add_configured(batch, answers.canned(), plan);
}

}  // namespace demo
