#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>

#include "http/body_reader.h"

// Following a chunked body, by the size of its chunks.

namespace demo {
namespace {

void read_chunked_body(benchmark::State& state) {
  const auto chunk = static_cast<std::size_t>(state.range(0));
  std::string body;
  while (body.size() < 64 * 1024) {
    char size[20];
    body.append(size, static_cast<std::size_t>(std::snprintf(size, sizeof size, "%zx\r\n", chunk)));
    body.append(chunk, 'x').append("\r\n");
  }
  body += "0\r\n\r\n";
  for (auto _ : state) {
    BodyReader reader(BodyKind::kChunked, 0);
    if (reader.consume(body).outcome != ParseOutcome::kComplete) return state.SkipWithError("not a body");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}

BENCHMARK(read_chunked_body)->Arg(1)->Arg(64)->Arg(4096)->Arg(65536);

}  // namespace
}  // namespace demo
