#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

// The saved state, state.json in a directory of its own, as opaque bytes: always the old or the new ones,
// whatever dies while saving. Owns the directory's descriptor and its lock; runs on the supervisor's loop and
// blocks for fsync.
class StateStore {
 public:
  // Whether bytes are a state that this daemon can use.
  using Check = std::function<Status(std::string_view bytes)>;

  // fsync(2) of the directory: 0, or errno. Tests pass one that fails.
  using Sync = std::function<int(int fd)>;
  static int sync_directory(int fd);

  // A state that is written.
  struct Saved {
    std::string doubt;  // why a power loss may still undo it, one sentence; empty: it may not
  };

  struct Loaded {
    std::optional<std::string> bytes;  // unset: nothing was ever saved, or it is damaged
    std::string damage;  // one sentence: why, and where the damaged file was put; empty when all is well
  };

  // Takes the directory (which must exist) for this process alone and removes what a crashed save left
  // behind. kNotFound, kPermissionDenied, kFailedPrecondition when another process holds it. open(2),
  // flock(2)
  static Result<StateStore> open(std::string directory, Sync sync = sync_directory);

  // What open() would say of the directory, which stays as it is; that another process holds it is no
  // mistake.
  static Status check(const std::string& directory);
  // And load() and load_file(), whose files stay where they are. kFailedPrecondition for one that would be
  // set aside.
  static Status check(const std::string& directory, const Check& state, const Check& file);

  // Reads the saved state, and waits for nobody. A file that check refuses, that cannot be read whole or is
  // no regular file of this user or root is set aside as state.json.damaged-TIME so that nothing is lost and
  // the next save does not overwrite it.
  Result<Loaded> load(const Check& check);

  // The same of the configuration file as the saved state has taken it in, file.json beside it.
  Result<Loaded> load_file(const Check& check);

  // Replaces the saved state: a temporary file, fsync, rename, fsync of the directory; rename(2). After an
  // error a later load() finds the old state. A file system that cannot fsync directories is taken at its
  // word; any other failure of that last step is a doubt, for the new state is in place.
  // kResourceExhausted for a full disk or quota.
  // A directory that was put in the place of the one that was opened is taken as by open(); when there is
  // none, because it was renamed or removed: kNotFound.
  Result<Saved> save(std::string_view bytes);
  // The same of the file that the saved state has taken in. After the state: whoever dies between the two
  // leaves a state with changes that the file seems to make again, which is no collision. The other way round
  // those changes would be lost.
  Result<Saved> save_file(std::string_view bytes);

  // The last generation that a daemon with this directory may have had: what keep_generation() wrote last, 0
  // without any. kInternal for what is no number, or the error of reading it. May be called at any time.
  Result<std::uint64_t> last_generation() const;
  // Writes it, as save() does.
  Result<Saved> keep_generation(std::uint64_t last);

  // A file that could not be used.
  struct Damaged {
    std::string path;
    bool is_state = false;  // otherwise the configuration file as the state took it in
  };
  // Files that were set aside, by this start or an earlier one, and that nobody took away yet.
  std::vector<Damaged> damaged() const;

  // Whether a file of so many bytes can be written into the directory now, by a trial that leaves nothing
  // behind. Blocks, and may run on any thread beside all others. The error is that of save().
  static Status try_writing(const std::string& directory, std::size_t bytes);

  // Whether the directory's name still leads to the one that is open.
  bool in_place() const;

  const std::string& directory() const { return directory_; }

 private:
  StateStore(std::string directory, UniqueFd fd, Sync sync);
  // A file of the folder, as it was found.
  struct Found {
    std::optional<std::string> bytes;
    std::string why_not;  // why it cannot be used; empty: it can, or there is none
  };
  // what: how messages call it.
  static Result<Found> find(int folder, const std::string& path, const char* name, std::string_view what,
                            const Check& check);
  Result<Loaded> load(const char* name, std::string_view what, const Check& check);
  // The new name.
  Result<std::string> set_aside(const char* file);
  // name.new is written first, and becomes name.
  Result<Saved> replace(const std::string& name, std::string_view bytes);
  Status follow();

  std::string directory_;
  UniqueFd fd_;
  Sync sync_;
  std::vector<std::string> damaged_;  // names that lay there at the start
};

}  // namespace demo
