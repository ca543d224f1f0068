// Properties: any text is read to an end; what is accepted can be written, and reads as the same message
// again; what is refused is refused with a place and a reason that a terminal may show.
#include "json/read_message.h"

#include <google/protobuf/util/message_differencer.h>

#include "demo/control/v1/config.pb.h"
#include "fuzz_check.h"
#include "json/write_message.h"
#include "text/printable.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = demo::as_text(data, size);
  for (const auto unknown : {demo::json::Unknown::kRefused, demo::json::Unknown::kLeftOut}) {
    demo::control::v1::Config message;
    const demo::json::Reading reading = demo::json::read_message(text, message, {.unknown = unknown});
    for (const demo::json::Problem& problem : reading.problems) {
      const std::string told = problem.text();
      demo::fuzz_check(!problem.reason.empty(), "a problem has a reason");
      demo::fuzz_check(demo::text::printable(told) == told, "a problem can be shown");
    }
    if (!reading.problems.empty()) continue;
    demo::control::v1::Config again;
    const std::string written = demo::json::write_message(message, demo::json::Layout::kOneLine);
    demo::fuzz_check(demo::json::read_message(written, again).problems.empty(), "what was written is read");
    demo::fuzz_check(google::protobuf::util::MessageDifferencer::Equals(message, again),
                     "what was written says the same");
  }
  return 0;
}
