// Properties: any text is refused with a reason or read; what was read is written, and reads as the same
// state again, whether it keeps every rule or not. A number of a generation is refused or kept likewise.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/unique_fd.h"
#include "base/whole_io.h"
#include "config/validate.h"
#include "control/messages/config_json.h"
#include "fuzz_check.h"
#include "supervisor/state/state_store.h"

namespace demo {
namespace {

// A state directory for as long as the run.
class StateFolder {
 public:
  StateFolder() : store_(*StateStore::open(::mkdtemp(path_))) {}
  ~StateFolder() {
    ::unlink(generation().c_str());
    ::rmdir(path_);
  }
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  StateStore& with_generation(std::string_view text) {
    const UniqueFd file(::open(generation().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    fuzz_check(file && write_all(file.get(), text), "the file can be written");
    return store_;
  }

 private:
  std::string generation() const { return std::string(path_) + "/generation"; }

  // In memory: what is kept is on the disk before keep_generation() returns.
  char path_[sizeof "/dev/shm/state-XXXXXX"] = "/dev/shm/state-XXXXXX";
  StateStore store_;
};

void check_generation(std::string_view text) {
  static StateFolder folder;
  StateStore& store = folder.with_generation(text);
  const auto last = store.last_generation();
  fuzz_check(last || !last.error().message.empty(), "a refusal has a reason");
  if (!last) return;
  fuzz_check(store.keep_generation(*last).has_value(), "a generation is kept");
  fuzz_check(store.last_generation() == last, "a generation reads back");
}

void check_state(std::string_view text) {
  const auto state = state_from_json(text);
  fuzz_check(state || !state.error().message.empty(), "a refusal has a reason");
  if (!state) return;
  for (const Error& problem : validate(state->config)) {
    fuzz_check(!problem.message.empty(), "a broken rule is told");
  }
  const auto again = state_from_json(config_to_json(state->config));
  fuzz_check(again.has_value(), "what was written is read");
  fuzz_check(again->unknown.empty(), "what was written is known");
  fuzz_check(again->config == state->config, "a state reads back");
}

}  // namespace
}  // namespace demo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = demo::as_text(data, size);
  demo::check_state(text);
  constexpr std::size_t kGenerationBytes = 32;
  if (size <= kGenerationBytes) demo::check_generation(text);
  return 0;
}
