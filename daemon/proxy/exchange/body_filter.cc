#include "proxy/exchange/body_filter.h"

#include <cstring>
#include <string_view>

namespace demo {
namespace {

// Moves bytes towards the front of the memory that they are in.
std::size_t keep(std::span<char> memory, std::size_t at, std::string_view bytes) {
  if (memory.data() + at != bytes.data()) std::memmove(memory.data() + at, bytes.data(), bytes.size());
  return at + bytes.size();
}

// Framing bytes without those of extensions. reader: as it was before them.
std::size_t keep_framing(BodyReader reader, std::span<char> memory, std::size_t at,
                         std::string_view framing) {
  if (!reader.in_extension() && framing.find_first_of("; \t") == std::string_view::npos) {
    return keep(memory, at, framing);
  }
  for (const char& byte : framing) {
    reader.consume({&byte, 1});
    if (!reader.in_extension()) memory[at++] = byte;
  }
  return at;
}

}  // namespace

FilteredBody filter_body(BodyReader& reader, std::span<char> bytes, BodyForm form) {
  const std::string_view received(bytes.data(), bytes.size());
  FilteredBody result;
  if (reader.kind() != BodyKind::kChunked) {
    const BodyReader::Step step = reader.consume(received);
    return {step.consumed, step.consumed, step.outcome};
  }
  while (result.taken < received.size() && !reader.complete()) {
    const BodyReader before = reader;
    const BodyReader::Step step = reader.step(received.substr(result.taken));
    if (step.outcome == ParseOutcome::kRejected) return {0, 0, ParseOutcome::kRejected};
    const std::string_view part = received.substr(result.taken, step.consumed);
    result.taken += step.consumed;
    const std::size_t head =
        step.payload.empty() ? part.size() : static_cast<std::size_t>(step.payload.data() - part.data());
    if (form == BodyForm::kFramed)
      result.kept = keep_framing(before, bytes, result.kept, part.substr(0, head));
    result.kept = keep(bytes, result.kept, step.payload);
  }
  result.outcome = reader.complete() ? ParseOutcome::kComplete : ParseOutcome::kIncomplete;
  return result;
}

}  // namespace demo
