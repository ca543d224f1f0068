#pragma once

#include "text/closest_word.h"

namespace demo::ctl {

using text::closest_word;
using text::did_you_mean;
using text::not_one_of;

}  // namespace demo::ctl
