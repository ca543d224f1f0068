#pragma once

#include "text/counted.h"

namespace demo {

using text::counted;

}  // namespace demo
