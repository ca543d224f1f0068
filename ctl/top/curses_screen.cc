#include "top/curses_screen.h"

// Before any C++ header of ours would be too late: its macros are off.
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "failure.h"

namespace demo::ctl {
namespace {

constexpr int kColumnsMax = 1024;
constexpr int kRowsMax = 512;

enum Pair : short { kCyan = 1, kRed };

attr_t attributes_of(FrameStyle style, bool color) {
  switch (style) {
    case FrameStyle::kPlain:
      return A_NORMAL;
    case FrameStyle::kTitle:
      return A_BOLD | (color ? static_cast<attr_t>(COLOR_PAIR(kCyan)) : A_NORMAL);
    case FrameStyle::kHeading:
      return color ? A_DIM : A_UNDERLINE;
    case FrameStyle::kFocusedHeading:
      return A_BOLD | A_UNDERLINE;
    case FrameStyle::kSelected:
      return A_REVERSE;
    case FrameStyle::kAlert:
      return color ? static_cast<attr_t>(COLOR_PAIR(kRed)) : A_BOLD;
    case FrameStyle::kFooter:
      return A_DIM;
  }
  return A_NORMAL;
}

std::optional<Key> to_key(int code) {
  using Kind = Key::Kind;
  switch (code) {
    case KEY_UP:
      return Key{Kind::kUp};
    case KEY_DOWN:
      return Key{Kind::kDown};
    case KEY_PPAGE:
      return Key{Kind::kPageUp};
    case KEY_NPAGE:
      return Key{Kind::kPageDown};
    case KEY_HOME:
      return Key{Kind::kHome};
    case KEY_END:
      return Key{Kind::kEnd};
    case '\t':
      return Key{Kind::kTab};
    case KEY_BTAB:
      return Key{Kind::kBackTab};
    case '\n':
    case KEY_ENTER:
      return Key{Kind::kEnter};
    case 27:
      return Key{Kind::kEscape};
    case KEY_BACKSPACE:
    case 127:
    case 8:
      return Key{Kind::kBackspace};
    default:
      break;
  }
  if (code < ' ' || code > '~') return std::nullopt;
  return Key{Kind::kCharacter, static_cast<char>(code)};
}

}  // namespace

CursesScreen::CursesScreen(bool color) : color_(color) {
  // newterm(3NCURSES), since initscr would end the process by itself.
  // It would take memory for whatever size the terminal tells: fit() does that within bounds.
  ::use_env(FALSE);
  const bool terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  constexpr std::string_view kInstead = "use stats --watch or events --follow instead";
  if (!terminal) throw Failure(ExitCode::kFailed, fmt::format("top needs a terminal: {}", kInstead));
  if (::newterm(nullptr, stdout, stdin) == nullptr) {
    const char* const type = std::getenv("TERM");
    throw Failure(ExitCode::kFailed, fmt::format("top cannot draw on a terminal of type \"{}\" (TERM): {}",
                                                 type == nullptr ? "" : type, kInstead));
  }
  ::cbreak();
  ::noecho();
  ::nonl();
  ::keypad(stdscr, TRUE);
  ::set_escdelay(50);
  ::curs_set(0);
  color_ = color_ && ::has_colors();
  if (color_) {
    ::start_color();
    ::use_default_colors();
    ::init_pair(kCyan, COLOR_CYAN, -1);
    ::init_pair(kRed, COLOR_RED, -1);
  }
}

CursesScreen::~CursesScreen() {
  ::curs_set(1);
  ::endwin();
}

CursesScreen::Size CursesScreen::fit() {
  winsize now{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) == 0 && now.ws_col > 0 && now.ws_row > 0) {
    const int columns = std::min<int>(now.ws_col, kColumnsMax);
    const int rows = std::min<int>(now.ws_row, kRowsMax);
    if (::is_term_resized(rows, columns)) ::resizeterm(rows, columns);
  }
  return {static_cast<std::size_t>(::getmaxx(stdscr)), static_cast<std::size_t>(::getmaxy(stdscr))};
}

void CursesScreen::draw(const std::vector<FrameLine>& frame) {
  ::erase();
  int row = 0;
  for (const FrameLine& line : frame) {
    const attr_t attributes = attributes_of(line.style, color_);
    ::attrset(static_cast<int>(attributes));
    ::mvaddstr(row, 0, line.text.c_str());
    ++row;
  }
  ::attrset(A_NORMAL);
  ::refresh();
}

std::optional<Key> CursesScreen::read_key(std::chrono::milliseconds patience) {
  ::timeout(static_cast<int>(patience.count()));
  const int code = ::getch();
  return code == '\r' ? Key{Key::Kind::kEnter} : to_key(code);
}

void CursesScreen::suspend() {
  ::endwin();
  ::raise(SIGSTOP);
  ::refresh();
}

}  // namespace demo::ctl
