#pragma once

#include <cstdint>

namespace demo::ctl {

// A key that was pressed, without any terminal library's numbers.
struct Key {
  enum class Kind : std::uint8_t {
    kCharacter,
    kUp,
    kDown,
    kPageUp,
    kPageDown,
    kHome,
    kEnd,
    kTab,
    kBackTab,
    kEnter,
    kEscape,
    kBackspace
  };
  Kind kind = Kind::kCharacter;
  char character = 0;  // kCharacter only
};

}  // namespace demo::ctl
