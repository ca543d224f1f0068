#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "verb/parser.h"
#include "verb/verb.h"

namespace demo::ctl {

// "LISTENERS": the heading of a chapter.
std::string chapter_title(Chapter chapter);
inline constexpr Chapter kChapters[] = {Chapter::kListeners,     Chapter::kBackends, Chapter::kPools,
                                        Chapter::kTraffic,       Chapter::kWorkers,  Chapter::kWatching,
                                        Chapter::kConfiguration, Chapter::kClient};

// "democtl add-backend ENDPOINT [OPTIONS]".
std::string usage_line(const Verb& verb);

// "--pool NAME" as it stands in front of an argument's help.
std::string argument_heading(const Argument& argument);

// The width of a help text on a terminal of so many columns: longer lines are hard to read.
std::size_t help_width(std::size_t columns);

// What --help prints: of a verb, and of democtl itself. Wrapped to the width.
std::string verb_help(const Verb& verb, const std::vector<Argument>& global, std::size_t width);
// Of the verbs that start with one word, such as "config".
std::string family_help(const std::string& family, const CommandTable& table,
                        const std::vector<Argument>& global, std::size_t width);
// What the columns of all tables mean.
std::string columns_help(std::size_t width);
std::string overview_help(const CommandTable& table, const std::vector<Argument>& global, std::size_t width);

}  // namespace demo::ctl
