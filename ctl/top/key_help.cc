#include "top/key_help.h"

#include <fmt/format.h>

#include <array>

namespace demo::ctl {
namespace {

constexpr std::array<KeyHelp, 11> kKeys{{
    {"tab, shift-tab", "choose the next or the previous pane"},
    {"up, down, k, j", "choose a row"},
    {"page up, page down", "choose a row ten further"},
    {"home, end", "choose the first or the last row"},
    {"s", "sorts the chosen pane by its next column"},
    {"S", "turns the order"},
    {"/", "filters the rows of every pane by what they hold (enter keeps the filter, esc clears it)"},
    {"p, space", "stop the picture and let it go on"},
    {"d, r", "drain the chosen backend (asks first), or make it ready again, in the backends pane"},
    {"?, h", "show this help"},
    {"q", "ends"},
}};

}  // namespace

std::span<const KeyHelp> key_help() { return kKeys; }

std::string key_sentence() {
  std::string text = "Keys: ";
  for (const KeyHelp& key : kKeys) text += fmt::format("{} {}; ", key.keys, key.does);
  text.replace(text.size() - 2, 2, ".");
  return text;
}

}  // namespace demo::ctl
