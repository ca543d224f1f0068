// Property: a body ends at the same place with the same content whether its bytes come at once or in pieces,
// and whether it is read step by step or consumed in one go.
#include <string>

#include "fuzz_check.h"
#include "http/body_reader.h"

namespace demo {
namespace {

struct Read {
  std::string content;
  std::size_t consumed = 0;
  ParseOutcome outcome = ParseOutcome::kIncomplete;
};

Read read(BodyReader reader, std::string_view bytes, std::size_t piece) {
  Read result;
  if (reader.complete()) result.outcome = ParseOutcome::kComplete;
  while (result.outcome == ParseOutcome::kIncomplete && result.consumed < bytes.size()) {
    const std::string_view rest = bytes.substr(result.consumed, piece);
    const BodyReader::Step step = reader.step(rest);
    fuzz_check(step.consumed <= rest.size(), "no more is consumed than there is");
    fuzz_check(lies_within(step.payload, rest), "content within the bytes");
    fuzz_check(step.consumed > 0 || step.outcome != ParseOutcome::kIncomplete, "every step goes on");
    result.content += step.payload;
    result.consumed += step.consumed;
    result.outcome = step.outcome;
  }
  return result;
}

}  // namespace
}  // namespace demo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto kind = static_cast<demo::BodyKind>(data[0] % 8 > 3 ? 2 : data[0] % 4);
  const std::string_view bytes = demo::as_text(data + 2, size - 2);
  const demo::BodyReader reader(kind, data[1]);
  const demo::Read at_once = demo::read(reader, bytes, bytes.size());
  const demo::Read in_pieces = demo::read(reader, bytes, 1 + data[1] % 7);
  demo::fuzz_check(in_pieces.outcome == at_once.outcome, "the same verdict in pieces");
  demo::fuzz_check(in_pieces.content == at_once.content, "the same content in pieces");
  demo::fuzz_check(in_pieces.consumed == at_once.consumed, "the same end in pieces");
  demo::BodyReader consumer = reader;
  const demo::BodyReader::Step all = consumer.consume(bytes);
  if (!bytes.empty() || reader.complete()) {
    demo::fuzz_check(all.outcome == at_once.outcome && all.consumed == at_once.consumed,
                     "consumed in one go");
  }
  return 0;
}
