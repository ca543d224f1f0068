#pragma once

#include <string>
#include <string_view>

namespace demo::ctl {

// The text as one word of a POSIX shell, in single quotes where it needs them. What a terminal must not be
// sent, or is no UTF-8, is made by printf(1) when the shell reads the word: "$(printf '\033')".
std::string shell_word(std::string_view text);

// Whether the bytes can stand in a command line as text: valid UTF-8 (RFC 3629) without control characters
// of a terminal, other than tab, line feed and carriage return.
bool is_plain_text(std::string_view bytes);

// The word for printf(1) of a POSIX shell that makes it write the bytes, whatever they are; printable ASCII.
std::string printf_word(std::string_view bytes);

}  // namespace demo::ctl
