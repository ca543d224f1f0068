#include "watch/live_screen.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <ostream>

namespace demo::ctl {
namespace {

// xterm control sequences (ctlseqs), understood by every terminal in use.
constexpr const char* kEnter = "\x1b[?1049h\x1b[?25l\x1b[2J";
constexpr const char* kLeave = "\x1b[?25h\x1b[?1049l";
constexpr const char* kHome = "\x1b[H";
constexpr const char* kClearLine = "\x1b[K";
constexpr const char* kClearBelow = "\x1b[J";

const char* start_of(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kTitle:
      return "\x1b[1;36m";
    case Style::kHeading:
      return "\x1b[2m";
    case Style::kStrong:
      return "\x1b[1m";
    case Style::kAlert:
      return "\x1b[31m";
  }
  return "";
}

}  // namespace

LiveScreen::LiveScreen(Console& console) : console_(console) {
  termios now{};
  if (::tcgetattr(STDIN_FILENO, &now) == 0) before_ = now;
  enter();
}

LiveScreen::~LiveScreen() {
  leave();
  for (const StyledLine& line : last_) console_.out << styled(line) << '\n';
  console_.out.flush();
}

void LiveScreen::enter() {
  if (before_) {
    termios quiet = *before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  }
  console_.out << kEnter << std::flush;
}

void LiveScreen::leave() {
  console_.out << kLeave << std::flush;
  if (before_) ::tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
}

std::string LiveScreen::styled(const StyledLine& line) const {
  if (!console_.color || line.style == Style::kPlain) return line.text;
  return start_of(line.style) + line.text + "\x1b[0m";
}

void LiveScreen::draw(const std::vector<StyledLine>& lines) {
  last_ = lines;
  std::string picture = kHome;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    picture += styled(lines[i]) + kClearLine;
    if (i + 1 < lines.size()) picture += "\r\n";
  }
  console_.out << picture << kClearBelow << std::flush;
}

std::optional<char> LiveScreen::take_key() {
  if (!before_) return std::nullopt;
  pollfd waiting{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  char key = 0;
  if (::poll(&waiting, 1, 0) != 1 || ::read(STDIN_FILENO, &key, 1) != 1) return std::nullopt;
  return key;
}

void LiveScreen::suspend() {
  leave();
  ::raise(SIGSTOP);
  enter();
  draw(last_);
}

}  // namespace demo::ctl
