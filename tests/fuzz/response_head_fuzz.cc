// Property: a backend's head gets the same verdict in one piece and in two, and what would be forwarded to
// the client is one valid head with the same framing.
#include <array>

#include "fuzz_check.h"
#include "http/response_head_writer.h"
#include "http/response_parser.h"

namespace demo {
namespace {

ResponseParser first_parser;
ResponseParser second_parser;

ParseOutcome parse_in_two(std::string_view bytes, std::size_t split, const ResponseExpectation& expectation) {
  const ParseOutcome outcome = second_parser.parse(bytes.substr(0, split), expectation);
  return outcome == ParseOutcome::kIncomplete ? second_parser.parse(bytes, expectation, split) : outcome;
}

void check_forwarded(const ResponseHead& head, const ResponseExpectation& expectation) {
  static std::array<char, 2 * limits::kHeadSizeBytes> out;
  const ClientConnection connection = head.switches ? ClientConnection::kSwitch : ClientConnection::kKeep;
  const std::string_view written = write_response_head(
      out, head, {.connection = connection, .via = true, .date = "Sun, 06 Nov 1994 08:49:37 GMT"});
  if (written.empty() || written.size() > limits::kHeadSizeBytes) return;
  // Added fields may be more than the next parser allows.
  if (head.field_count + 4 > limits::kFieldCount) return;
  fuzz_check(second_parser.parse(written, expectation) == ParseOutcome::kComplete,
             "a forwarded head is valid");
  const ResponseHead& again = second_parser.head();
  fuzz_check(again.size == written.size(), "a forwarded head holds one head");
  fuzz_check(again.status == head.status && again.body == head.body, "status and kind of body are forwarded");
  fuzz_check(head.body != BodyKind::kLength || again.content_length == head.content_length,
             "the length is forwarded");
}

}  // namespace
}  // namespace demo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using demo::ParseOutcome;
  if (size < 2) return 0;
  demo::ResponseExpectation expectation;
  expectation.method = (data[0] & 1U) != 0 ? demo::Method::kHead : demo::Method::kGet;
  expectation.upgrade = (data[0] & 2U) != 0;
  const std::string_view bytes = demo::as_text(data + 2, size - 2);
  const ParseOutcome in_two = demo::parse_in_two(bytes, data[1] % (bytes.size() + 1), expectation);
  const ParseOutcome outcome = demo::first_parser.parse(bytes, expectation);
  demo::fuzz_check(in_two == outcome, "the same verdict in two pieces");
  if (outcome != ParseOutcome::kComplete) return 0;
  const demo::ResponseHead& head = demo::first_parser.head();
  demo::fuzz_check(head.size <= bytes.size(), "a head is no longer than its bytes");
  for (std::size_t i = 0; i < head.field_count; ++i) {
    const std::string_view value = head.fields[i].value;
    demo::fuzz_check(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
                     "values are clean");
  }
  demo::check_forwarded(head, expectation);
  return 0;
}
