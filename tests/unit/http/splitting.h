#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

// The ways in which bytes can come from a socket, as the tests try them.
using Pieces = std::vector<std::string>;

inline Pieces whole(std::string_view bytes) { return {std::string(bytes)}; }

inline Pieces byte_by_byte(std::string_view bytes) {
  Pieces pieces;
  for (const char c : bytes) pieces.emplace_back(1, c);
  return pieces;
}

inline Pieces line_by_line(std::string_view bytes) {
  Pieces pieces;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::size_t size = end == std::string_view::npos ? bytes.size() : end + 1;
    pieces.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return pieces;
}

inline Pieces at_random(std::string_view bytes, std::mt19937& random) {
  Pieces pieces;
  while (!bytes.empty()) {
    const std::size_t size = std::uniform_int_distribution<std::size_t>(1, bytes.size())(random);
    pieces.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return pieces;
}

}  // namespace demo
