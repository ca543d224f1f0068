#include "text/base64.h"

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/binary_from_base64.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <exception>

namespace demo::text {

namespace iterators = boost::archive::iterators;

std::string to_base64(std::string_view bytes) {
  using Encode = iterators::base64_from_binary<iterators::transform_width<const char*, 6, 8>>;
  std::string text(Encode(bytes.data()), Encode(bytes.data() + bytes.size()));
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  using Decode = iterators::transform_width<iterators::binary_from_base64<const char*>, 8, 6>;
  // Three bytes are four characters; what one or two bytes lack of them is padding.
  std::string_view digits = text.substr(0, text.find('='));
  std::string bytes;
  try {
    const std::size_t size = digits.size() * 3 / 4;
    bytes.reserve(size);
    for (Decode next(digits.data()); bytes.size() < size; ++next) bytes.push_back(*next);
  } catch (const std::exception&) {
    return std::nullopt;
  }
  return to_base64(bytes) == text ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace demo::text
