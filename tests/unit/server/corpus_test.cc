#include <gtest/gtest.h>

#include "server_rig.h"
#include "unit/http/corpus_cases.h"
#include "unit/http/splitting.h"

// The framing corpus on the wire: how many requests get an answer, and the verdict after them.

namespace demo {
namespace {

class ServerCorpus : public ServerRig {
 protected:
  // Sends the pieces, each on its way before the next, as long as the connection is open; reads everything.
  std::vector<TestResponse> exchange(Client& client, const Pieces& pieces, std::string_view sent) {
    for (const std::string& piece : pieces) {
      if (client.send_some(piece) != piece.size()) break;
      turns.settle();
    }
    turns.settle();
    client.read();
    std::vector<TestResponse> responses;
    const bool head_only = sent.starts_with("HEAD ");
    while (auto response = take_response(client.received(), head_only)) {
      if (response->status != 100) responses.push_back(std::move(*response));
    }
    return responses;
  }

  void expect_verdict(const CorpusCase& one, const Pieces& pieces, const char* splitting) {
    SCOPED_TRACE(one.name + " " + splitting + ": " + one.why);
    Client client = connect();
    const std::vector<TestResponse> responses = exchange(client, pieces, one.raw);
    EXPECT_TRUE(client.received().empty()) << "half a response: " << client.received();
    EXPECT_FALSE(client.reset());
    const bool rejected = one.expect == "reject";
    const std::size_t good = rejected ? one.answered_before_verdict : one.requests;
    ASSERT_EQ(responses.size(), good + (rejected ? 1 : 0));
    for (std::size_t i = 0; i < good; ++i) EXPECT_EQ(responses[i].status, 200) << i;
    if (rejected) {
      EXPECT_GE(responses.back().status, 400);
      EXPECT_LE(responses.back().status, 505);
      EXPECT_TRUE(responses.back().closes());
    }
    EXPECT_EQ(client.open(), one.expect == "accept") << "the connection";
    client.close();
    http.cut();
  }

  void expect_all(Pieces (*split)(std::string_view), const char* splitting) {
    const std::vector<CorpusCase> cases = load_corpus("request");
    ASSERT_GT(cases.size(), 180U);
    for (const CorpusCase& one : cases) expect_verdict(one, split(one.raw), splitting);
  }
};

TEST_F(ServerCorpus, GetsItsVerdictsWhole) { expect_all(whole, "whole"); }

TEST_F(ServerCorpus, GetsItsVerdictsByteByByte) { expect_all(byte_by_byte, "byte by byte"); }

TEST_F(ServerCorpus, GetsItsVerdictsLineByLine) { expect_all(line_by_line, "line by line"); }

}  // namespace
}  // namespace demo
