#pragma once

#include <string>

namespace demo {

// Why this process may open no descriptor now, one clause that says what to do; empty when it may.
std::string why_no_descriptor();

}  // namespace demo
