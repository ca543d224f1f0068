#include "supervisor/handover/surviving_text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/fnv_hash.h"
#include "base/whole_io.h"

namespace demo {
Result<SurvivingText> SurvivingText::create(const char* name) {
  UniqueFd memory(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory || ::ftruncate(memory.get(), kFirstOffset) != 0) {
    return Error{ErrorCode::kResourceExhausted, fmt::format("{}: {}", name, errno_text(errno)), "", ""};
  }
  return SurvivingText(std::move(memory));
}

Result<SurvivingText> SurvivingText::adopt(UniqueFd memory) {
  SurvivingText adopted(std::move(memory));
  const Error damaged = invalid("", "", "what the process before left is no text that survives");
  std::array<Mark, 2> marks;
  if (!read_all_at(adopted.fd(), reinterpret_cast<char*>(marks.data()), sizeof marks, 0)) {
    return damaged;
  }
  for (const Mark& mark : marks) {
    if (mark.turn <= adopted.mark_.turn) continue;
    if (auto text = adopted.read(mark)) {
      adopted.mark_ = mark;
      adopted.text_ = std::move(*text);
    }
  }
  const bool fresh = std::all_of(marks.begin(), marks.end(), [](const Mark& mark) { return mark == Mark{}; });
  if (adopted.mark_.turn == 0 && !fresh) return damaged;
  return adopted;
}

std::optional<std::string> SurvivingText::read(const Mark& mark) const {
  struct stat status {};
  if (::fstat(fd(), &status) != 0) return std::nullopt;
  const auto end = static_cast<std::uint64_t>(status.st_size);
  if (mark.size > kTextBytes || mark.offset > end || mark.size > end - mark.offset) return std::nullopt;
  std::string text(mark.size, '\0');
  if (!read_all_at(fd(), text.data(), text.size(), mark.offset)) return std::nullopt;
  if (hash_of(mark, text) != mark.hash) return std::nullopt;
  return text;
}

std::uint64_t SurvivingText::hash_of(const Mark& mark, std::string_view text) {
  return fnv_hash(mark.size, fnv_hash(mark.offset, fnv_hash(mark.turn, fnv_hash(text))));
}

bool SurvivingText::write(std::string_view text) {
  if (mark_.turn > 0 && text == text_) return true;
  Mark next{mark_.turn + 1, kFirstOffset, text.size(), 0};
  // Before the one that counts where it fits, else behind it.
  const bool fits_before = mark_.size == 0 || mark_.offset - kFirstOffset >= text.size();
  if (!fits_before) next.offset = mark_.offset + mark_.size;
  next.hash = hash_of(next, text);
  if (!write_all_at(fd(), text, next.offset)) return false;
  const std::string_view bytes(reinterpret_cast<const char*>(&next), sizeof next);
  if (!write_all_at(fd(), bytes, (next.turn % 2) * sizeof(Mark))) return false;
  mark_ = next;
  text_ = text;
  return true;
}

bool SurvivingText::seal_with(std::string_view text) {
  return write(text) &&
         ::fcntl(fd(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

}  // namespace demo
