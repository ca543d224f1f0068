#include "stats/stats_area.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/other_build.h"

namespace demo {
namespace {

// Of another order or size of what is in the area, or of other pages, it is another number.
constexpr std::uint32_t area_layout() {
  std::uint64_t hash = fnv_hash(kStatsLayout, kFnvStart);
  for (const std::uint64_t number :
       {std::uint64_t{StatsArea::kPages}, std::uint64_t{limits::kWorkers}, std::uint64_t{sizeof(KeptFigures)},
        std::uint64_t{sizeof(KeptFigures::Worker)}, std::uint64_t{offsetof(KeptFigures, workers)},
        std::uint64_t{offsetof(KeptFigures, listeners)}, std::uint64_t{offsetof(KeptFigures, backends)}}) {
    hash = fnv_hash(number, hash);
  }
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

// mmap(2) takes offsets in multiples of the machine's page size alone.
std::size_t rounded(std::size_t bytes) {
  static const auto unit = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + unit - 1) / unit * unit;
}

// Distance of two pages.
std::size_t stride() {
  static const std::size_t bytes = rounded(sizeof(StatsPage));
  return bytes;
}

std::size_t directory_offset() { return stride() * StatsArea::kPages; }

// The directory fits one stride. Workers map what is before this.
std::size_t kept_offset() { return directory_offset() + stride(); }

std::size_t total() { return kept_offset() + rounded(sizeof(KeptFigures)); }

std::byte* map(int fd, std::size_t size, int protection, std::size_t offset) {
  void* const memory = ::mmap(nullptr, size, protection, MAP_SHARED, fd, static_cast<off_t>(offset));
  return memory == MAP_FAILED ? nullptr : static_cast<std::byte*>(memory);
}

Error exhausted(const char* call) {
  return {ErrorCode::kResourceExhausted, std::string("statistics: ") + call + ": " + errno_text(errno), "",
          ""};
}

Error no_area() {
  return other_build("", "statistics: the descriptor is not a statistics area of this build");
}

// As far as its size tells.
bool is_area(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && status.st_size == static_cast<off_t>(total());
}

}  // namespace

Result<StatsArea> StatsArea::create() {
  UniqueFd memory(::memfd_create("demo-stats", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) return exhausted("memfd_create");
  if (::ftruncate(memory.get(), static_cast<off_t>(total())) != 0) return exhausted("ftruncate");
  // Who reads beyond the end of a file that shrank is killed.
  if (::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return exhausted("F_ADD_SEALS");
  }
  Result<StatsArea> area = map_all(std::move(memory));
  if (!area) return area;
  area->directory_->magic = StatsPage::kMagic;
  area->directory_->layout = area_layout();
  return area;
}

Result<StatsArea> StatsArea::adopt(UniqueFd memory) {
  if (!is_area(memory.get())) return no_area();
  Result<StatsArea> area = map_all(std::move(memory));
  if (!area) return area;
  const Directory& directory = *area->directory_;
  if (directory.magic != StatsPage::kMagic || directory.layout != area_layout()) return no_area();
  return area;
}

Result<StatsArea> StatsArea::map_all(UniqueFd memory) {
  std::byte* const pages = map(memory.get(), total(), PROT_READ | PROT_WRITE, 0);
  if (pages == nullptr) return exhausted("mmap");
  return StatsArea(std::move(memory), pages, nullptr, 0);
}

Result<StatsArea> StatsArea::open(UniqueFd memory, unsigned own_index) {
  if (own_index >= StatsArea::kPages || !is_area(memory.get())) return no_area();
  std::byte* const pages = map(memory.get(), kept_offset(), PROT_READ, 0);
  if (pages == nullptr) return exhausted("mmap");
  std::byte* const own = map(memory.get(), stride(), PROT_READ | PROT_WRITE, stride() * own_index);
  if (own == nullptr) {
    ::munmap(pages, kept_offset());
    return exhausted("mmap");
  }
  StatsArea area(std::move(memory), pages, own, own_index);
  StatsPage& page = area.writable_page(own_index);
  if (page.magic != StatsPage::kMagic || page.layout != kStatsLayout) {
    return other_build("", "statistics: the page is of another build");
  }
  return area;
}

StatsArea::StatsArea(UniqueFd memory, std::byte* pages, std::byte* own_page, unsigned own_index)
    : memory_(std::move(memory)),
      pages_(pages),
      directory_(reinterpret_cast<Directory*>(pages + directory_offset())),
      own_page_(own_page),
      own_index_(own_index) {
  static_assert(sizeof(Directory) <= sizeof(StatsPage));
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
}

StatsArea::StatsArea(StatsArea&& other) noexcept
    : memory_(std::move(other.memory_)),
      pages_(std::exchange(other.pages_, nullptr)),
      directory_(std::exchange(other.directory_, nullptr)),
      own_page_(std::exchange(other.own_page_, nullptr)),
      own_index_(other.own_index_) {}

StatsArea::~StatsArea() {
  if (pages_ != nullptr) ::munmap(pages_, own_page_ != nullptr ? kept_offset() : total());
  if (own_page_ != nullptr) ::munmap(own_page_, stride());
}

const StatsPage& StatsArea::page(unsigned index) const {
  if (index >= StatsArea::kPages) std::abort();
  return *reinterpret_cast<const StatsPage*>(pages_ + stride() * index);
}

std::vector<std::uint32_t> StatsArea::used_listeners(unsigned index) const {
  return used(page(index).listeners);
}

std::vector<std::uint32_t> StatsArea::used_backends(unsigned index) const {
  return used(page(index).backends);
}

// Of a page.
template <typename Place, std::size_t kCount>
std::vector<std::uint32_t> StatsArea::used(const Place (&places)[kCount]) const {
  const off_t first = reinterpret_cast<const std::byte*>(places) - pages_;
  const auto end = first + static_cast<off_t>(sizeof places);
  constexpr auto kSize = static_cast<off_t>(sizeof(Place));
  std::vector<std::uint32_t> slots;
  off_t next = 0;  // the first slot that is not looked at yet
  for (off_t at = first; at < end;) {
    off_t data = ::lseek(memory_.get(), at, SEEK_DATA);
    if (data >= end || (data < 0 && errno == ENXIO)) break;
    const off_t hole = data < 0 ? -1 : ::lseek(memory_.get(), data, SEEK_HOLE);
    // A kernel that cannot tell: all of it.
    if (hole < 0) data = at;
    at = hole < 0 ? end : std::min(hole, end);
    next = std::max(next, (data - first) / kSize);
    for (; next * kSize < at - first; ++next) slots.push_back(static_cast<std::uint32_t>(next));
  }
  return slots;
}

void StatsArea::prepare_page(unsigned index) {
  StatsPage& page = writable_page(index);
  page.magic = StatsPage::kMagic;
  page.layout = kStatsLayout;
}

void StatsArea::clear_page(unsigned index) {
  StatsPage& page = writable_page(index);
  const auto offset = static_cast<off_t>(stride() * index);
  const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  if (::fallocate(memory_.get(), mode, offset, static_cast<off_t>(stride())) == 0) return;
  std::memset(static_cast<void*>(&page), 0, sizeof page);
}

void StatsArea::set_live_pages(std::span<const unsigned> pages) {
  if (own_page_ != nullptr || pages.size() > StatsArea::kPages) std::abort();
  for (std::size_t i = 0; i < pages.size(); ++i)
    directory_->pages[i].store(pages[i], std::memory_order_relaxed);
  directory_->count.store(static_cast<std::uint32_t>(pages.size()), std::memory_order_release);
}

KeptFigures& StatsArea::kept() {
  if (own_page_ != nullptr) std::abort();
  return *reinterpret_cast<KeptFigures*>(pages_ + kept_offset());
}

StatsPage& StatsArea::writable_page(unsigned index) {
  if (index >= StatsArea::kPages) std::abort();
  if (own_page_ != nullptr) {
    if (index != own_index_) std::abort();
    return *reinterpret_cast<StatsPage*>(own_page_);
  }
  return *reinterpret_cast<StatsPage*>(pages_ + stride() * index);
}

}  // namespace demo
