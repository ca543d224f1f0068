#include "config/duplicate_key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <string>
#include <vector>

#include "config/header_text.h"
#include "text/cut.h"

namespace demo {
namespace {

using Names = std::vector<std::string>;

// The parts of a key as it is written, a."b.c".d.
Names parts_of(std::string_view key) {
  Names names;
  const toml::table probe = toml::parse(fmt::format("{} = 0\n", key));
  // Of a comment nothing is left. The iterator holds what its members refer to.
  for (const toml::table* table = &probe; table != nullptr && !table->empty();) {
    const auto first = table->begin();
    names.emplace_back(first->first.str());
    table = first->second.as_table();
  }
  return names;
}

// What the brackets of a header hold.
std::string_view inside_brackets(std::string_view header) {
  header = header.substr(0, header.find_last_of(']') + 1);
  while (header.starts_with('[') && header.ends_with(']')) header = header.substr(1, header.size() - 2);
  return without_blanks(header);
}

// The last header above the line, empty without one.
std::string_view header_above(const SourceText& source, std::uint32_t line) {
  while (--line > 0) {
    if (const std::string_view text = without_blanks(source.line(line)); text.starts_with('['))
      return inside_brackets(text);
  }
  return "";
}

// Where the last of the names stands, or the one in front of it that is no table; of lists of tables the last
// element is the one that a file goes on with.
FilePlace place_of(const toml::table& root, const Names& names) {
  FilePlace place;
  const toml::table* table = &root;
  for (const std::string& name : names) {
    const auto found = table->find(name);
    if (found == table->end()) return {};
    place = {found->first.source().begin.line, found->first.source().begin.column};
    const toml::node* node = &found->second;
    if (const toml::array* const list = node->as_array(); list != nullptr && !list->empty()) {
      node = &list->back();
    }
    table = node->as_table();
    if (table == nullptr) return place;
  }
  return place;
}

}  // namespace

std::optional<FileProblem> duplicate_problem(const SourceText& source, std::uint32_t line,
                                             std::string_view why) {
  if (why.find("cannot redefine") == std::string_view::npos) return std::nullopt;
  const std::string_view text = source.line(line);
  const std::string_view said = without_blanks(text);
  try {
    const bool is_header = said.starts_with('[');
    const std::string_view key =
        is_header ? inside_brackets(said) : without_blanks(said.substr(0, said.find('=')));
    Names names;
    if (!is_header) {
      if (const std::string_view header = header_above(source, line); !header.empty())
        names = parts_of(header);
    }
    const Names own = parts_of(key);
    names.insert(names.end(), own.begin(), own.end());
    const toml::table before = toml::parse(source.in_front_of(line));
    const FilePlace first = place_of(before, names);
    if (first.line == 0) return std::nullopt;
    const auto column = static_cast<std::uint32_t>(key.data() - text.data() + 1);
    const std::string field = text::cut(fmt::format("{}", fmt::join(names, ".")));
    return FileProblem{{line, column},
                       invalid(field, "",
                               fmt::format("{} is there twice, first at {}:{}: leave one of them out", field,
                                           first.line, first.column))};
  } catch (const toml::parse_error&) {
    return std::nullopt;  // the line is more than one key
  }
}

}  // namespace demo
