#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

// The three-way merge of `democtl config apply-file`: what the file changed since it was last read (the base)
// is taken, what was changed at run time is kept. The smallest thing that is taken or kept is a value, as
// config_diff() tells it, or a listener, pool or backend that comes or goes; those are told apart by their
// identity, so one that was renamed is one removed and one added. Pure.
namespace demo {

// Which side's value stands where both changed the same thing differently.
enum class MergeSide : std::uint8_t {
  kNone,  // that of the running state, and the collision is yet to be settled
  kFile,
  kRunning,
};

// One thing that both sides changed differently; without a base, one in which they differ.
struct Collision {
  std::string path;     // "pools.api.policy", "listeners.127.0.0.1:80"
  std::string file;     // what the file did: "round-robin -> uri-hash", "removed", "weight: 1 -> 5"
  std::string running;  // what was done at run time
  bool operator==(const Collision&) const = default;
};

// What the merge does about a value.
enum class ValueOrigin : std::uint8_t {
  kFile,     // the file changed it: taken
  kRunning,  // it was changed at run time: kept
  kBoth,     // a collision
};

// A value that file and running state do not have alike. Texts are printable; unset: it is not there, or of
// the base nobody knows.
struct MergedValue {
  std::string path;
  std::optional<std::string> base;
  std::optional<std::string> file;
  std::optional<std::string> running;
  ValueOrigin origin = ValueOrigin::kBoth;
  bool operator==(const MergedValue&) const = default;
};

struct ConfigMerge {
  Config config;                      // not validated
  std::vector<Collision> collisions;  // whether the side settled them or not
  std::size_t taken = 0;              // changes of the file that the running state lacked
  std::size_t kept = 0;               // changes of the running state that the file lacks
  std::vector<MergedValue> values;    // all of these, in a stable order
};

// base: the file as it was when running last took it in; unset when nobody knows, and then everything in
// which file and running differ collides. What both sides changed alike is no collision. Texts of collisions
// are printable.
ConfigMerge merge_config(const std::optional<Config>& base, const Config& file, const Config& running,
                         MergeSide side);

// The base where everything that file and running agree on has been taken in: what a daemon that ended
// between the writes of its state and of the base would have gone on to write, so that what is undone at run
// time from then on is a change of that side. Elements that both added differently stay out of it.
Config settled_base(Config base, const Config& file, const Config& running);

// How the running state and the file stand to each other.
struct FileComparison {
  bool equal = false;           // nothing differs
  bool base_known = false;      // otherwise nobody knows which side made which change
  std::size_t differences = 0;  // all values in which they differ, as config_diff() counts
  std::size_t runtime_changes = 0;
  std::size_t file_changes = 0;  // not in force
  std::size_t collisions = 0;    // counted among both
};
FileComparison compare_with_file(const std::optional<Config>& base, const Config& file,
                                 const Config& running);

}  // namespace demo
