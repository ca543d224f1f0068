#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "supervisor/api/acknowledgement.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// The steps of a change, as the change queue needs them. Implemented by the supervisor.
class ChangeTarget {
 public:
  virtual const Config& config() const = 0;
  virtual std::uint64_t generation() const = 0;
  // Of what workers shall have in force now: what an acknowledgement() of no change waits for.
  virtual std::uint64_t version() const = 0;

  // Whether this machine can run it, beyond validate(): pure. Error: kInvalidArgument.
  virtual Status check(const Config& next) const = 0;
  // What of it is not as somebody may expect, and is not so by now; one sentence each. Pure.
  virtual std::vector<std::string> new_warnings(const Config& next) const = 0;
  // Opens what it needs. Followed by commit() or rollback(). Error: nothing has changed.
  virtual Status prepare(const Config& next) = 0;
  virtual void rollback() = 0;
  // False without a state directory.
  virtual bool persistent() const = 0;
  // What the next start runs: saved last, or started from. Without the changes that were not to be saved.
  virtual const Config& lasting() const = 0;
  // Whether the saved state is this one already, beyond doubt.
  virtual bool is_saved(const Config& config) const = 0;
  // False: saved, but a power loss may undo it, until a later one is true. Error: the saved state is the old
  // one.
  virtual Result<bool> persist(const Config& next) = 0;
  // What runs is about to take this file in. saved: the saved state has, or there is no state directory.
  virtual void take_file(const Config& file, bool saved) = 0;
  // Makes the prepared configuration the running one, of the next generation. Returns the version to wait
  // for.
  virtual std::uint64_t commit(Config next) = 0;
  // One version in which the backend's exchanges are ended; end_cut() takes the mark away with the next
  // commit().
  virtual std::uint64_t cut(const BackendKey& backend) = 0;
  virtual void end_cut() = 0;

  virtual Acknowledgement acknowledgement(std::uint64_t version) const = 0;
  // A change is in force that was to be saved and is not: what it was asked of lacks what was not saved.
  virtual void on_unsaved(const ChangeRequest& request, const Error& why) = 0;
  // A change is in force (not: a dry run or one without differences).
  virtual void on_changed(const ChangeRequest& request, const ChangeOutcome& outcome) = 0;

 protected:
  ~ChangeTarget() = default;
};

}  // namespace demo
