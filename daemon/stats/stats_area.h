#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "stats/kept_figures.h"
#include "stats/stats_page.h"

namespace demo {

// One StatsPage for each possible worker process and the figures of those that are gone, in one sparse memfd:
// made and written by the supervisor, whose next process may take it over. Every worker reads the pages, and
// writes its own page alone. Untouched pages cost no memory; reading one allocates it, so read only what is
// in use.
class StatsArea {
 public:
  // Processes of all workers together, with those that drain: a worker beyond waits until one has left, and a
  // restart is refused.
  static constexpr unsigned kPages = 2 * limits::kWorkers;

  // Supervisor: a new area, all pages writable. Error: kResourceExhausted.
  static Result<StatsArea> create();
  // Supervisor: the area that an earlier supervisor process made, all pages writable; it holds what it held.
  // Error: other_build() for a descriptor that is not such an area or one of another build,
  // kResourceExhausted.
  static Result<StatsArea> adopt(UniqueFd memory);
  // Worker: the area behind the descriptor that it got at exec; own_page below kPages.
  // Error: other_build() for a descriptor that is not such an area or one of another build.
  static Result<StatsArea> open(UniqueFd memory, unsigned own_page);

  StatsArea(StatsArea&& other) noexcept;
  StatsArea& operator=(StatsArea&&) = delete;
  ~StatsArea();

  int fd() const { return memory_.get(); }
  // Any process's page, for reading. index below kPages. Valid as long as the area.
  const StatsPage& page(unsigned index) const;
  // The places of listeners or backends, ascending, which have memory in the page: in all others nothing was
  // ever counted.
  std::vector<std::uint32_t> used_listeners(unsigned index) const;
  std::vector<std::uint32_t> used_backends(unsigned index) const;
  // Supervisor: marks the page as one of this build before a worker that writes it starts. Keeps what it
  // counted.
  void prepare_page(unsigned index);
  // Supervisor: back to zero, as before prepare_page(); costs no memory any more.
  void clear_page(unsigned index);

  // Supervisor: the pages of all processes that live or will, for live_page().
  void set_live_pages(std::span<const unsigned> pages);
  // The n-th of them, n below live_pages(). A reader may see a change half done, with a page too many or too
  // few.
  unsigned live_pages() const { return directory_->count.load(std::memory_order_acquire); }
  unsigned live_page(unsigned n) const { return directory_->pages[n].load(std::memory_order_relaxed); }
  // Supervisor alone: aborts in a worker. Valid as long as the area, also when that is moved.
  KeptFigures& kept();
  // In a worker its own page, in the supervisor any. Aborts for a page that is not this process's to write.
  StatsPage& writable_page(unsigned index);

 private:
  // Behind the pages.
  struct Directory {
    std::uint32_t magic;   // as in a page
    std::uint32_t layout;  // of all of the area
    std::atomic<std::uint32_t> count;
    std::atomic<std::uint32_t> pages[kPages];
  };

  template <typename Place, std::size_t kCount>
  std::vector<std::uint32_t> used(const Place (&places)[kCount]) const;
  static Result<StatsArea> map_all(UniqueFd memory);
  StatsArea(UniqueFd memory, std::byte* pages, std::byte* own_page, unsigned own_index);

  UniqueFd memory_;
  std::byte* pages_ = nullptr;  // all pages and what is behind them; writable in the supervisor alone
  Directory* directory_ = nullptr;
  std::byte* own_page_ = nullptr;  // a worker's own page, writable; null in the supervisor
  unsigned own_index_ = 0;
};

}  // namespace demo
