#include "base/descriptor_shortage.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <cerrno>

#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

std::string why_no_descriptor() {
  // The kernel is asked, which counts more than numbers: those above the limit, and the files of the host.
  if (UniqueFd(::eventfd(0, EFD_CLOEXEC))) return {};
  if (errno != EMFILE) return errno_text(errno);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return fmt::format("all {} are in use: {}", limit.rlim_cur, kRaiseDescriptorLimit);
}

}  // namespace demo
