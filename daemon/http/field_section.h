#pragma once

#include <llhttp.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "http/request_head.h"

namespace demo {

// What ends a line of a head (RFC 9112 section 2.1).
constexpr std::string_view kLineEnd = "\r\n";

// Splits the field lines of a head into names and values with llhttp, strict, as the fields of an HTTP/1.1
// request. The line before them is not llhttp's: it knows a fixed list of methods, and refuses white space
// that is valid, so it starts from a saved state behind a request line. Owns what it needs; one a parser.
class FieldSection {
 public:
  FieldSection();

  // lines: from the first field line through the empty line that ends the head; already passed by
  // scan_head(). Fills fields, whose views point into lines, and count, also when it refuses. Returns why the
  // section is refused, if it is: 431 for more fields than fit, else 400.
  std::optional<Rejection> read(std::string_view lines, std::span<Field> fields, std::size_t& count);

 private:
  std::optional<Rejection> run(std::string_view fed, std::string_view lines, std::span<Field> fields,
                               std::size_t& count);

  llhttp_t start_;  // llhttp behind a request line, copied for each head
  // The section with every HTAB as SP, for the rare one that llhttp refuses because of them.
  std::array<char, limits::kHeadSizeBytes> blanked_;
};

}  // namespace demo
