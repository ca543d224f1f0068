#pragma once

#include <termios.h>

#include <optional>
#include <string>
#include <vector>

#include "invocation/console.h"
#include "watch/stats_screen.h"

namespace demo::ctl {

// The terminal's second screen, redrawn in place. Owns the terminal's state from construction on and gives it
// back, with the last picture left on the first screen.
class LiveScreen {
 public:
  explicit LiveScreen(Console& console);
  ~LiveScreen();
  LiveScreen(const LiveScreen&) = delete;
  LiveScreen& operator=(const LiveScreen&) = delete;

  void draw(const std::vector<StyledLine>& lines);
  // A key that was pressed, if there is one.
  std::optional<char> take_key();
  // Gives the terminal back, stops the process as Ctrl-Z does, takes the terminal again when it goes on.
  void suspend();

 private:
  void enter();
  void leave();
  std::string styled(const StyledLine& line) const;

  Console& console_;
  std::optional<termios> before_;  // unset: standard input is no terminal
  std::vector<StyledLine> last_;
};

}  // namespace demo::ctl
