#include "config/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>
#include <tuple>
#include <utility>

#include "config/fields.h"
#include "config/identity.h"
#include "config/own_rules.h"
#include "config/problems.h"
#include "config/toml_value.h"
#include "text/base64.h"
#include "text/closest_word.h"
#include "text/cut.h"

namespace demo {
namespace {

constexpr std::string_view kBodyFileKey = "body_file";
constexpr std::string_view kBodyBytesKey = "body_base64";

FilePlace place_at(const toml::source_position& position) { return {position.line, position.column}; }

template <typename Node>
FilePlace place_of(const Node& node) {
  return place_at(node.source().begin);
}

// The node that is to blame for a value that could not be read: of a list, the element.
template <typename T>
const toml::node& blamed(const toml::node& node, const T&, const FieldForm&) {
  return node;
}

template <typename T>
const toml::node& blamed(const toml::node& node, const std::vector<T>&, const FieldForm& form) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) return node;
  for (const toml::node& element : *array) {
    T value{};
    if (!read_value(element, value, form).empty()) return element;
  }
  return node;
}

// What a rule about an element of a list may call it.
std::vector<std::string> words_of(unsigned number) { return {std::to_string(number)}; }
std::vector<std::string> words_of(const std::pair<std::string, std::string>& field) {
  return {field.first, fmt::format("{}: {}", field.first, field.second)};
}

// The key that is meant by the word of a flag, of the API or of other servers, if the table has it.
std::string usual_word(std::string_view name, const std::vector<std::string>& known) {
  static constexpr std::array<std::string_view, 6> kAddressWords = {"listen", "bind",   "endpoint",
                                                                    "server", "socket", "host"};
  const bool is_address = std::find(kAddressWords.begin(), kAddressWords.end(), name) != kAddressWords.end();
  const bool has_address = std::find(known.begin(), known.end(), "address") != known.end();
  return is_address && has_address ? "address" : "";
}

// Collects the paths of all tables of the file: "pool.health". A visitor of for_each_field().
class TablePaths {
 public:
  explicit TablePaths(std::vector<std::string>& paths, std::string prefix = "")
      : paths_(paths), prefix_(std::move(prefix)) {}

  template <typename T>
  void operator()(std::string_view name, T& value, const FieldForm& = {}) {
    if constexpr (SectionList<T>) {
      typename T::value_type element;
      add(name.substr(0, name.size() - 1), element);
    } else if constexpr (Section<T>) {
      add(name, value);
    }
  }

 private:
  template <typename T>
  void add(std::string_view name, T& table) {
    paths_.push_back(prefix_ + std::string(name));
    TablePaths inner(paths_, paths_.back() + ".");
    for_each_field(table, inner);
  }

  std::vector<std::string>& paths_;
  const std::string prefix_;
};

// The table of that name that is within another one: "listener.kernel" for "kernel"; empty without one.
std::string inner_table(std::string_view name) {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> all;
    TablePaths collect(all);
    Config config;
    for_each_field(config, collect);
    return all;
  }();
  const std::string ending = fmt::format(".{}", name);
  const auto found = std::find_if(paths.begin(), paths.end(),
                                  [&](const std::string& path) { return path.ends_with(ending); });
  return found == paths.end() ? "" : *found;
}

// Reads one table into the fields of one struct, as a visitor of for_each_field. Borrows all it is given.
class TableReader {
 public:
  // path is "" or ends in ".": "pool.backend.".
  TableReader(const toml::table& table, std::string path, const SourceText& source, const ReadFile& read_file,
              std::vector<FileProblem>& problems)
      : table_(table), path_(std::move(path)), source_(source), read_file_(read_file), problems_(problems) {}

  template <typename T>
  void operator()(std::string_view name, T& value, const FieldForm& form = {}) {
    if constexpr (SectionList<T>) {
      // The file names one element: [[listener]], not [[listeners]].
      name.remove_suffix(1);
    }
    known_.emplace_back(name);
    const toml::node* node = table_.get(name);
    if (node == nullptr) return;
    note(name, *node);
    if constexpr (SectionList<T>) {
      read_list(name, *node, value);
    } else if constexpr (Section<T>) {
      read_section(name, *node, value);
    } else {
      const std::string why = read_value(*node, value, form);
      if (why.empty()) return note_elements(name, *node, value);
      report(name, blamed(*node, value, form), why);
      unread_.emplace(name);
    }
  }

  void report_unknown_keys() {
    std::vector<std::pair<const toml::key*, const toml::node*>> unknown;
    for (const auto& [key, node] : table_) {
      if (std::find(known_.begin(), known_.end(), key.str()) == known_.end())
        unknown.emplace_back(&key, &node);
    }
    const auto in_front = [](const auto& a, const auto& b) {
      return std::tuple(a.first->source().begin.line, a.first->source().begin.column) <
             std::tuple(b.first->source().begin.line, b.first->source().begin.column);
    };
    std::sort(unknown.begin(), unknown.end(), in_front);
    for (std::size_t i = 0; i < unknown.size(); ++i) {
      const auto& [key, node] = unknown[i];
      const std::string field = path_ + text::cut(key->str());
      const std::string why = fmt::format("unknown key \"{}\"", field);
      // What nobody is told in full is not looked at in full.
      const bool is_told = i < kToldProblems;
      problems_.push_back({place_of(*key), invalid(field, is_told ? spelled(*node) : "",
                                                   is_told ? why + near_key(key->str(), *node) : why)});
    }
  }

  // Once the table is read.
  template <typename T>
  void check(const T& value) {
    std::vector<Error> found;
    check_own(value, Problems(found, &unread_));
    for (Error& error : found) {
      problems_.push_back(problem_in_file(keys_, {place_of(table_), path_, ""}, std::move(error)));
    }
  }

  // The same of an element of a list, which needs its identity.
  template <typename T>
  void check_element(T& element) {
    const std::string key(identity_key(element));
    if (!table_.contains(key)) {
      const std::string field = path_ + key;
      problems_.push_back({place_of(table_), invalid(field, "", field + " is missing")});
      unread_.insert(key);
    }
    if (unread_.contains(key)) forget_identity(element);
    check(element);
  }

  const FileKeys& keys() const { return keys_; }
  const FieldPaths& unread() const { return unread_; }

  // body_file and body_base64 stand for the body that they name, so no field of the state has their names.
  void read_other_body(Response& response) {
    read_body(kBodyFileKey, {"body"}, response, read_file_);
    read_body(kBodyBytesKey, {"body", kBodyFileKey}, response,
              [](const std::string& text) -> Result<std::string> {
                auto bytes = text::from_base64(text);
                if (!bytes) return invalid("", "", "must be base64 (RFC 4648 section 4) without blanks");
                return std::move(*bytes);
              });
  }

 private:
  // "; did you mean "listener.address"?" of an unknown key.
  std::string near_key(std::string_view name, const toml::node& node) const {
    std::string near = text::nearest_word(name, known_);
    if (near.empty()) near = usual_word(name, known_);
    if (!near.empty()) near.insert(0, path_);
    if (near.empty() && (node.is_table() || node.is_array_of_tables())) near = inner_table(name);
    return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
  }

  template <typename T>
  void note_elements(std::string_view, const toml::node&, const T&) {}

  // All elements were read, so both lists are as long.
  template <typename T>
  void note_elements(std::string_view name, const toml::node& node, const std::vector<T>& list) {
    const toml::array& array = *node.as_array();
    auto& elements = keys_[std::string(name)].elements;
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::string& word : words_of(list[i])) elements.emplace_back(std::move(word), place_of(array[i]));
    }
  }

  // The value as the file spells it, cut where it is too long for a message.
  std::string spelled(const toml::node& node) const {
    if (const auto text = node.value_exact<std::string_view>()) return text::cut(*text);
    const toml::table* const table = node.as_table();
    if (table != nullptr && !table->is_inline()) return "a table";
    if (node.is_array_of_tables()) return "a list of tables";
    return text::cut(source_.between(place_of(node), place_at(node.source().end)));
  }

  void report(std::string_view name, const toml::node& node, std::string_view why) {
    const std::string field = path_ + std::string(name);
    std::string value = spelled(node);
    std::string message = problem_text(field, value, why);
    problems_.push_back({place_of(node), invalid(field, std::move(value), std::move(message))});
  }

  // others: the keys that say a body too.
  void read_body(std::string_view key, std::initializer_list<std::string_view> others, Response& response,
                 const ReadFile& body_of) {
    known_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    std::string text;
    const auto is_given = [&](std::string_view other) { return table_.contains(other); };
    if (const std::string why = read_value(*node, text, {}); !why.empty()) {
      report(key, *node, why);
    } else if (text.empty()) {
      return;
    } else if (std::any_of(others.begin(), others.end(), is_given)) {
      report(key, *node, "a body is given too; leave one of them out");
    } else if (auto content = body_of(text)) {
      response.body = std::move(*content);
      note("body", *node);
    } else {
      report(key, *node, content.error().message);
    }
  }

  template <typename T>
  void read_section(std::string_view name, const toml::node& node, T& value) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      report(name, node, fmt::format("must be a table, [{}{}]", path_, name));
      return;
    }
    TableReader inner(*table, fmt::format("{}{}.", path_, name), source_, read_file_, problems_);
    for_each_field(value, inner);
    if constexpr (std::is_same_v<T, Response>) inner.read_other_body(value);
    inner.report_unknown_keys();
    inner.check(value);
    for (const std::string& field : inner.unread()) unread_.insert(fmt::format("{}.{}", name, field));
    add_keys(name, std::string(name), *table, inner.keys());
  }

  template <typename T>
  void read_list(std::string_view name, const toml::node& node, std::vector<T>& list) {
    const toml::array* array = node.as_array();
    const bool tables = array != nullptr && (array->empty() || array->is_array_of_tables());
    if (!tables) {
      report(name, node, fmt::format("must be a list of tables, [[{}{}]]", path_, name));
      return;
    }
    for (const toml::node& element : *array) {
      const toml::table& table = *element.as_table();
      T value;
      TableReader inner(table, fmt::format("{}{}.", path_, name), source_, read_file_, problems_);
      for_each_field(value, inner);
      inner.report_unknown_keys();
      inner.check_element(value);
      const std::string path = fmt::format("{}s.{}", name, identity(value));
      for (const std::string& field : inner.unread()) unread_.insert(fmt::format("{}.{}", path, field));
      add_keys(name, path, table, inner.keys());
      list.push_back(std::move(value));
    }
  }

  // name: of the table in the file; prefix: its path in the desired state.
  void add_keys(std::string_view name, const std::string& prefix, const toml::table& table,
                const FileKeys& inner) {
    keys_[prefix] = {place_of(table), path_ + std::string(name), ""};
    for (const auto& [path, key] : inner) keys_[prefix + "." + path] = key;
  }

  void note(std::string_view name, const toml::node& node) {
    const bool is_plain = node.is_value() && !node.is_string();
    keys_[std::string(name)] = {place_of(node), path_ + std::string(name), is_plain ? spelled(node) : ""};
  }

  const toml::table& table_;
  const std::string path_;
  const SourceText& source_;
  const ReadFile& read_file_;
  std::vector<FileProblem>& problems_;
  FileKeys keys_;
  FieldPaths unread_;
  std::vector<std::string> known_;
};

}  // namespace

FieldPaths read_config_table(const toml::table& root, const SourceText& source, const ReadFile& read_file,
                             Config& config, std::vector<FileProblem>& problems, FileKeys& keys) {
  TableReader reader(root, "", source, read_file, problems);
  for_each_field(config, reader);
  reader.report_unknown_keys();
  keys = reader.keys();
  return reader.unread();
}

}  // namespace demo
