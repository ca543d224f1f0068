#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>

#include "proxy_harness.h"
#include "recording_backend.h"
#include "strict_readers.h"
#include "unit/http/corpus_cases.h"

// What of the framing corpus the proxy forwards must mean the same to every strict parser.
namespace demo::test {
namespace {

using testing::StartsWith;

// What came out on both sides of a proxy for the bytes of a client.
struct Result {
  std::string to_client;
  bool reset = false;
  std::vector<std::string> to_backends;  // by connection
};

Result run(std::string_view sent, RecordingBackend& backend) {
  Result result;
  {
    ProxyHarness proxy;
    proxy.add_backend(backend.address());
    proxy.apply();
    TestPeer client = proxy.connect();
    client.send(sent);
    client.finish();
    result.to_client = client.read_to_end();
    result.reset = client.was_reset();
  }
  result.to_backends = backend.finish();
  return result;
}

std::vector<unsigned> statuses(std::string_view bytes) {
  std::vector<unsigned> list;
  for (std::size_t at = 0; (at = bytes.find("HTTP/1.1 ", at)) != std::string_view::npos; at += 9) {
    unsigned status = 0;
    std::from_chars(bytes.data() + at + 9, bytes.data() + bytes.size(), status);
    if (status >= 200) list.push_back(status);
  }
  return list;
}

// The messages that both other parsers agree were forwarded; partial ones aside.
std::vector<ReadMessage> forwarded_requests(const Result& result) {
  std::vector<ReadMessage> all;
  for (const std::string& bytes : result.to_backends) {
    const Reading beast = read_with_beast(MessageKind::kRequest, bytes);
    const Reading node = read_with_llhttp(MessageKind::kRequest, bytes);
    EXPECT_FALSE(beast.refused) << bytes;
    if (node.unknown_method) {
      all.insert(all.end(), beast.messages.begin(), beast.messages.end());
      continue;
    }
    EXPECT_FALSE(node.refused) << bytes;
    EXPECT_EQ(beast.messages.size(), node.messages.size()) << bytes;
    for (std::size_t i = 0; i < std::min(beast.messages.size(), node.messages.size()); ++i) {
      EXPECT_EQ(beast.messages[i].start, node.messages[i].start);
      EXPECT_EQ(beast.messages[i].body, node.messages[i].body);
    }
    all.insert(all.end(), node.messages.begin(), node.messages.end());
  }
  return all;
}

// A demand of the corpus on the forwarded messages.
void expect_demand(const std::string& demand, const std::vector<ReadMessage>& messages,
                   const CorpusCase& one) {
  const std::size_t split = demand.find_first_of("=:");
  const std::string kind = demand.substr(0, split);
  const std::string what = split == std::string::npos ? "" : demand.substr(split + 1);
  if (messages.empty() && one.expect == "reject") return;
  ASSERT_FALSE(messages.empty());
  if (kind == "n") {
    EXPECT_EQ(std::to_string(messages.size()), what);
  }
  if (kind == "body") {
    EXPECT_EQ(messages.front().body, what);
  }
  if (kind == "no") {
    EXPECT_FALSE(messages.front().has(what)) << what;
  }
  if (kind == "has") {
    EXPECT_TRUE(messages.front().has(what)) << what;
  }
  if (kind == "eq") {
    const std::size_t equals = what.find('=');
    const std::string value = messages.front().value(what.substr(0, equals));
    if (what.substr(equals + 1) != "*") {
      EXPECT_EQ(value, what.substr(equals + 1));
    }
  }
}

std::string answer_ok(std::string_view method) {
  return method == "HEAD" ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : ok_response("ok");
}

void expect_request_verdict(const CorpusCase& one) {
  RecordingBackend backend(answer_ok);
  const Result result = run(one.raw, backend);
  const std::vector<ReadMessage> forwarded = forwarded_requests(result);
  const std::vector<unsigned> answers = statuses(result.to_client);
  if (one.expect == "reject") {
    EXPECT_EQ(forwarded.size(), one.answered_before_verdict) << "a request of its reached a backend";
    ASSERT_GE(answers.size(), one.answered_before_verdict);
    for (unsigned i = 0; i < one.answered_before_verdict; ++i) EXPECT_EQ(answers[i], 200U);
    EXPECT_LE(answers.size(), one.answered_before_verdict + 1);
    if (answers.size() > one.answered_before_verdict) {
      EXPECT_GE(answers.back(), 400U);
    }
  } else {
    EXPECT_EQ(answers, std::vector<unsigned>(one.requests, 200U)) << result.to_client;
    EXPECT_EQ(forwarded.size(), one.requests);
  }
  for (const std::string& demand : one.forwarded) expect_demand(demand, forwarded, one);
}

TEST(Corpus, EveryRequestGetsItsVerdictThroughTheProxy) {
  const std::vector<CorpusCase> cases = load_corpus("request");
  ASSERT_GT(cases.size(), 100U);
  for (const CorpusCase& one : cases) {
    SCOPED_TRACE(one.name + ": " + one.why);
    expect_request_verdict(one);
  }
}

// Whatever is wrong with a request that came in one piece, its body included: nothing of it may reach a
// backend, not even a connection.
TEST(Corpus, ARequestThatIsRefusedOpensNoBackendConnection) {
  unsigned checked = 0;
  for (const CorpusCase& one : load_corpus("request")) {
    if (one.expect != "reject" || one.answered_before_verdict > 0) continue;
    SCOPED_TRACE(one.name + ": " + one.why);
    RecordingBackend backend(answer_ok);
    EXPECT_THAT(run(one.raw, backend).to_backends, testing::IsEmpty());
    ++checked;
  }
  EXPECT_GT(checked, 100U);
}

void expect_response_verdict(const CorpusCase& one) {
  RecordingBackend backend([&one](std::string_view) { return one.raw; }, true);
  const Result result = run("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", backend);
  const Reading beast = read_with_beast(MessageKind::kResponse, result.to_client);
  const Reading node = read_with_llhttp(MessageKind::kResponse, result.to_client);
  if (one.expect == "reject") {
    const bool told = std::ranges::any_of(statuses(result.to_client), [](unsigned s) { return s == 502; });
    EXPECT_TRUE(told || result.reset) << result.to_client;
    return;
  }
  EXPECT_FALSE(result.reset);
  EXPECT_FALSE(beast.refused || beast.partial) << result.to_client;
  EXPECT_FALSE(node.refused || node.partial) << result.to_client;
  ASSERT_FALSE(beast.messages.empty() || node.messages.empty());
  EXPECT_THAT(beast.messages.back().start, StartsWith("2"));
  EXPECT_EQ(beast.messages.back().body, one.body);
  EXPECT_EQ(node.messages.back().body, one.body);
}

TEST(Corpus, EveryResponseGetsItsVerdictThroughTheProxy) {
  const std::vector<CorpusCase> cases = load_corpus("response");
  ASSERT_GT(cases.size(), 20U);
  for (const CorpusCase& one : cases) {
    SCOPED_TRACE(one.name + ": " + one.why);
    expect_response_verdict(one);
  }
}

}  // namespace
}  // namespace demo::test
