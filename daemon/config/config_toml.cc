#include "config/config_toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "config/auto_mode.h"
#include "config/fields.h"
#include "config/identity.h"
#include "config/toml_text.h"
#include "text/base64.h"

namespace demo {
namespace {

struct Entry {
  std::string key;
  std::string text;  // empty: unset
};

// A body that TOML cannot hold, or only at several times its size, goes into a key of its own. Everything
// else is text.
Entry text_entry(std::string_view name, const std::string& value) {
  std::string text = toml_string(value);
  constexpr std::size_t kShort = 64;
  const bool holds = is_utf8(value) && text.size() <= 2 * value.size() + kShort;
  if (name != "body" || holds) return {std::string(name), std::move(text)};
  return {fmt::format("{}_base64", name), toml_string(text::to_base64(value))};
}

// Lists the plain values of one section, as a visitor of for_each_field.
class EntryLister {
 public:
  template <typename T>
  void operator()(std::string_view name, const T& value, const FieldForm& form = {}) {
    if constexpr (std::is_same_v<T, std::string>) {
      entries_.push_back(text_entry(name, value));
    } else if constexpr (!Section<const T> && !SectionList<const T>) {
      entries_.push_back({std::string(name), toml_text(value, form.unit)});
    }
  }

  std::vector<Entry> take() { return std::move(entries_); }

 private:
  std::vector<Entry> entries_;
};

template <typename T>
std::vector<Entry> list_entries(const T& section) {
  EntryLister lister;
  for_each_field(section, lister);
  return lister.take();
}

// What differs from the defaults, a line each.
template <typename T>
std::string changed_lines(const T& section) {
  const std::vector<Entry> defaults = list_entries(T{});
  const std::vector<Entry> entries = list_entries(section);
  std::string lines;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].text == defaults[i].text) continue;
    lines += fmt::format("{} = {}  # default: {}\n", entries[i].key, entries[i].text,
                         defaults[i].text.empty() ? "unset" : defaults[i].text);
  }
  return lines;
}

// Without its identity, which is written in any case.
Listener nameless(Listener listener) {
  listener.address = {};
  return listener;
}
Backend nameless(Backend backend) {
  backend.endpoint = {};
  return backend;
}
Pool nameless(const Pool& pool) {
  Pool copy = pool;
  copy.name = Pool{}.name;
  return copy;
}

// Writes the sections and lists of one section, as a visitor of for_each_field.
class SectionWriter {
 public:
  // path is "" or ends in ".": "pool.".
  SectionWriter(const Config& config, std::string path, std::string& out)
      : config_(config), path_(std::move(path)), out_(out) {}

  template <typename T>
  void operator()(std::string_view name, const T& value, const FieldForm& = {}) {
    if constexpr (Section<const T>) {
      const std::string path = fmt::format("{}{}", path_, name);
      if (const std::string lines = changed_lines(value); !lines.empty()) {
        out_ += fmt::format("\n[{}]\n{}", path, lines);
      }
      write_inner(value, path);
    } else if constexpr (SectionList<const T>) {
      // The file names one element: [[listener]], not [[listeners]].
      name.remove_suffix(1);
      for (const auto& element : value) write_element(element, fmt::format("{}{}", path_, name));
    }
  }

 private:
  template <typename T>
  void write_element(const T& element, const std::string& path) {
    out_ += fmt::format("\n[[{}]]\n", path);
    if constexpr (std::is_same_v<T, Listener>) write_decision(element);
    out_ += fmt::format("{} = {}\n", identity_key(element), toml_string(identity(element)));
    out_ += changed_lines(nameless(element));
    write_inner(element, path);
  }

  template <typename T>
  void write_inner(const T& section, const std::string& path) {
    SectionWriter inner(config_, path + ".", out_);
    for_each_field(section, inner);
  }

  // The file cannot hold it, and a daemon that reads the file for the first time decides anew.
  void write_decision(const Listener& listener) {
    const Pool* const pool = find_pool(config_, listener.pool);
    if (!listener.auto_forwards || (pool != nullptr && !pool->backends.empty())) return;
    out_ +=
        "# Forwards, though its pool has no backend any more; where this is read for the first time it "
        "answers "
        "by\n# itself until the pool has one again. With mode = \"proxy\" it never does.\n";
  }

  const Config& config_;
  const std::string path_;
  std::string& out_;
};

}  // namespace

std::string config_to_toml(const Config& config, std::string_view heading) {
  std::string out;
  while (!heading.empty()) {
    const std::string_view line = heading.substr(0, heading.find('\n'));
    out += line.empty() ? std::string("#\n") : fmt::format("# {}\n", line);
    heading.remove_prefix(std::min(line.size() + 1, heading.size()));
  }
  const std::string lines = changed_lines(config);
  if (!out.empty() && !lines.empty()) out += '\n';
  out += lines;
  if (config.listeners.empty()) out += "listener = []  # nowhere; without this line: 0.0.0.0:80\n";
  SectionWriter writer(config, "", out);
  for_each_field(config, writer);
  return out;
}

}  // namespace demo
