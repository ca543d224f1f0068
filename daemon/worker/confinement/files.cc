#include "worker/confinement/files.h"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"
#include "worker/confinement/sanitized.h"

namespace demo {
namespace {

// <linux/landlock.h> of kernel 6.12; older headers lack the end of it, older kernels take the beginning when
// the rest is zero.
struct LandlockRuleset {
  std::uint64_t files;
  std::uint64_t ports;
  std::uint64_t scopes;
};
constexpr unsigned kAskForAbi = 1;
constexpr std::uint64_t kBindTcp = 1;
constexpr std::uint64_t kAbstractSocketsAndSignals = 3;

// What a rule set of the ABI can forbid. Connections to sockets are none of it: to which backends they go
// changes while the worker runs, and a rule set cannot grow.
LandlockRuleset all_of(int abi) {
  LandlockRuleset all{};
  all.files = (std::uint64_t{1} << (abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13)) - 1;
  if (abi >= 4) all.ports = kBindTcp;
  if (abi >= 6) all.scopes = kAbstractSocketsAndSignals;
  return all;
}

bool restrict_self(int abi) {
  const LandlockRuleset all = all_of(abi);
  const std::size_t size = abi >= 6   ? sizeof all
                           : abi >= 4 ? offsetof(LandlockRuleset, scopes)
                                      : offsetof(LandlockRuleset, ports);
  const UniqueFd rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all, size, 0)));
  return rules && ::syscall(SYS_landlock_restrict_self, rules.get(), 0) == 0;
}

}  // namespace

void forbid_files(Confinement& confinement) {
  if (is_instrumented()) return;
  const auto abi = static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskForAbi));
  if (abi > 0 && restrict_self(abi)) {
    confinement.landlock_abi = static_cast<unsigned>(abi);
  } else if (errno != ENOSYS && errno != EOPNOTSUPP) {
    confinement.problems.push_back(fmt::format("files cannot be forbidden: {}", errno_text(errno)));
  }
}

}  // namespace demo
