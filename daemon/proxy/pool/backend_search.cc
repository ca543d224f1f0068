#include "proxy/pool/backend_search.h"

#include <cerrno>
#include <utility>

#include "base/connect_failure.h"

namespace demo {
namespace {

// Counts an attempt at a backend where the same request has failed before: it is one request that fails
// there, however often it is tried.
void count_again(const TriedMembers& tried, const Member& member) {
  if (tried.has_itself(member)) member.stats.attempts_again.add();
}

void count_again(const TriedMembers& tried, const Grant& grant) {
  if (grant.outcome == GrantOutcome::kNoResources || grant.outcome == GrantOutcome::kQueued) return;
  if (grant.member != nullptr) count_again(tried, *grant.member);
}

}  // namespace

void BackendSearch::begin(BackendPool& pool, std::uint64_t hash, bool fresh) {
  pool_ = &pool;
  hash_ = hash;
  fresh_ = fresh;
  attempt_ns_ = loop_.now_ns();
}

Grant BackendSearch::seek() {
  Grant grant;
  if (++attempts_ == 1) {
    grant = pool_->acquire(*this, wish());
  } else {
    tried_.begin_attempt();
    grant = pool_->acquire_again(*this, wish());
    count_again(tried_, grant);
  }
  connection_ = grant.connection;
  return grant;
}

void BackendSearch::on_grant(const Grant& grant) {
  count_again(tried_, grant);
  connection_ = grant.connection;
  seeker_.on_grant(grant);
}

void BackendSearch::on_racer_failed(const BackendConnection& failed, bool timed_out) {
  count_again(tried_, failed.member());
  timed_out ? tried_.add_silent(failed.member()) : tried_.add(failed.member());
  others_only_ = others_only_ || failed.failed_here();
}

void BackendSearch::on_connection_changed(BackendConnection& connection) {
  const BackendConnection& before = *std::exchange(connection_, &connection);
  seeker_.on_connection_changed(before);
}

bool BackendSearch::fail_here(Member& member) {
  others_only_ = true;
  tried_.add(member);
  attempt_ns_ = loop_.now_ns();
  return attempts_ < kAttemptsPerRequest;
}

bool BackendSearch::fail(AttemptFailure failure, Member& member, int error_number,
                         const Repeatable& request) {
  report(failure, member, error_number);
  const bool connect_failed =
      failure == AttemptFailure::kConnectRefused || failure == AttemptFailure::kConnectTimeout;
  const AttemptFacts facts{failure, request.idempotent, !connect_failed && request.anything_sent,
                           request.replayable, attempts_};
  const bool again =
      may_retry(facts) && (connect_failed ? pool_->may_connect_again() : pool_->may_send_again());
  if (!again) return false;
  // The backend of a dead pooled connection may be fine: it is not avoided, its other pooled ones are.
  if (failure == AttemptFailure::kConnectTimeout) {
    tried_.add_silent(member);
  } else if (!reused()) {
    tried_.add(member);
  }
  fresh_ = fresh_ || reused();
  member.stats.retries.add();
  attempt_ns_ = loop_.now_ns();
  return true;
}

void BackendSearch::report(AttemptFailure failure, Member& member, int error_number) {
  switch (failure) {
    case AttemptFailure::kConnectRefused:
      // Without a connection connect(2) failed at once, and the pool has counted it.
      if (connection_ != nullptr) member.stats.connect_errors.add();
      return pool_->judge().report_unreachable(member, connect_trouble(error_number).of_it, attempt_ns_);
    case AttemptFailure::kConnectTimeout:
      member.stats.connect_timeouts.add();
      return pool_->judge().report_unreachable(member, connect_trouble(ETIMEDOUT).of_it, attempt_ns_);
    case AttemptFailure::kClosedEarly:
      // A pooled connection may end at any time; only a fresh one says something about the backend.
      if (reused()) return;
      member.stats.response_errors.add();
      return pool_->judge().report_failure(member, "it closed connections without a response", attempt_ns_);
    case AttemptFailure::kSpokeFirst:
      member.stats.response_errors.add();
      return pool_->judge().report_failure(member, "it spoke before it was asked", attempt_ns_);
    case AttemptFailure::kHeadTimeout:
      return;
  }
}

void BackendSearch::blame(Counter BackendStats::*figure, std::string_view why) {
  Member& member = connection_->member();
  (member.stats.*figure).add();
  pool_->judge().report_failure(member, why, attempt_ns_);
}

bool BackendSearch::outlives_cut() {
  if (!waits_in_line() || attempts_ >= kAttemptsPerRequest) return false;
  give_back(false);
  attempt_ns_ = loop_.now_ns();
  return true;
}

void BackendSearch::give_back(bool reusable) {
  if (connection_ != nullptr) pool_->release(*std::exchange(connection_, nullptr), reusable);
}

void BackendSearch::leave_queue() {
  if (pool_ != nullptr) pool_->leave_queue(*this);
}

}  // namespace demo
