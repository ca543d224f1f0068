#pragma once

#include <cstddef>
#include <string_view>

namespace demo::text {

// The size in bytes of the character that the text starts with (RFC 3629: none is overlong, a surrogate or
// beyond U+10FFFF); 0 when it starts with none. The text is not empty. Pure.
std::size_t utf8_size(std::string_view text);

// The same for what is not all text: a byte that starts no character stands for itself, 1.
std::size_t piece_size(std::string_view bytes);

// The size in bytes of the longest beginning, of at most so many, that ends where a character of the text
// ends. Pure.
std::size_t whole_characters(std::string_view text, std::size_t most);

// Whether the text is UTF-8 from end to end. What is saved and what the API carries is: protobuf has no other
// strings. Pure.
bool is_utf8(std::string_view text);

// What is said of a file in which some character is not.
inline constexpr std::string_view kFileNotInUtf8 = "a character is not in UTF-8: save the file in UTF-8";

}  // namespace demo::text
