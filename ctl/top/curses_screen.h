#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "top/key.h"
#include "top/top_frame.h"

namespace demo::ctl {

// The terminal through ncurses, from construction to destruction. One at a time.
class CursesScreen {
 public:
  // Throws a Failure when standard input or output is no terminal that ncurses knows.
  explicit CursesScreen(bool color);
  ~CursesScreen();
  CursesScreen(const CursesScreen&) = delete;
  CursesScreen& operator=(const CursesScreen&) = delete;

  struct Size {
    std::size_t columns;
    std::size_t rows;
  };
  // Takes the size that the terminal has now, 1024 columns by 512 rows at most: memory is taken for every
  // place of the screen, and a terminal may say anything of itself.
  Size fit();
  void draw(const std::vector<FrameLine>& frame);
  // Waits at most `patience` for a key. A resize is no key, but ends the wait: fit() sees what has changed.
  std::optional<Key> read_key(std::chrono::milliseconds patience);
  // Gives the terminal back, stops the process as Ctrl-Z does, takes the terminal again when it goes on.
  void suspend();

 private:
  bool color_;
};

}  // namespace demo::ctl
