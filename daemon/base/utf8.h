#pragma once

#include "text/utf8.h"

namespace demo {

using text::is_utf8;
using text::piece_size;
using text::utf8_size;
using text::whole_characters;

}  // namespace demo
