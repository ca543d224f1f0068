#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "quota/quota_memory.h"

namespace demo {

// The QuotaMemory of a daemon in one sparse, sealed memfd, and the bells that wake who waits there: made by
// the supervisor, mapped by every worker from its start on. It lives as long as the supervisor, and on with
// the next one that takes it over.
class QuotaArea {
 public:
  // They cost descriptors.
  static constexpr unsigned kBellsMax = 16;

  // Supervisor. bells: as many as there may be workers, 1 at least, kBellsMax at most: seats that share a
  // bell wake each other needlessly, no more. Error: kResourceExhausted.
  static Result<QuotaArea> create(unsigned bells);
  // Worker: what it got at exec. A supervisor that takes over: what an earlier one made. All bells of the
  // area, in their order. Error: other_build() for a descriptor that is not such an area, for one of another
  // build, and for another number of bells; kResourceExhausted.
  static Result<QuotaArea> open(UniqueFd memory, std::vector<UniqueFd> bells);

  int fd() const { return fd_.get(); }
  const std::vector<UniqueFd>& bells() const { return bells_; }
  // Valid as long as the area, also when that is moved.
  QuotaMemory& memory() { return *memory_; }

  // An eventfd(2); each write is an edge for all that watch it (EPOLLET) and nobody ever reads.
  int bell_of(unsigned seat) const { return bells_[seat % bells_.size()].get(); }
  // Wakes the process in this seat, by one call at most: none while it is on its way already.
  void ring(unsigned seat);
  // Wakes everybody: somebody died who may have been about to wake another.
  void ring_all();

 private:
  struct Unmap {
    void operator()(QuotaMemory* memory) const;
  };

  // Memory of the right size.
  static Result<QuotaArea> map(UniqueFd memory, std::vector<UniqueFd> bells);
  QuotaArea(UniqueFd fd, std::vector<UniqueFd> bells, QuotaMemory* memory)
      : fd_(std::move(fd)), bells_(std::move(bells)), memory_(memory) {}

  UniqueFd fd_;
  std::vector<UniqueFd> bells_;
  std::unique_ptr<QuotaMemory, Unmap> memory_;
};

}  // namespace demo
