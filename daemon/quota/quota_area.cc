#include "quota/quota_area.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/other_build.h"

namespace demo {
namespace {

Error exhausted(const char* call) {
  return {ErrorCode::kResourceExhausted, std::string("shared limits: ") + call + ": " + errno_text(errno), "",
          ""};
}

Error no_area() {
  return other_build("", "shared limits: the descriptors are not such an area of this build");
}

// Never blocks: the counter would have to run full, which takes longer than any daemon lives.
void strike(int bell) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(bell, &one, sizeof one);
}

}  // namespace

void QuotaArea::Unmap::operator()(QuotaMemory* memory) const { ::munmap(memory, sizeof *memory); }

Result<QuotaArea> QuotaArea::create(unsigned bells) {
  UniqueFd memory(::memfd_create("demo-quota", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) return exhausted("memfd_create");
  if (::ftruncate(memory.get(), sizeof(QuotaMemory)) != 0) return exhausted("ftruncate");
  if (::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return exhausted("F_ADD_SEALS");
  }
  std::vector<UniqueFd> made;
  for (unsigned i = 0; i < std::clamp(bells, 1U, kBellsMax); ++i) {
    made.emplace_back(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!made.back()) return exhausted("eventfd");
  }
  auto area = map(std::move(memory), std::move(made));
  if (!area) return area;
  area->memory().bells.store(static_cast<std::uint32_t>(area->bells().size()));
  area->memory().layout.store(kQuotaLayout);
  return area;
}

Result<QuotaArea> QuotaArea::open(UniqueFd memory, std::vector<UniqueFd> bells) {
  struct stat status {};
  if (bells.empty() || ::fstat(memory.get(), &status) != 0 ||
      status.st_size != static_cast<off_t>(sizeof(QuotaMemory))) {
    return no_area();
  }
  auto area = map(std::move(memory), std::move(bells));
  if (!area) return area;
  const QuotaMemory& found = area->memory();
  if (found.layout.load() != kQuotaLayout || found.bells.load() != area->bells().size()) return no_area();
  return area;
}

Result<QuotaArea> QuotaArea::map(UniqueFd memory, std::vector<UniqueFd> bells) {
  void* const at = ::mmap(nullptr, sizeof(QuotaMemory), PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
  if (at == MAP_FAILED) return exhausted("mmap");
  return QuotaArea(std::move(memory), std::move(bells), static_cast<QuotaMemory*>(at));
}

void QuotaArea::ring(unsigned seat) {
  if (memory_->seats[seat].rung.exchange(1) == 0) strike(bell_of(seat));
}

void QuotaArea::ring_all() {
  for (const UniqueFd& bell : bells_) strike(bell.get());
}

}  // namespace demo
