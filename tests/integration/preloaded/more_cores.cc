// Preloaded into the daemon under test: it sees as many cores as DEMO_TEST_CORES says, and what it pins to
// core N runs on core N modulo those that there are. So small machines test what happens with more workers.
#include <dlfcn.h>
#include <sched.h>

#include <cstdlib>

namespace {

using GetAffinity = int (*)(pid_t, size_t, cpu_set_t*);
using SetAffinity = int (*)(pid_t, size_t, const cpu_set_t*);

int real_cores(size_t size, cpu_set_t* set) {
  static const auto next = reinterpret_cast<GetAffinity>(::dlsym(RTLD_NEXT, "sched_getaffinity"));
  return next(0, size, set);
}

// The (n modulo their number)th of the cores in the set.
int nth_core(size_t n, size_t size, const cpu_set_t* set) {
  n %= static_cast<size_t>(CPU_COUNT_S(size, set));
  int core = 0;
  while (!CPU_ISSET_S(core, size, set) || n-- > 0) ++core;
  return core;
}

}  // namespace

extern "C" int sched_getaffinity(pid_t, size_t size, cpu_set_t* set) noexcept {
  const char* const cores = std::getenv("DEMO_TEST_CORES");
  if (cores == nullptr) return real_cores(size, set);
  CPU_ZERO_S(size, set);
  for (int core = 0; core < std::atoi(cores); ++core) CPU_SET_S(core, size, set);
  return 0;
}

extern "C" int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t* wanted) noexcept {
  static const auto next = reinterpret_cast<SetAffinity>(::dlsym(RTLD_NEXT, "sched_setaffinity"));
  static cpu_set_t parent = [] {
    cpu_set_t all;
    real_cores(sizeof all, &all);
    return all;
  }();
  cpu_set_t mapped;
  CPU_ZERO(&mapped);
  for (size_t core = 0; core < size * 8; ++core) {
    if (CPU_ISSET_S(core, size, wanted)) CPU_SET(nth_core(core, sizeof parent, &parent), &mapped);
  }
  return next(pid, sizeof mapped, &mapped);
}
