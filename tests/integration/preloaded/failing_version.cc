// Preloaded into the daemon under test: a version that takes the place of another fails where the file
// DEMO_TEST_FAILURE says; the one before, whose file was replaced, does not.
#include <dlfcn.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "" for none.
std::string failure() {
  const char* const path = std::getenv("DEMO_TEST_FAILURE");
  std::string word = path == nullptr ? "" : contents(path);
  while (!word.empty() && word.back() == '\n') word.pop_back();
  return word;
}

bool is_said(const std::string& path, const char* word) {
  return contents(path).find(word) != std::string::npos;
}

bool rehearses() { return is_said("/proc/self/cmdline", "--rehearse"); }
bool belongs_to_rehearsal() {
  return is_said("/proc/" + std::to_string(::getppid()) + "/cmdline", "--rehearse");
}
// Whether its file was replaced by another version's.
bool is_before(const std::string& process) {
  char path[4096];
  const ssize_t size = ::readlink(("/proc/" + process + "/exe").c_str(), path, sizeof path);
  return std::string(path, size < 0 ? 0 : static_cast<size_t>(size)).ends_with(" (deleted)");
}

// What lies there by then is of the version that fails.
void spoil_file() {
  if (const char* const path = std::getenv("DEMO_TEST_SPOILED")) std::ofstream(path) << "nonsense = 1\n";
}

[[gnu::constructor]] void fail() {
  const std::string how = failure();
  if (is_said("/proc/self/cmdline", "demo-server-worker")) {
    const bool of_next = !belongs_to_rehearsal() && !is_before(std::to_string(::getppid()));
    if (how == "workers-end" && of_next) {
      spoil_file();
      ::_exit(7);
    }
    return;
  }
  if (how == "rehearsal-crashes" && rehearses()) std::abort();
  if (how == "rehearsal-hangs" && rehearses()) ::pause();
  if (how == "dies-at-once" && !rehearses()) std::raise(SIGKILL);
}

}  // namespace

// Called when the daemon begins to have its sockets.
extern "C" int signalfd(int fd, const sigset_t* mask, int flags) noexcept {
  using Real = int (*)(int, const sigset_t*, int);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "signalfd"));
  if (!rehearses() && !is_before("self") && failure() == "is-killed") {
    spoil_file();
    std::raise(SIGSEGV);
  }
  return real(fd, mask, flags);
}
