#include "verb/help_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "format/column_meaning.h"
#include "invocation/option_use.h"

namespace demo::ctl {
namespace {

constexpr std::size_t kHelpColumn = 26;
constexpr std::size_t kHelpWidthMax = 100;

// Words of the text from column `indent` on; the first line continues one that already has that many columns.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    if (column > indent && column + 1 + word.size() > width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return result;
}

std::string entry(std::string_view heading, std::string_view text, std::size_t width) {
  std::string line = fmt::format("  {}", heading);
  if (line.size() + 2 > kHelpColumn) {
    line += '\n' + std::string(kHelpColumn, ' ');
  } else {
    line.resize(kHelpColumn, ' ');
  }
  return line + wrapped(text, kHelpColumn, width) + '\n';
}

std::string entries(const std::vector<Argument>& arguments, bool positional, std::size_t width) {
  std::string text;
  for (const Argument& argument : arguments) {
    if (argument.positional == positional) text += entry(argument_heading(argument), argument.help, width);
  }
  return text;
}

}  // namespace

std::size_t help_width(std::size_t columns) { return std::clamp<std::size_t>(columns, 40, kHelpWidthMax); }

std::string chapter_title(Chapter chapter) {
  switch (chapter) {
    case Chapter::kListeners:
      return "Listeners";
    case Chapter::kBackends:
      return "Backends";
    case Chapter::kPools:
      return "Pools";
    case Chapter::kTraffic:
      return "Traffic";
    case Chapter::kWorkers:
      return "Workers";
    case Chapter::kWatching:
      return "Watching";
    case Chapter::kConfiguration:
      return "Configuration";
    case Chapter::kClient:
      return "This program";
  }
  return "";
}

std::string argument_heading(const Argument& argument) {
  if (argument.positional) return argument.placeholder;
  std::string names = argument.name;
  if (const std::size_t comma = names.find(','); comma != std::string::npos) names.insert(comma + 1, " ");
  return argument.is_flag() ? names : fmt::format("{} {}", names, argument.placeholder);
}

std::string usage_line(const Verb& verb) {
  std::string line = "democtl " + verb.name;
  for (const Argument& argument : verb.arguments) {
    if (!argument.positional) continue;
    const std::string dots = argument.repeats ? "..." : "";
    line += argument.required ? fmt::format(" {}{}", argument.placeholder, dots)
                              : fmt::format(" [{}{}]", argument.placeholder, dots);
  }
  return line + " [OPTIONS]";
}

std::string verb_help(const Verb& verb, const std::vector<Argument>& global, std::size_t width) {
  std::string text = fmt::format("{}\n    {}\n", usage_line(verb), wrapped(verb.summary, 4, width));
  if (!verb.details.empty()) text += fmt::format("\n{}\n", wrapped(verb.details, 0, width));
  const std::string positionals = entries(verb.arguments, true, width);
  if (!positionals.empty()) text += "\nArguments:\n" + positionals;
  const std::string options = entries(verb.arguments, false, width);
  if (!options.empty()) text += "\nOptions:\n" + options;
  if (!verb.columns.empty()) {
    const std::string columns = fmt::format("{}", fmt::join(verb.columns, ", "));
    text += fmt::format("\nColumns (democtl help columns):\n  {}\n", wrapped(columns, 2, width));
  }
  if (!verb.examples.empty()) {
    text += "\nExamples:\n";
    for (const Example& example : verb.examples) {
      text += fmt::format("  democtl {}\n      {}\n", example.line, wrapped(example.what, 6, width));
    }
  }
  std::vector<Argument> useful;
  for (const Argument& argument : global) {
    if (means_something(argument, verb)) useful.push_back(as_taken_by(verb, argument));
  }
  return useful.empty() ? text : text + "\nOptions of every verb:\n" + entries(useful, false, width);
}

std::string family_help(const std::string& family, const CommandTable& table,
                        const std::vector<Argument>& global, std::size_t width) {
  std::string text = fmt::format("democtl {} VERB [OPTIONS]\n\n", family);
  for (const auto& command : table) {
    const Verb& verb = command->verb();
    if (verb.name.starts_with(family + ' ') && !verb.hidden) text += entry(verb.name, verb.summary, width);
  }
  text += "\nOptions of every verb:\n" + entries(global, false, width);
  return text + fmt::format("\ndemoctl {} VERB --help tells more, with examples.\n", family);
}

std::string columns_help(std::size_t width) {
  std::string text = "Columns, as --fields and --sort take them:\n";
  for (const ColumnMeaning& column : column_meanings()) text += entry(column.name, column.meaning, width);
  return text;
}

std::string overview_help(const CommandTable& table, const std::vector<Argument>& global, std::size_t width) {
  std::string text = "democtl [OPTIONS] VERB [ARGUMENTS]\n    steer and watch a running demo-server\n";
  for (const Chapter chapter : kChapters) {
    std::string verbs;
    for (const auto& command : table) {
      const Verb& verb = command->verb();
      if (verb.chapter == chapter && !verb.hidden) verbs += entry(verb.name, verb.summary, width);
    }
    text += fmt::format("\n{}:\n{}", chapter_title(chapter), verbs);
  }
  text += "\nOptions of every verb:\n" + entries(global, false, width);
  return text +
         "\ndemoctl VERB --help tells more, with examples; democtl help columns what the columns of tables\n"
         "mean; democtl(1) tells everything.\n";
}

}  // namespace demo::ctl
