#include "config/config_merge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "base/printable.h"
#include "config/config_diff.h"
#include "config/element_index.h"
#include "config/fields.h"
#include "config/identity.h"
#include "config/merge_references.h"
#include "config/value_text.h"

namespace demo {
namespace {

// Finds the value of another object that stands where a visitor of for_each_field is in this one.
template <typename T>
class ValuePicker {
 public:
  explicit ValuePicker(std::size_t number) : left_(number) {}

  template <typename U>
  void operator()(std::string_view, U& value, const FieldForm& = {}) {
    if constexpr (std::is_same_v<const U, const T>) {
      if (left_ == 0) found_ = &value;
    }
    --left_;
  }

  const T& found() const { return *found_; }

 private:
  std::size_t left_;
  const T* found_ = nullptr;
};

template <typename T, typename S>
const T& value_at(const S& object, std::size_t number) {
  ValuePicker<T> picker(number);
  for_each_field(object, picker);
  return picker.found();
}

// A state that holds nothing but one element, so that differences of elements are told as those of states.
Config holding(const Listener& listener, const std::string&) {
  Config config;
  config.listeners = {listener};
  return config;
}
Config holding(const Pool& pool, const std::string&) {
  Config config;
  config.pools = {pool};
  return config;
}
Config holding(const Backend& backend, const std::string& pool) {
  Config config;
  config.pools.emplace_back().name = pool;
  config.pools.back().backends = {backend};
  return config;
}
Config holding(const WorkerPlan& workers, const std::string&) {
  Config config;
  config.workers = workers;
  return config;
}

// One decision in several values: a core list outweighs the count, so halves of two plans make none.
template <typename T>
constexpr bool kIsOneValue = std::is_same_v<T, WorkerPlan>;

// The state of all three sides, from one section to those in it. Borrows the result.
class Merger {
 public:
  Merger(ConfigMerge& result, MergeSide side) : result_(result), side_(side) {}

  // base: null when nobody knows, or when both sides added the section's element. prefix: "" or ends in ".".
  template <typename S>
  void merge_section(const S* base, const S& file, S& running, const std::string& prefix) {
    std::size_t number = 0;
    auto visit = [&]<typename T>(std::string_view name, T& value, const FieldForm& form = {}) {
      const T* const before = base == nullptr ? nullptr : &value_at<T>(*base, number);
      const T& wanted = value_at<T>(file, number++);
      const std::string path = fmt::format("{}{}", prefix, name);
      if constexpr (Section<T> && !kIsOneValue<T>) {
        merge_section(before, wanted, value, path + ".");
      } else if constexpr (SectionList<T>) {
        merge_list(before, wanted, value, path, running);
      } else {
        merge_value(before, wanted, value, path, form.unit);
      }
    };
    for_each_field(running, visit);
  }

 private:
  template <typename T>
  void merge_value(const T* base, const T& file, T& running, const std::string& path, FieldUnit unit) {
    if (file == running) return;
    if (base != nullptr && *base == file) {
      ++result_.kept;
      note(path, base, &file, &running, unit, ValueOrigin::kRunning);
    } else if (base != nullptr && *base == running) {
      note(path, base, &file, &running, unit, ValueOrigin::kFile);
      running = file;
      ++result_.taken;
    } else {
      note(path, base, &file, &running, unit, ValueOrigin::kBoth);
      collide(path, change_text(base, file, unit), change_text(base, running, unit));
      if (side_ == MergeSide::kFile) running = file;
    }
  }

  template <typename T, typename Owner>
  void merge_list(const std::vector<T>* base, const std::vector<T>& file, std::vector<T>& running,
                  const std::string& path, const Owner& owner) {
    static const std::vector<T> kNone;
    const ElementIndex<T> before_of(base == nullptr ? kNone : *base);
    const ElementIndex<T> wanted_of(file);
    std::vector<T> merged;
    for (T& element : running) {
      const T* const before = before_of.find(element);
      const T* const wanted = wanted_of.find(element);
      const std::string inner = fmt::format("{}.{}", path, identity(element));
      if (wanted != nullptr) {
        merge_section(before, *wanted, element, inner + ".");
      } else if (drop(base != nullptr, before, element, inner, owner)) {
        continue;
      }
      merged.push_back(std::move(element));
    }
    std::vector<T> added;
    const ElementIndex<T> merged_of(merged);
    for (const T& element : file) {
      if (merged_of.find(element) != nullptr || wanted_of.find(element) != &element) continue;
      const std::string inner = fmt::format("{}.{}", path, identity(element));
      if (add(base != nullptr, before_of.find(element), element, inner, owner)) added.push_back(element);
    }
    std::ranges::move(added, std::back_inserter(merged));
    running = std::move(merged);
  }

  // Whether an element that the file does not have goes.
  template <typename T, typename Owner>
  bool drop(bool base_known, const T* base, const T& running, const std::string& path, const Owner& owner) {
    if (base_known && base == nullptr) {
      ++result_.kept;
      note_element(path, false, false, true, ValueOrigin::kRunning);
      return false;
    }
    const std::string change = base == nullptr ? std::string() : element_change(*base, running, owner);
    const bool taken = base_known && change.empty();
    note_element(path, base != nullptr, false, true, taken ? ValueOrigin::kFile : ValueOrigin::kBoth);
    if (taken) {
      ++result_.taken;
      return true;
    }
    collide(path, base_known ? "removed" : "not there", base_known ? change : "there");
    return side_ == MergeSide::kFile;
  }

  // Whether an element that is not running comes.
  template <typename T, typename Owner>
  bool add(bool base_known, const T* base, const T& file, const std::string& path, const Owner& owner) {
    if (base_known && base == nullptr) {
      ++result_.taken;
      note_element(path, false, true, false, ValueOrigin::kFile);
      return true;
    }
    const std::string change = base == nullptr ? std::string() : element_change(*base, file, owner);
    const bool kept = base_known && change.empty();
    note_element(path, base != nullptr, true, false, kept ? ValueOrigin::kRunning : ValueOrigin::kBoth);
    if (kept) {
      ++result_.kept;
      return false;
    }
    collide(path, base_known ? change : "there", base_known ? "removed" : "not there");
    return side_ == MergeSide::kFile;
  }

  // "weight: 1 -> 5; backup: false -> true"; empty when nothing differs.
  template <typename T, typename Owner>
  static std::string element_change(const T& from, const T& to, const Owner& owner) {
    std::string pool;
    if constexpr (std::is_same_v<Owner, Pool>) pool = owner.name;
    return summarise_diff(diff_config(holding(from, pool), holding(to, pool)));
  }

  template <typename T>
  static std::string change_text(const T* from, const T& to, FieldUnit unit) {
    if constexpr (kIsOneValue<T>) {
      return element_change(from == nullptr ? T{} : *from, to, to);
    } else {
      const std::string after = shown_value(value_text(to, unit));
      return from == nullptr ? after : fmt::format("{} -> {}", shown_value(value_text(*from, unit)), after);
    }
  }

  template <typename T>
  static std::optional<std::string> text_of(const T* value, FieldUnit unit) {
    if (value == nullptr) return std::nullopt;
    if constexpr (kIsOneValue<T>) {
      std::vector<std::string> set;
      auto visit = [&]<typename U>(std::string_view name, const U& part, const FieldForm& form = {}) {
        const std::string text = value_text(part, form.unit);
        if (text != value_text(value_at<U>(T{}, set.size()), form.unit)) {
          set.push_back(fmt::format("{} {}", name, text));
        } else {
          set.emplace_back();
        }
      };
      for_each_field(*value, visit);
      std::erase(set, "");
      return set.empty() ? "default" : printable(fmt::format("{}", fmt::join(set, ", ")));
    } else {
      return printable(shown_value(value_text(*value, unit)));
    }
  }

  template <typename T>
  void note(const std::string& path, const T* base, const T* file, const T* running, FieldUnit unit,
            ValueOrigin origin) {
    result_.values.push_back(
        {printable(path), text_of(base, unit), text_of(file, unit), text_of(running, unit), origin});
  }

  // Of a listener, pool or backend that not all sides have.
  void note_element(const std::string& path, bool in_base, bool in_file, bool in_running,
                    ValueOrigin origin) {
    const auto text = [](bool there) { return there ? std::optional<std::string>("there") : std::nullopt; };
    result_.values.push_back({printable(path), text(in_base), text(in_file), text(in_running), origin});
  }

  void collide(const std::string& path, const std::string& file, const std::string& running) {
    result_.collisions.push_back({printable(path), printable(file), printable(running)});
  }

  ConfigMerge& result_;
  const MergeSide side_;
};

// What file and running state agree on becomes the base's, from one section to those in it.
class Settler {
 public:
  template <typename S>
  static void settle_section(const S& file, const S& running, S& base) {
    std::size_t number = 0;
    auto visit = [&]<typename T>(std::string_view, T& value, const FieldForm& = {}) {
      const T& wanted = value_at<T>(file, number);
      const T& runs = value_at<T>(running, number++);
      if constexpr (Section<T> && !kIsOneValue<T>) {
        settle_section(wanted, runs, value);
      } else if constexpr (SectionList<T>) {
        settle_list(wanted, runs, value);
      } else {
        if (wanted == runs) value = wanted;
      }
    };
    for_each_field(base, visit);
  }

 private:
  template <typename T>
  static void settle_list(const std::vector<T>& file, const std::vector<T>& running, std::vector<T>& base) {
    const ElementIndex<T> wanted_of(file);
    const ElementIndex<T> running_of(running);
    std::erase_if(base, [&](const T& element) {
      return wanted_of.find(element) == nullptr && running_of.find(element) == nullptr;
    });
    for (T& element : base) {
      const T* const wanted = wanted_of.find(element);
      const T* const runs = running_of.find(element);
      if (wanted != nullptr && runs != nullptr) settle_section(*wanted, *runs, element);
    }
    std::vector<T> added;
    const ElementIndex<T> base_of(base);
    for (const T& element : file) {
      const T* const runs = running_of.find(element);
      if (wanted_of.find(element) != &element) continue;
      if (base_of.find(element) == nullptr && runs != nullptr && *runs == element) added.push_back(element);
    }
    std::ranges::move(added, std::back_inserter(base));
  }
};

}  // namespace

Config settled_base(Config base, const Config& file, const Config& running) {
  Settler::settle_section(file, running, base);
  return base;
}

ConfigMerge merge_config(const std::optional<Config>& base, const Config& file, const Config& running,
                         MergeSide side) {
  ConfigMerge result;
  Config merged = running;
  Merger merger(result, side);
  merger.merge_section(base ? &*base : nullptr, file, merged, "");
  result.config = std::move(merged);
  settle_references(base, file, running, side, result);
  // A pool that one side takes away and the other one needs was one change of a side until now.
  std::set<std::string_view> collided;
  for (const Collision& collision : result.collisions) collided.insert(collision.path);
  for (MergedValue& value : result.values) {
    if (collided.contains(value.path)) value.origin = ValueOrigin::kBoth;
  }
  return result;
}

FileComparison compare_with_file(const std::optional<Config>& base, const Config& file,
                                 const Config& running) {
  FileComparison comparison;
  comparison.base_known = base.has_value();
  comparison.differences = diff_config(file, running).size();
  comparison.equal = comparison.differences == 0;
  if (comparison.equal || !base) return comparison;
  const ConfigMerge merge = merge_config(base, file, running, MergeSide::kNone);
  comparison.collisions = merge.collisions.size();
  comparison.runtime_changes = merge.kept + merge.collisions.size();
  comparison.file_changes = merge.taken + merge.collisions.size();
  return comparison;
}

}  // namespace demo
