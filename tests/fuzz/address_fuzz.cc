// Properties: an address, a backend, a time and a size read back from what they print are the same.
#include "base/address.h"

#include "fuzz_check.h"
#include "text/byte_size.h"
#include "text/duration_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = demo::as_text(data, size);
  if (const auto address = demo::Address::parse(text)) {
    const auto again = demo::Address::parse(address->to_string());
    demo::fuzz_check(again && *again == *address, "an address reads back");
  }
  if (const auto endpoint = demo::Endpoint::parse(text)) {
    const auto again = demo::Endpoint::parse(endpoint->text);
    demo::fuzz_check(again && *again == *endpoint && again->host == endpoint->host, "an endpoint reads back");
    demo::fuzz_check(endpoint->port != 0 || endpoint->address.is_unix(), "a backend has a port");
    demo::fuzz_check(endpoint->needs_resolving() || endpoint->address.family() != AF_UNSPEC,
                     "name or address");
  }
  if (const auto duration = demo::text::parse_duration(text)) {
    demo::fuzz_check(demo::text::parse_duration(demo::text::format_duration(*duration)) == duration,
                     "a time reads back");
  }
  if (const auto bytes = demo::text::parse_byte_size(text)) {
    demo::fuzz_check(demo::text::parse_byte_size(demo::text::format_byte_size(*bytes)) == bytes,
                     "a size reads back");
  }
  return 0;
}
