#include "run.h"

#include <fmt/format.h>

#include <exception>
#include <ios>
#include <ostream>
#include <system_error>

#include "command_table.h"
#include "completion/live_names.h"
#include "failure.h"
#include "invocation/invocation.h"
#include "invocation/option_use.h"
#include "verb/help_text.h"
#include "verb/meaning.h"
#include "verb/parser.h"

namespace demo::ctl {
namespace {

// "--version" as people try it, in the word that there is.
std::vector<std::string> usual_words(std::vector<std::string> words) {
  if (words.size() == 1 && words.front() == "--version") words.front() = "version";
  return words;
}

ExitCode dispatch(const std::vector<std::string>& words, Console& console) {
  const CommandTable table = command_table();
  Settings settings;
  const std::vector<Argument> global = global_arguments(settings);
  const Parsed parsed = parse(words, table, global, [&](const std::string& kind, const std::string& text) {
    Invocation asking(settings, console, table);
    return meant_name(asking, kind, text);
  });
  const std::size_t width = help_width(console.columns);
  if (parsed.help && parsed.command != nullptr) {
    console.out << verb_help(parsed.command->verb(), global, width);
    return ExitCode::kDone;
  }
  if (parsed.help) {
    console.out << (parsed.family.empty() ? overview_help(table, global, width)
                                          : family_help(parsed.family, table, global, width));
    return ExitCode::kDone;
  }
  if (parsed.command == nullptr) {
    console.err << overview_help(table, global, width) << '\n';
    throw usage_failure("a verb is missing: they are listed above");
  }
  check_option_use(parsed, settings);
  parsed.command->refuse_reset_of_given(parsed.given);
  Invocation invocation(settings, console, table);
  try {
    return parsed.command->run(invocation);
  } catch (const Failure& failure) {
    throw in_typed_words(failure, parsed);
  }
}

}  // namespace

int run(const std::vector<std::string>& words, Console& console) {
  ExitCode code = ExitCode::kFailed;
  // What cannot be written ends a verb at once, also one that would go on for ever. A screen ends by the
  // signal of its terminal, and puts that in order first.
  if (!console.redraws) console.out.exceptions(std::ios::badbit);
  try {
    code = dispatch(usual_words(words), console);
  } catch (const Failure& failure) {
    code = failure.code();
    console.tell(failure.message());
    for (const std::string& other : failure.more()) console.tell(other);
  } catch (const std::ios_base::failure&) {
    code = ExitCode::kFailed;  // told below
  } catch (const std::exception& error) {
    code = ExitCode::kFailed;
    console.tell(error.what());
  }
  console.out.exceptions(std::ios::goodbit);
  if (!console.out.flush()) {
    const int why = console.write_error ? console.write_error() : 0;
    console.tell(fmt::format("standard output cannot be written{}{}",
                             why == 0 ? "" : ": " + std::generic_category().message(why), console.untold));
    if (code == ExitCode::kDone) code = ExitCode::kFailed;
  }
  return static_cast<int>(code);
}

}  // namespace demo::ctl
