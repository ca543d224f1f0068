#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command_line.h"

namespace demo {

// The flags of a command line as they were typed: "-w" of the flag "--workers".
using TypedFlags = std::map<std::string, std::string>;

// Reads which flags the words (without the program's name) give, and refuses what the parser of the library
// would tell in words of its own: a flag that does not exist, one without its value, one that is given twice
// and may not be. Error: kInvalidArgument, one sentence that starts with the flag as typed. Words that ask
// for help or the version are not looked at.
Result<TypedFlags> read_typed_flags(const std::vector<cli::Option>& declared,
                                    const std::vector<std::string>& words);

}  // namespace demo
