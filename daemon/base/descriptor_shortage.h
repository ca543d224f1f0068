#pragma once

#include <string>
#include <string_view>

namespace demo {

// What an operator can do about too few.
inline constexpr std::string_view kRaiseDescriptorLimit =
    "raise the limit of open files (ulimit -n, systemd LimitNOFILE=)";

// Why this process may open no descriptor now, one clause that says what to do; empty when it may.
std::string why_no_descriptor();

}  // namespace demo
