#include "corpus_cases.h"

#include <boost/json/src.hpp>
#include <fstream>
#include <sstream>

namespace demo {
namespace {

// The file has one character a byte; characters above 127 are two bytes in UTF-8.
std::string latin1_of(const std::string& utf8) {
  std::string bytes;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x80) {
      bytes += utf8[i];
    } else {
      const auto low = static_cast<unsigned char>(utf8[++i]) & 0x3fU;
      bytes += static_cast<char>((c & 0x03U) << 6 | low);
    }
  }
  return bytes;
}

std::string text_of(const boost::json::object& object, const char* key) {
  const boost::json::value* value = object.if_contains(key);
  return value == nullptr ? std::string() : std::string(value->as_string());
}

unsigned number_of(const boost::json::object& object, const char* key, unsigned otherwise) {
  const boost::json::value* value = object.if_contains(key);
  return value == nullptr ? otherwise : value->to_number<unsigned>();
}

}  // namespace

std::vector<CorpusCase> load_corpus(const std::string& kind) {
  std::ifstream file(DEMO_CORPUS_DIR "/http1-framing.json");
  std::stringstream text;
  text << file.rdbuf();
  std::vector<CorpusCase> cases;
  const boost::json::value document = boost::json::parse(text.str());
  for (const boost::json::value& entry : document.as_array()) {
    const boost::json::object& object = entry.as_object();
    if (text_of(object, "kind") != kind) continue;
    CorpusCase one;
    one.name = text_of(object, "name");
    one.why = text_of(object, "why");
    one.raw = latin1_of(text_of(object, "raw"));
    one.expect = text_of(object, "expect");
    one.requests = number_of(object, "n", 1);
    one.answered_before_verdict = number_of(object, "ok_before", 0);
    one.body = text_of(object, "body");
    if (const boost::json::value* forwarded = object.if_contains("fwd")) {
      for (const boost::json::value& demand : forwarded->as_array()) {
        one.forwarded.emplace_back(demand.as_string());
      }
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace demo
