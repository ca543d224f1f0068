#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "verb/command.h"

namespace demo::ctl {

using CommandTable = std::vector<std::unique_ptr<Command>>;

// What a command line asks for.
struct Parsed {
  Command* command = nullptr;                     // of the table, not owned; null: democtl alone
  bool help = false;                              // --help was given, nothing was taken
  std::string family = {};                        // with help and no command: "config", whose verbs are meant
  std::map<std::string, std::string> given = {};  // options by their long name: as they were typed, "-o"
};

// The verbs of two words that start with this one, in the order of the table: "show", "diff" of "config".
std::vector<std::string> family_of(const std::string& first, const CommandTable& table);

// The verb that the words ask for; options that precede it are skipped by what `global` says of them. Null
// when there is no verb among the words. Throws a usage Failure for an unknown one, with the likely one.
Command* find_verb(const std::vector<std::string>& words, const CommandTable& table,
                   const std::vector<Argument>& global);

// Reads the words after "democtl": finds the verb, hands every value to its argument. Global arguments may
// stand before and after the verb. Throws a usage Failure.
Parsed parse(const std::vector<std::string>& words, const CommandTable& table,
             const std::vector<Argument>& global);

}  // namespace demo::ctl
