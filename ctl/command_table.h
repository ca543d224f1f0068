#pragma once

#include "verb/parser.h"

namespace demo::ctl {

// Every verb, in the order of the help. The one place that knows them all.
CommandTable command_table();

}  // namespace demo::ctl
