#pragma once

#include <string>
#include <vector>

namespace demo {

// One message of tests/corpus/http1-framing.json with its verdict.
struct CorpusCase {
  std::string name;
  std::string why;
  std::string raw;
  std::string expect;  // accept, accept_close, reject
  unsigned requests = 1;
  unsigned answered_before_verdict = 0;
  std::string body;                    // of a response
  std::vector<std::string> forwarded;  // demands on the forwarded bytes
};

// kind: "request" or "response".
std::vector<CorpusCase> load_corpus(const std::string& kind);

}  // namespace demo
