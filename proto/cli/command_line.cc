// All that is CLI11, in one file for both programs.
#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <utility>

namespace demo::cli {
namespace {

void declare(CLI::App& app, const Option& option) {
  if (option.values == Values::kNone) {
    CLI::Option* const flag = app.add_flag_function(
        option.names, [&option](std::int64_t) { option.take({}); }, option.help);
    // One that help tells nothing of it does not list.
    if (option.help.empty()) flag->group("");
    return;
  }
  const auto take = [&option](const CLI::results_t& values) {
    option.take(values);
    return true;
  };
  CLI::Option* const declared = app.add_option(option.names, take, option.help)->type_name(option.value);
  if (option.values == Values::kFollowing) {
    declared->expected(1, -1)->allow_extra_args();
    return;
  }
  declared->expected(1)->allow_extra_args(false);
  declared->multi_option_policy(option.values == Values::kEach ? CLI::MultiOptionPolicy::TakeAll
                                                               : CLI::MultiOptionPolicy::TakeLast);
}

// The words, one of which is taken at a time from the back.
Outcome outcome_of(CLI::App& app, std::vector<std::string> words) {
  Outcome outcome;
  try {
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    outcome.print = app.help();
    return outcome;
  } catch (const CLI::CallForVersion&) {
    outcome.print = app.version() + "\n";
    return outcome;
  } catch (const CLI::ParseError& error) {
    outcome.problem = error.what();
    return outcome;
  }
  outcome.extra = app.remaining();
  const auto was_given = [](const CLI::Option* option) {
    return option->get_positional() && option->count() > 0;
  };
  outcome.positional = app.get_options(was_given).size();
  return outcome;
}

}  // namespace

std::string Option::long_name() const {
  const std::size_t start = names.find("--");
  return names.substr(start, names.find(',', start) - start);
}

bool Option::is_named(std::string_view name) const {
  for (std::size_t start = 0; start < names.size();) {
    const std::size_t end = std::min(names.find(',', start), names.size());
    if (std::string_view(names).substr(start, end - start) == name) return true;
    start = end + 1;
  }
  return false;
}

Outcome read_command_line(const std::string& program, const std::vector<Option>& options,
                          std::vector<std::string> words, const Page* page) {
  CLI::App app(page == nullptr ? "" : page->description, program);
  if (page == nullptr) {
    app.set_help_flag();
    app.allow_extras();
  } else {
    app.footer(page->examples);
    app.set_version_flag("--version", page->version);
  }
  for (const Option& option : options) declare(app, option);
  std::reverse(words.begin(), words.end());
  return outcome_of(app, std::move(words));
}

}  // namespace demo::cli
