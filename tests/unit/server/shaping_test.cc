#include <gmock/gmock.h>

#include "base/limits.h"
#include "server/body_file.h"
#include "server_rig.h"

// Responses as the configuration or a request's query wants them.

namespace demo {
namespace {

class Shaping : public ServerRig {
 protected:
  TestResponse shaped(const std::string& query) {
    Client client = connect();
    return ask(client, get_of("/?" + query));
  }
};

TEST_F(Shaping, SizeOfTheBody) {
  Client client = connect();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64},
        CannedResponse::kInlineBodyBytes - 1, CannedResponse::kInlineBodyBytes,
        CannedResponse::kInlineBodyBytes + 1, std::size_t{100'000}, BodyFile::kPatternBytes,
        BodyFile::kPatternBytes + 1, 3 * BodyFile::kPatternBytes - 5}) {
    const TestResponse response = ask(client, get_of("/?s=" + std::to_string(size)));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.field("content-length"), std::to_string(size));
    EXPECT_TRUE(response.body == body_pattern(response.body.size())) << size;
    EXPECT_EQ(response.body.size(), size);
  }
  EXPECT_EQ(buffers.lent(), 0U);
  EXPECT_EQ(shaped("s=20k").body.size(), 20U << 10);
}

TEST_F(Shaping, Status) {
  EXPECT_EQ(shaped("r=404").status, 404);
  EXPECT_EQ(shaped("r=404").body, "OK\n");
  EXPECT_EQ(shaped("r=503&s=5").status, 503);
  EXPECT_EQ(shaped("r=503&s=5").body.size(), 5U);
  EXPECT_EQ(shaped("r=301").status, 301);
  EXPECT_EQ(page->worker.responses_4xx.get(), 2U);
  EXPECT_EQ(page->worker.responses_5xx.get(), 2U);
  EXPECT_EQ(page->worker.responses_3xx.get(), 1U);
}

TEST_F(Shaping, StatusWithoutABodyHasNone) {
  Client client = connect();
  for (const char* query : {"/?r=204", "/?r=204&s=10", "/?r=304&chunked=1"}) {
    const TestResponse response = ask(client, get_of(query));
    EXPECT_FALSE(response.has("content-length"));
    EXPECT_FALSE(response.has("transfer-encoding"));
    EXPECT_TRUE(quiet(client)) << query << " had a body";
  }
}

TEST_F(Shaping, Close) {
  Client client = connect();
  EXPECT_TRUE(ask(client, get_of("/?c=1")).closes());
  EXPECT_TRUE(closed(client));
  Client large = connect();
  const TestResponse response = ask(large, get_of("/?c=1&s=3m"));
  EXPECT_TRUE(response.closes());
  EXPECT_EQ(response.body.size(), 3U << 20);
  EXPECT_TRUE(closed(large));
}

TEST_F(Shaping, Chunked) {
  Client client = connect();
  for (const std::size_t size : {0U, 1U, 1000U, 9000U, 256U << 10, (256U << 10) + 1, 3U << 20}) {
    const TestResponse response = ask(client, get_of("/?chunked=1&s=" + std::to_string(size)));
    EXPECT_EQ(response.field("transfer-encoding"), "chunked");
    EXPECT_EQ(response.body.size(), size);
    EXPECT_TRUE(response.body == body_pattern(size)) << size;
  }
  EXPECT_TRUE(quiet(client));
}

TEST_F(Shaping, ChunkedConfiguredBody) {
  Client client = connect();
  const TestResponse response = ask(client, get_of("/?chunked=1"));
  EXPECT_EQ(response.field("transfer-encoding"), "chunked");
  EXPECT_EQ(response.body, "OK\n");
  EXPECT_FALSE(response.closes());
  snapshot.response.body = "";
  apply();
  EXPECT_EQ(ask(client, get_of("/?chunked=1")).body, "");
  EXPECT_EQ(ask(client, kGet).body, "");
}

TEST_F(Shaping, ChunkedIsNotForHttp10) {
  Client client = connect();
  const TestResponse response = ask(client, "GET /?chunked=1&s=10 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(response.field("content-length"), "10");
  EXPECT_EQ(response.body.size(), 10U);
  EXPECT_TRUE(closed(client));
}

TEST_F(Shaping, HeadOfAShapedResponse) {
  Client client = connect();
  const TestResponse head = ask(client, "HEAD /?s=5m HTTP/1.1\r\nHost: test\r\n\r\n", true);
  EXPECT_EQ(head.field("content-length"), std::to_string(5U << 20));
  EXPECT_TRUE(quiet(client));
  const TestResponse chunked = ask(client, "HEAD /?s=5&chunked=1 HTTP/1.1\r\nHost: test\r\n\r\n", true);
  EXPECT_EQ(chunked.field("transfer-encoding"), "chunked");
  EXPECT_TRUE(quiet(client));
  EXPECT_EQ(ask(client, kGet).body, "OK\n");
}

TEST_F(Shaping, DelayHoldsTheResponseAndThoseBehindIt) {
  Client client = connect();
  const std::uint64_t begin = monotonic_ns();
  client.send(get_of("/?s=1") + get_of("/?t=100&s=2") + get_of("/?s=3"));
  EXPECT_EQ(answer(client).body.size(), 1U) << "what came before does not wait";
  EXPECT_EQ(answer(client).body.size(), 2U);
  EXPECT_GE(monotonic_ns() - begin, 100'000'000U);
  EXPECT_EQ(answer(client).body.size(), 3U);
}

TEST_F(Shaping, DelayAfterABody) {
  Client client = connect();
  const std::uint64_t begin = monotonic_ns();
  const TestResponse response =
      ask(client, "POST /?t=60 HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nab" + std::string(kGet));
  EXPECT_EQ(response.status, 200);
  EXPECT_GE(monotonic_ns() - begin, 60'000'000U);
  EXPECT_EQ(answer(client).status, 200);
}

TEST_F(Shaping, ClientThatLeavesDuringADelayIsForgotten) {
  Client client = connect();
  client.send(get_of("/?t=60000"));
  turns.settle();
  client.abort_connection();
  EXPECT_TRUE(all_closed());
}

TEST_F(Shaping, ManyShapedResponsesInOnePipeline) {
  // More than one batch of small ones, so that some do not fit any more and wait for the socket.
  Client client = connect();
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += get_of(i % 2 == 0 ? "/?r=404" : "/?s=3000");
  client.send(requests);
  for (int i = 0; i < 40; ++i) {
    const TestResponse response = answer(client);
    EXPECT_EQ(response.status, i % 2 == 0 ? 404 : 200);
    EXPECT_EQ(response.body, i % 2 == 0 ? "OK\n" : body_pattern(3000));
  }
  EXPECT_TRUE(quiet(client));
}

TEST_F(Shaping, ConfiguredBodiesThatFillTheBatch) {
  snapshot.response.body = std::string(CannedResponse::kInlineBodyBytes, 'c');
  apply();
  Client client = connect();
  for (const char* target : {"/?r=404", "/?r=404&chunked=1"}) {
    std::string requests;
    for (int i = 0; i < 9; ++i) requests += get_of(target);
    client.send(requests);
    for (int i = 0; i < 9; ++i) EXPECT_TRUE(answer(client).body == snapshot.response.body) << target;
  }
  EXPECT_TRUE(quiet(client));
}

TEST_F(Shaping, SwitchedOffQueriesMeanNothing) {
  Client client = connect();
  EXPECT_EQ(ask(client, get_of("/?r=404")).status, 404);
  snapshot.response.shaping = false;
  apply();
  EXPECT_EQ(ask(client, get_of("/?r=404")).status, 200);
  EXPECT_EQ(ask(client, get_of("/?r=404")).status, 200);
  snapshot.response.shaping = true;
  apply();
  EXPECT_EQ(ask(client, get_of("/?r=404")).status, 404);
}

TEST_F(Shaping, UnknownParametersAndValuesAreIgnored) {
  Client client = connect();
  for (const char* target : {"/?", "/?x=1", "/?s=", "/?s=abc", "/?r=99", "/?r=600", "/?t=-1", "/?s=2g"}) {
    EXPECT_EQ(ask(client, get_of(target)).body, "OK\n") << target;
  }
}

TEST_F(Shaping, ConfiguredResponseIsSentAsConfigured) {
  snapshot.response = {.status = 202,
                       .content_type = "application/json",
                       .body = R"({"hello":"world"})",
                       .body_size = 0,
                       .headers = {{"X-A", "b"}, {"Server", "demo"}},
                       .shaping = true};
  apply();
  Client client = connect();
  for (const std::string& request : {std::string(kGet), get_of("/?c=0&r=202"), std::string(kGet)}) {
    const TestResponse response = ask(client, request);
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(response.field("content-type"), "application/json");
    EXPECT_EQ(response.field("x-a"), "b");
    EXPECT_EQ(response.field("server"), "demo");
    EXPECT_EQ(response.body, R"({"hello":"world"})");
  }
}

TEST_F(Shaping, ConfiguredSizeIsMadeOfThePattern) {
  snapshot.response.body_size = 70'000;
  apply();
  Client client = connect();
  EXPECT_TRUE(ask(client, kGet).body == body_pattern(70'000));
  EXPECT_EQ(ask(client, get_of("/?r=404")).body.size(), 70'000U);
  EXPECT_EQ(ask(client, "HEAD / HTTP/1.1\r\nHost: test\r\n\r\n", true).field("content-length"), "70000");
  EXPECT_TRUE(quiet(client));
}

TEST_F(Shaping, LargestHeadAndBodyTogetherAreSentWhole) {
  snapshot.response.body = std::string(CannedResponse::kInlineBodyBytes, 'b');
  snapshot.response.headers = {
      {"X-Large",
       std::string(limits::kResponseHeaderBytes - std::string("X-Largetext/plain").size() - 4, 'h')}};
  apply();
  Client client = connect();
  client.send(std::string(kGet) + std::string(kGet) + get_of("/?r=404") + std::string(kGet));
  for (int i = 0; i < 4; ++i) {
    const TestResponse response = answer(client);
    EXPECT_EQ(response.field("x-large"), snapshot.response.headers[0].second);
    EXPECT_TRUE(response.body == snapshot.response.body);
  }
}

TEST_F(Shaping, ConfiguredLargeBodyIsSentWhole) {
  snapshot.response.body.clear();
  for (int i = 0; i < 200'000; ++i) snapshot.response.body += static_cast<char>('a' + i % 26);
  apply();
  Client client = connect();
  EXPECT_TRUE(ask(client, kGet).body == snapshot.response.body);
  EXPECT_TRUE(ask(client, get_of("/?r=404&chunked=1")).body == snapshot.response.body);
}

TEST_F(Shaping, ResponseThatIsBeingSentFinishesUnchanged) {
  const std::string old_body(400'000, 'o');
  snapshot.response.body = old_body;
  apply();
  Client client = connect({.send = 4096, .client_receive = 4096});
  client.send(kGet);
  turns.settle();
  snapshot.response.body = std::string(300'000, 'n');
  apply();
  EXPECT_TRUE(answer(client).body == old_body);
  EXPECT_TRUE(ask(client, kGet).body == snapshot.response.body);
}

TEST_F(Shaping, BodyOfAGibibyteIsStreamedInConstantMemory) {
  Client client = connect();
  client.send(get_of("/?s=1g"));
  std::size_t received = 0;
  std::vector<char> sink(1 << 20);
  // 64 MiB of it, then the client has seen enough.
  ASSERT_TRUE(turns.until([&] {
    const ssize_t got = ::recv(client.fd(), sink.data(), sink.size(), MSG_DONTWAIT);
    if (got > 0) received += static_cast<std::size_t>(got);
    EXPECT_LE(buffers.lent(), 1U);
    return received >= std::size_t{64} << 20;
  }));
  client.close();
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(buffers.lent(), 0U);
}

}  // namespace
}  // namespace demo
