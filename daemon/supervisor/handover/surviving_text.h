#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

// A text in a memfd that outlives its writer, whenever that dies: a new text is written beside the one that
// counts, and then counts instead. One process writes at a time; runs on the supervisor's loop.
class SurvivingText {
 public:
  // Empty. name: for /proc, memfd_create(2). Error: kResourceExhausted.
  static Result<SurvivingText> create(const char* name);
  // The text of a process that is gone, to be written on. Error: kInvalidArgument for another descriptor, and
  // where something was written and none of it is whole.
  static Result<SurvivingText> adopt(UniqueFd memory);

  // Replaces the text unless it is the same. False when there is no memory for it: the one before counts.
  bool write(std::string_view text);
  // The same of the last one: no process writes after it.
  bool seal_with(std::string_view text);
  const std::string& text() const { return text_; }
  int fd() const { return memory_.get(); }

 private:
  // Where a text is; two of them stand at the begin of the memory, of which the later one that is whole
  // counts.
  struct Mark {
    std::uint64_t turn = 0;  // counts the texts; 0: none yet
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t hash = 0;  // of the text and the numbers above
    bool operator==(const Mark&) const = default;
  };
  static constexpr std::uint64_t kFirstOffset = 2 * sizeof(Mark);
  // More than all that is ever written down: a larger one is damaged.
  static constexpr std::uint64_t kTextBytes = 64 * 1024 * 1024;

  explicit SurvivingText(UniqueFd memory) : memory_(std::move(memory)) {}
  static std::uint64_t hash_of(const Mark& mark, std::string_view text);
  std::optional<std::string> read(const Mark& mark) const;

  UniqueFd memory_;
  Mark mark_;
  std::string text_;
};

}  // namespace demo
