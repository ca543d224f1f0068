#pragma once

#include <string>
#include <string_view>

#include "failure.h"
#include "invocation/settings.h"
#include "verb/parser.h"

namespace demo::ctl {

// Why an option of every verb, by its long name, is refused by this one whatever its value is: the end of a
// sentence, such as "which prints no rows". Empty when it is taken. Those of the connection always are, also
// where no daemon is asked: an alias has them.
std::string_view why_useless(std::string_view option, const Verb& verb);

// Whether help and completion of the verb name this option of every verb.
bool means_something(const Argument& option, const Verb& verb);

// An option of every verb as this one takes it: of --output the words that it knows how to print.
Argument as_taken_by(const Verb& verb, Argument option);

// Throws a usage Failure for an option of every verb that means nothing to this one, such as --sort for a
// verb that prints no rows, and for a column that it never prints. Precondition: parsed.command is set.
void check_option_use(const Parsed& parsed, const Settings& settings);

// A refusal by the daemon in the words of the command line: the argument that fills the field, as it was
// typed, in place of the field's name: "-w: \"0\": must be from 1 to 256". Others stay as they are.
Failure in_typed_words(const Failure& failure, const Parsed& parsed);

}  // namespace demo::ctl
