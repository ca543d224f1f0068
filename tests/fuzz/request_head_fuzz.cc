// Property: a head gets the same verdict in one piece and in two, its views stay within its bytes, and what
// would be forwarded means the same to the next strict parser.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "fuzz_check.h"
#include "http/head_cache.h"
#include "http/request_head_writer.h"
#include "http/request_parser.h"

namespace demo {
namespace {

RequestParser first_parser;
RequestParser second_parser;
HeadCache cache;

ParseOutcome parse_in_two(RequestParser& parser, std::string_view bytes, std::size_t split) {
  const ParseOutcome outcome = parser.parse(bytes.substr(0, split));
  return outcome == ParseOutcome::kIncomplete ? parser.parse(bytes, split) : outcome;
}

void check_views(const RequestHead& head, std::string_view bytes) {
  fuzz_check(head.size <= bytes.size(), "a head is no longer than its bytes");
  fuzz_check(lies_within(head.target, bytes), "target within the bytes");
  fuzz_check(lies_within(head.host, bytes), "host within the bytes");
  fuzz_check(head.field_count <= head.fields.size(), "field count within bounds");
  for (std::size_t i = 0; i < head.field_count; ++i) {
    fuzz_check(lies_within(head.fields[i].name, bytes) && !head.fields[i].name.empty(),
               "name within the bytes");
    fuzz_check(lies_within(head.fields[i].value, bytes), "value within the bytes");
  }
}

void check_forwarded(const RequestHead& head) {
  static std::array<char, 2 * limits::kHeadSizeBytes> out;
  const std::string_view written = write_request_head(
      out, head, {.peer = "::1", .default_host = "b", .x_forwarded = true, .forwarded = true, .via = true});
  if (written.empty() || written.size() > limits::kHeadSizeBytes) return;
  // Added fields may be more than the limits of the next parser allow; nothing else may be wrong.
  if (second_parser.parse(written) == ParseOutcome::kRejected) {
    const unsigned status = second_parser.rejection().status;
    fuzz_check(status == 431 || status == 414, "a forwarded head is valid");
    return;
  }
  const RequestHead& again = second_parser.head();
  fuzz_check(again.size == written.size(), "a forwarded head holds one head");
  fuzz_check(again.method_text == head.method_text, "the method is forwarded");
  fuzz_check(again.body == head.body && again.content_length == head.content_length,
             "the framing is forwarded");
  fuzz_check(head.host.empty() || again.host == head.host, "the host is forwarded");
  const auto left = head.max_forwards ? std::optional(std::max(*head.max_forwards, 1U) - 1) : std::nullopt;
  fuzz_check(again.max_forwards == left, "who may pass it on further is one less");
}

}  // namespace
}  // namespace demo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using demo::ParseOutcome;
  if (size == 0) return 0;
  const std::string_view bytes = demo::as_text(data + 1, size - 1);
  const std::size_t split = bytes.empty() ? 0 : data[0] % (bytes.size() + 1);
  const ParseOutcome in_two = demo::parse_in_two(demo::second_parser, bytes, split);
  const ParseOutcome outcome = demo::first_parser.parse(bytes);
  demo::fuzz_check(in_two == outcome, "the same verdict in two pieces");
  if (outcome == ParseOutcome::kRejected) {
    const demo::Rejection& rejection = demo::first_parser.rejection();
    demo::fuzz_check(rejection.status >= 400 && rejection.status < 600 && !rejection.reason.empty(),
                     "a rejection says why");
  }
  if (outcome != ParseOutcome::kComplete) return 0;
  const demo::RequestHead& head = demo::first_parser.head();
  demo::check_views(head, bytes);
  demo::cache.remember(bytes.substr(0, head.size), head);
  const demo::CachedHead* cached = demo::cache.match(bytes);
  if (cached != nullptr) {
    demo::fuzz_check(cached->size == head.size && cached->target == head.target &&
                         cached->host == head.host && cached->persistent == head.persistent &&
                         cached->method == head.method,
                     "a remembered head is the parsed one");
    demo::fuzz_check(head.body == demo::BodyKind::kNone, "no head with a body is remembered");
  }
  demo::check_forwarded(head);
  return 0;
}
