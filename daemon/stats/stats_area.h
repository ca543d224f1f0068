#pragma once

#include <cstddef>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"
#include "stats/stats_page.h"

namespace demo {

// One StatsPage for each possible worker index, in one sparse memfd that all processes map: made and written
// by the supervisor, read by every worker, each worker writes its own page alone. Untouched pages cost no
// memory; reading one allocates it, so read only what is in use.
class StatsArea {
 public:
  // Supervisor: a new area, all pages writable. Error: kResourceExhausted.
  static Result<StatsArea> create();
  // Worker: the area behind the descriptor that it got at exec; own_index below limits::kWorkers.
  // Error: kInvalidArgument for a descriptor that is not such an area or one of another build.
  static Result<StatsArea> open(UniqueFd memory, unsigned own_index);

  StatsArea(StatsArea&& other) noexcept;
  StatsArea& operator=(StatsArea&&) = delete;
  ~StatsArea();

  int fd() const { return memory_.get(); }
  // Any worker's page, for reading. index below limits::kWorkers. Valid as long as the area.
  const StatsPage& page(unsigned index) const;
  // Supervisor: marks the page as one of this build before a worker of that index starts. Keeps what it
  // counted.
  void prepare_page(unsigned index);
  // In a worker its own page, in the supervisor any. Aborts for a page that is not this process's to write.
  StatsPage& writable_page(unsigned index);

 private:
  StatsArea(UniqueFd memory, std::byte* pages, std::byte* own_page, unsigned own_index)
      : memory_(std::move(memory)), pages_(pages), own_page_(own_page), own_index_(own_index) {}

  UniqueFd memory_;
  std::byte* pages_ = nullptr;     // all pages; writable in the supervisor alone
  std::byte* own_page_ = nullptr;  // a worker's own page, writable; null in the supervisor
  unsigned own_index_ = 0;
};

}  // namespace demo
