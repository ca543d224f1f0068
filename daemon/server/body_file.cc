#include "server/body_file.h"

#include <utility>

#include "net/memory_file.h"

namespace demo {

std::string body_pattern(std::size_t size) {
  constexpr std::size_t kLineBytes = 64;
  std::string pattern(size, '\n');
  for (std::size_t i = 0; i < size; ++i) {
    if (i % kLineBytes != kLineBytes - 1) pattern[i] = static_cast<char>('0' + i % kLineBytes);
  }
  return pattern;
}

Result<BodyFile> BodyFile::with_bytes(std::string_view bytes) {
  Result<UniqueFd> fd = make_memory_file("demo-response-body", bytes);
  if (!fd) return fd.error();
  return BodyFile(std::move(*fd), bytes.size());
}

}  // namespace demo
