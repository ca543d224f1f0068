#include <benchmark/benchmark.h>

#include <string>

#include "http/head_cache.h"
#include "http/request_parser.h"

// What a request head costs: parsed, and recognised as one that was parsed before.

namespace demo {
namespace {

std::string small_head() { return "GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n"; }

std::string browser_head() {
  return "GET /index.html?from=start&lang=en HTTP/1.1\r\n"
         "Host: www.example.org\r\n"
         "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0\r\n"
         "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
         "Accept-Language: en-US,en;q=0.7,de;q=0.3\r\n"
         "Accept-Encoding: gzip, deflate, br\r\n"
         "Referer: https://www.example.org/start\r\n"
         "Connection: keep-alive\r\n"
         "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=yes\r\n"
         "Upgrade-Insecure-Requests: 1\r\n"
         "Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\n"
         "Sec-Fetch-User: ?1\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n\r\n";
}

void parse_head(benchmark::State& state, const std::string& head) {
  RequestParser parser;
  for (auto _ : state) {
    if (parser.parse(head) != ParseOutcome::kComplete) return state.SkipWithError("not a head");
    benchmark::DoNotOptimize(parser.head().size);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * head.size()));
}

void match_head(benchmark::State& state, const std::string& head) {
  RequestParser parser;
  HeadCache cache;
  if (parser.parse(head) != ParseOutcome::kComplete) return state.SkipWithError("not a head");
  cache.remember(head, parser.head());
  for (auto _ : state) {
    const CachedHead* found = cache.match(head);
    if (found == nullptr) return state.SkipWithError("not found");
    benchmark::DoNotOptimize(found->size);
  }
}

BENCHMARK_CAPTURE(parse_head, small, small_head());
BENCHMARK_CAPTURE(parse_head, browser, browser_head());
BENCHMARK_CAPTURE(match_head, small, small_head());
BENCHMARK_CAPTURE(match_head, browser, browser_head());

}  // namespace
}  // namespace demo
