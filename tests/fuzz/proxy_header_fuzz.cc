// Properties: a header gets the same verdict however its bytes come, nothing behind it is needed or taken,
// and what we write about any two addresses says the same to the next reader.
#include <algorithm>
#include <array>
#include <span>

#include "fuzz_check.h"
#include "proxy/client/proxy_protocol.h"

namespace demo {
namespace {

bool same(const ProxyHeader& a, const ProxyHeader& b) {
  return a.outcome == b.outcome && a.size == b.size && a.has_address == b.has_address &&
         (!a.has_address || (a.source == b.source && a.destination == b.destination));
}

// What has come grows by pieces until there is a verdict, as for a connection.
ProxyHeader read_in_pieces(std::string_view bytes, std::size_t piece) {
  ProxyHeader header = parse_proxy_header({});
  for (std::size_t end = 0; header.outcome == ParseOutcome::kIncomplete && end < bytes.size();) {
    end = std::min(end + piece, bytes.size());
    header = parse_proxy_header(bytes.substr(0, end));
  }
  return header;
}

void check_verdict(std::string_view bytes, std::size_t piece, const ProxyHeader& whole) {
  fuzz_check(same(read_in_pieces(bytes, piece), whole), "the same verdict in pieces");
  fuzz_check(bytes.size() < kProxyHeaderBytes || whole.outcome != ParseOutcome::kIncomplete,
             "there is a verdict at last");
  if (whole.outcome != ParseOutcome::kComplete) return;
  fuzz_check(whole.size > 0 && whole.size <= bytes.size() && whole.size <= kProxyHeaderBytes,
             "a header is no longer than its bytes");
  fuzz_check(same(parse_proxy_header(bytes.substr(0, whole.size)), whole), "what is behind does not count");
  fuzz_check(parse_proxy_header(bytes.substr(0, whole.size - 1)).outcome == ParseOutcome::kIncomplete,
             "its last byte belongs to it");
}

void check_written(const Address& source, const Address& destination) {
  const bool told = !source.is_unix() && !destination.is_unix();
  for (const SendProxyProtocol version : {SendProxyProtocol::kV1, SendProxyProtocol::kV2}) {
    std::array<char, kWrittenProxyHeaderBytes> memory;
    const std::size_t size = write_proxy_header(memory, version, source, destination);
    fuzz_check(size > 0 && size <= memory.size(), "a written header fits its room");
    const ProxyHeader again = parse_proxy_header({memory.data(), size});
    fuzz_check(again.outcome == ParseOutcome::kComplete && again.size == size, "a written header is one");
    fuzz_check(again.has_address == told, "addresses are told where both have one");
    fuzz_check(!told || (again.source == source && again.destination == destination),
               "a written header reads back");
  }
}

}  // namespace
}  // namespace demo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view bytes = demo::as_text(data + 1, size - 1);
  static const demo::Address unix_path = *demo::Address::parse("unix:/a");
  // One header behind another: so the two addresses that are written come from headers of different families.
  demo::Address last = unix_path;
  for (;;) {
    const demo::ProxyHeader header = demo::parse_proxy_header(bytes);
    demo::check_verdict(bytes, 1 + data[0], header);
    if (header.outcome != demo::ParseOutcome::kComplete) return 0;
    if (header.has_address) {
      demo::check_written(header.source, header.destination);
      demo::check_written(last, header.source);
      last = header.destination;
    }
    bytes.remove_prefix(header.size);
  }
}
