#pragma once

#include "text/printable.h"

namespace demo {

using text::printable;

}  // namespace demo
