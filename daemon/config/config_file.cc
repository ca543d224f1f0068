#include "config/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/limits.h"
#include "base/printable.h"
#include "base/read_file.h"
#include "config/key_depth.h"
#include "config/syntax_problem.h"
#include "config/table_reader.h"
#include "config/told_error.h"
#include "config/validate.h"

namespace demo {
namespace {

// A key of more parts is a mistake, and the parser's tables nest so deep in it that freeing them would
// overflow the stack.
constexpr std::size_t kKeyDots = 2000;

bool sets_nothing(const toml::table& table) {
  for (const auto& [key, value] : table) {
    if (!value.is_table() || !sets_nothing(*value.as_table())) return false;
  }
  return true;
}

std::vector<FileProblem> read(std::string_view text, const std::string& name, const ReadFile& read_file,
                              ConfigFile& file) {
  std::vector<FileProblem> problems;
  if (text.size() > limits::kConfigFileBytes) {
    const std::string why = fmt::format("{} bytes: a configuration file has at most {} bytes", text.size(),
                                        limits::kConfigFileBytes);
    problems.push_back({{1, 1}, invalid("", "", why)});
    return problems;
  }
  if (const std::uint32_t line = line_of_deep_keys(text, kKeyDots); line != 0) {
    problems.push_back({{line, 1}, invalid("", "", fmt::format("keys of more than {} dots", kKeyDots))});
    return problems;
  }
  const SourceText source(text);
  try {
    const toml::table root = toml::parse(text, name);
    FileKeys& keys = file.keys;
    const FieldPaths unread = read_config_table(root, source, read_file, file.config, problems, keys);
    const toml::array* const listeners = root["listener"].as_array();
    file.sets_nothing = sets_nothing(root);
    file.listens_nowhere = listeners != nullptr && listeners->empty();
    const auto hold_against = [&](const std::vector<Error>& found) {
      for (const Error& error : found) problems.push_back(problem_in_file(keys, {{1, 1}, "", ""}, error));
    };
    hold_against(validate_whole(file.config, &unread));
    // Who reaches whom is a matter of a state that is right else; the bounds of sizes bound the work too.
    if (problems.empty()) hold_against(validate_forwarding(file.config));
  } catch (const toml::parse_error& error) {
    const FilePlace place{error.source().begin.line, error.source().begin.column};
    problems.push_back(syntax_problem(source, place, error.description()));
  }
  return problems;
}

Result<std::string> read_text(const std::string& path, std::size_t most) {
  auto text = read_file(path, most);
  if (text) return text;
  Error error = text.error();
  error.field = "config";
  return error;
}

}  // namespace

ParsedConfig parse_config(std::string_view text, const std::string& name, const ReadFile& read_file) {
  ParsedConfig parsed;
  parsed.name = name;
  std::vector<FileProblem> problems = read(text, name, read_file, parsed);
  const auto by_place = [](const FileProblem& a, const FileProblem& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  };
  std::stable_sort(problems.begin(), problems.end(), by_place);
  for (FileProblem& problem : problems) {
    problem.error.message = fmt::format("{}:{}:{}: {}", name, problem.place.line, problem.place.column,
                                        printable(problem.error.message));
    parsed.problems.push_back(std::move(problem.error));
  }
  return parsed;
}

Error in_file(const ConfigFile& file, Error error) {
  error.field = state_path(error);
  const FileKey nothing;
  FileProblem problem = problem_in_file(file.keys, nothing, error);
  if (problem.place.line == 0) return error;
  Error& told = problem.error;
  told.message = fmt::format("{}:{}:{}: {}", file.name, problem.place.line, problem.place.column,
                             printable(naming_field(told)));
  return std::move(told);
}

Result<ConfigFile> load_config_text(std::string_view text, const std::string& name,
                                    const ReadFile& read_file) {
  ParsedConfig parsed = parse_config(text, name, read_file);
  if (parsed.problems.empty()) return ConfigFile(std::move(parsed));
  return together(std::move(parsed.problems), "\n", name + ": ");
}

Result<ConfigFile> load_config_file(const std::string& path, std::vector<std::string>* files) {
  const auto read_noted = [files](const std::string& name, std::size_t most) {
    if (files != nullptr) files->push_back(name);
    return read_text(name, most);
  };
  const auto text = read_noted(path, limits::kConfigFileBytes);
  if (!text) return text.error();
  const auto read_beside = [&](const std::string& name) {
    return read_noted(std::filesystem::path(path).replace_filename(name), limits::kResponseBodyBytes);
  };
  return load_config_text(*text, path, read_beside);
}

}  // namespace demo
