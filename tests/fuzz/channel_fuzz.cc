// Properties: frames that encode() would not have made are refused, and so is the snapshot that they carry;
// what is decoded can be encoded, within the size of a packet, and says the same once it is decoded again.
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "channel/messages.h"
#include "channel/sealed_memory.h"
#include "channel/snapshot_codec.h"
#include "fuzz_check.h"
#include "quiet_protobuf.h"
#include "unit/channel/sample_snapshot.h"

namespace demo {
namespace {

// Takes numbers and pieces off the front of the input; 0 and nothing once that is at its end.
class InputReader {
 public:
  explicit InputReader(std::string_view rest) : rest_(rest) {}

  bool empty() const { return rest_.empty(); }
  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const char byte : piece(bytes)) value = value << 8U | static_cast<unsigned char>(byte);
    return value;
  }
  std::string piece(std::size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return std::string(taken);
  }

 private:
  std::string_view rest_;
};

const std::string& sample_bytes() {
  static const std::string bytes = encode_snapshot(sample_snapshot());
  return bytes;
}

void check_snapshot(std::string_view bytes) {
  const auto snapshot = decode_snapshot(bytes);
  if (!snapshot) return fuzz_check(!snapshot.error().message.empty(), "a refusal has a reason");
  const auto again = decode_snapshot(encode_snapshot(*snapshot));
  fuzz_check(again && *again == *snapshot, "a snapshot reads back");
}

// Any bytes behind the mark of this build, without which nothing is read.
void check_any_snapshot(InputReader input) {
  check_snapshot(sample_bytes().substr(0, sizeof(std::uint64_t)) + input.piece(std::string::npos));
}

// A whole one with other bytes at some places.
void check_damaged_snapshot(InputReader input) {
  std::string bytes = sample_bytes();
  while (!input.empty()) {
    const std::size_t place = input.number(2) % bytes.size();
    const std::string piece = input.piece(1 + input.number(1) % sizeof(std::uint64_t));
    bytes.replace(place, std::min(piece.size(), bytes.size() - place), piece);
  }
  check_snapshot(bytes);
}

// What tells two messages apart, however their descriptors are numbered.
std::string text_of(const std::vector<Frame>& frames) {
  std::string text;
  for (const Frame& frame : frames) {
    fuzz_check(!frame.bytes.empty() && frame.bytes.size() <= Frame::kSizeBytes, "a frame fits a packet");
    fuzz_check(frame.fds.size() <= Frame::kDescriptors, "descriptors fit a packet");
    text += std::to_string(frame.bytes.size()) + ' ' + frame.bytes + std::to_string(frame.fds.size());
  }
  return text;
}

void check_message(Message message) {
  const std::size_t kind = message.index();
  auto frames = encode(std::move(message));
  fuzz_check(frames && !frames->empty(), "what was decoded is encoded");
  const std::string text = text_of(*frames);
  MessageAssembler assembler;
  std::optional<Message> again;
  for (Frame& frame : *frames) {
    fuzz_check(!again, "the last frame completes a message");
    auto added = assembler.add(std::move(frame));
    fuzz_check(added.has_value(), "what was encoded is decoded");
    again = std::move(*added);
  }
  fuzz_check(again && again->index() == kind, "the same kind of message");
  const auto encoded = encode(*std::move(again));
  fuzz_check(encoded && text_of(*encoded) == text, "a message reads back");
}

// The byte before each frame says what comes beside its bytes: a bit, and how many descriptors.
constexpr std::size_t kLosesDescriptors = 1;
constexpr std::size_t kDescriptorsEnd = 8;

// Of a sealed memory with a whole snapshot, as the kernel passes it: nobody else's.
SharedFd sealed_sample() {
  static const UniqueFd memory = *write_sealed_memory(sample_bytes());
  return SharedFd(UniqueFd(::dup(memory.get())));
}

Frame next_frame(InputReader& input) {
  Frame frame;
  const std::size_t beside = input.number(1);
  frame.descriptors_lost = (beside & kLosesDescriptors) != 0;
  for (std::size_t more = beside / 2 % kDescriptorsEnd; more > 0; --more) {
    frame.fds.push_back(sealed_sample());
  }
  frame.bytes = input.piece(input.number(2));
  return frame;
}

void check_frames(InputReader input) {
  MessageAssembler assembler;
  while (!input.empty()) {
    auto message = assembler.add(next_frame(input));
    if (!message) return fuzz_check(!message.error().message.empty(), "a refusal has a reason");
    if (*message) check_message(std::move(**message));
  }
}

}  // namespace
}  // namespace demo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const demo::InputReader input(demo::as_text(data + 1, size - 1));
  switch (data[0] % 3) {
    case 0:
      demo::check_frames(input);
      break;
    case 1:
      demo::check_damaged_snapshot(input);
      break;
    default:
      demo::check_any_snapshot(input);
  }
  return 0;
}
