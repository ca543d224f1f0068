#include <gmock/gmock.h>

#include <random>

#include "server_rig.h"
#include "unit/http/splitting.h"

// What server mode answers to whole requests, however they arrive.

namespace demo {
namespace {

class SessionRequests : public ServerRig {
 protected:
  // Sends the pieces one by one, each on its way before the next is sent.
  void send_pieces(Client& client, const Pieces& pieces) {
    for (const std::string& piece : pieces) {
      client.send(piece);
      turns.settle();
    }
  }
  void expect_answers(Client& client, int count) {
    for (int i = 0; i < count; ++i) EXPECT_EQ(answer(client).status, 200) << "answer " << i;
    EXPECT_TRUE(quiet(client));
  }
};

TEST_F(SessionRequests, AnswersWithTheConfiguredResponse) {
  Client client = connect();
  const TestResponse response = ask(client, kGet);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.version, "HTTP/1.1");
  EXPECT_EQ(response.body, "OK\n");
  EXPECT_EQ(response.field("content-type"), "text/plain");
  EXPECT_EQ(response.field("content-length"), "3");
  EXPECT_EQ(response.field("date").size(), std::string_view("Sun, 06 Nov 1994 08:49:37 GMT").size());
  EXPECT_FALSE(response.has("connection"));
  EXPECT_EQ(page->worker.requests.get(), 1U);
  EXPECT_EQ(page->worker.responses_2xx.get(), 1U);
  EXPECT_EQ(page->listeners[0].requests.get(), 1U);
  EXPECT_EQ(page->worker.bytes_in.get(), kGet.size());
}

TEST_F(SessionRequests, AnswersOnceHoweverTheRequestIsSplit) {
  Client client = connect();
  for (const std::string_view request : {kGet, kPost, kChunked}) {
    send_pieces(client, byte_by_byte(request));
    expect_answers(client, 1);
    send_pieces(client, line_by_line(request));
    expect_answers(client, 1);
    for (std::size_t cut = 1; cut < request.size(); ++cut) {
      send_pieces(client, {std::string(request.substr(0, cut)), std::string(request.substr(cut))});
      expect_answers(client, 1);
    }
  }
}

TEST_F(SessionRequests, KeepsNoMemoryForAnIdleConnection) {
  Client client = connect();
  send_pieces(client, byte_by_byte(kPost));
  expect_answers(client, 1);
  EXPECT_EQ(buffers.lent(), 0U);
}

TEST_F(SessionRequests, DoesNotAnswerBeforeTheBodyIsComplete) {
  Client client = connect();
  client.send(kPost.substr(0, kPost.size() - 1));
  EXPECT_TRUE(quiet(client));
  client.send(kPost.substr(kPost.size() - 1));
  EXPECT_EQ(answer(client).status, 200);
}

TEST_F(SessionRequests, AnswersPipelinedRequestsOfAnyDepth) {
  Client client = connect();
  for (const int depth : {2, 16, 100, 1000}) {
    std::string requests;
    for (int i = 0; i < depth; ++i) requests += i % 3 == 0 ? kGet : i % 3 == 1 ? kPost : kChunked;
    client.send(requests);
    expect_answers(client, depth);
  }
}

TEST_F(SessionRequests, AnswersPipelinedRequestsInOneSend) {
  Client client = connect();
  std::string requests;
  for (int i = 0; i < 16; ++i) requests += kGet;
  ASSERT_EQ(ask(client, kGet).status, 200);
  client.send(requests);
  ASSERT_TRUE(turns.until([&] { return page->worker.requests.get() == 17; }));
  // One segment was sent: the first read finds all of it.
  client.read(1);
  char rest[65536];
  const ssize_t more = ::recv(client.fd(), rest, sizeof rest, MSG_DONTWAIT);
  client.received().append(rest, static_cast<std::size_t>(std::max<ssize_t>(more, 0)));
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(take_response(client.received())) << i;
}

TEST_F(SessionRequests, KeepsAHeadAndAHalf) {
  Client client = connect();
  for (std::size_t cut = 1; cut < kGet.size(); ++cut) {
    client.send(std::string(kGet) + std::string(kGet.substr(0, cut)));
    expect_answers(client, 1);
    client.send(kGet.substr(cut));
    expect_answers(client, 1);
  }
}

TEST_F(SessionRequests, AnswersAnyMixInAnySplitting) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    std::string stream;
    const int count = std::uniform_int_distribution<int>(1, 40)(random);
    for (int i = 0; i < count; ++i) {
      const int kind = std::uniform_int_distribution<int>(0, 2)(random);
      stream += kind == 0 ? kGet : kind == 1 ? kPost : kChunked;
    }
    Client client = connect();
    send_pieces(client, at_random(stream, random));
    expect_answers(client, count);
  }
}

TEST_F(SessionRequests, DiscardsALargeBodyInConstantMemory) {
  Client client = connect();
  constexpr std::size_t kBody = 64 << 20;
  client.send("PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(kBody) + "\r\n\r\n");
  const std::string block(100'000, 'b');
  std::size_t sent = 0;
  ASSERT_TRUE(turns.until([&] {
    sent += client.send_some(std::string_view(block).substr(0, kBody - sent));
    EXPECT_LE(buffers.lent(), 1U);
    return sent == kBody;
  }));
  EXPECT_EQ(answer(client).status, 200);
}

TEST_F(SessionRequests, DiscardsALargeChunkedBodyAndAnswersWhatFollows) {
  Client client = connect();
  client.send("PUT / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunk = "c350\r\n";
  chunk.append(50'000, 'c').append("\r\n");
  std::string stream;
  for (int i = 0; i < 100; ++i) stream += chunk;
  stream.append("0\r\nA: 1\r\nB: 2\r\n\r\n").append(kGet);
  std::size_t sent = 0;
  ASSERT_TRUE(turns.until([&] {
    sent += client.send_some(std::string_view(stream).substr(sent));
    return sent == stream.size();
  }));
  expect_answers(client, 2);
}

TEST_F(SessionRequests, PermitsTheBodyThatWaitsForIt) {
  Client client = connect();
  client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(answer(client).status, 100);
  EXPECT_TRUE(quiet(client));
  EXPECT_EQ(ask(client, "abc").status, 200);
  expect_answers(client, 0);
}

TEST_F(SessionRequests, PermitsTheBodyOfAHeadThatCameByteByByte) {
  Client client = connect();
  send_pieces(
      client,
      byte_by_byte(
          "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nExpect: 100-Continue\r\n\r\n"));
  EXPECT_EQ(answer(client).status, 100);
  EXPECT_EQ(ask(client, "0\r\n\r\n").status, 200);
}

TEST_F(SessionRequests, PermitsNothingWhenTheBodyCameAlong) {
  Client client = connect();
  EXPECT_EQ(
      ask(client, "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc")
          .status,
      200);
}

TEST_F(SessionRequests, PermissionComesAfterTheAnswersBeforeIt) {
  Client client = connect();
  std::string requests(kGet);
  requests += "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  client.send(requests);
  EXPECT_EQ(answer(client).status, 200);
  EXPECT_EQ(answer(client).status, 100);
  EXPECT_EQ(ask(client, "abc").status, 200);
}

TEST_F(SessionRequests, HeadGetsTheFieldsWithoutTheBody) {
  Client client = connect();
  client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n" + std::string(kGet));
  const TestResponse head = answer(client, true);
  const TestResponse whole = answer(client);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.fields, whole.fields);
  EXPECT_EQ(whole.body, "OK\n");
}

TEST_F(SessionRequests, RepeatedHeadGetsNoBodyEither) {
  Client client = connect();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask(client, "HEAD / HTTP/1.1\r\nHost: test\r\n\r\n", true).status, 200);
    EXPECT_TRUE(quiet(client));
    EXPECT_EQ(ask(client, kGet).body, "OK\n");
  }
}

TEST_F(SessionRequests, AnswersOptionsAsteriskAndAbsoluteForm) {
  Client client = connect();
  EXPECT_EQ(ask(client, "OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n").status, 200);
  EXPECT_EQ(ask(client, "GET http://test/path?x=1 HTTP/1.1\r\nHost: other\r\n\r\n").status, 200);
  EXPECT_EQ(ask(client, "DELETE /x HTTP/1.1\r\nHost: test\r\n\r\n").status, 200);
  EXPECT_EQ(ask(client, "BREW /coffee HTTP/1.1\r\nHost: test\r\n\r\n").status, 200);
}

TEST_F(SessionRequests, ShapesByTheQueryOfAnAbsoluteForm) {
  Client client = connect();
  EXPECT_EQ(ask(client, "GET http://test/?r=418 HTTP/1.1\r\nHost: test\r\n\r\n").status, 418);
}

TEST_F(SessionRequests, HalfClosedClientStillGetsItsAnswers) {
  Client client = connect();
  client.send(std::string(kGet) + std::string(kPost));
  client.finish_sending();
  EXPECT_EQ(answer(client).status, 200);
  EXPECT_EQ(answer(client).status, 200);
  EXPECT_TRUE(closed(client));
  EXPECT_TRUE(all_closed());
}

TEST_F(SessionRequests, ClientThatLeavesMidRequestIsForgotten) {
  for (const std::string_view part :
       {std::string_view(), kGet.substr(0, 10), kPost.substr(0, kPost.size() - 3)}) {
    Client client = connect();
    client.send(part);
    turns.settle();
    client.close();
    EXPECT_TRUE(all_closed());
  }
  Client client = connect();
  client.send(kPost.substr(0, kPost.size() - 3));
  turns.settle();
  client.abort_connection();
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(buffers.lent(), 0U);
  EXPECT_EQ(page->worker.requests.get(), 0U);
}

TEST_F(SessionRequests, DateFollowsTheClock) {
  Client client = connect();
  const std::string first = ask(client, kGet).field("date");
  std::string later = first;
  EXPECT_TRUE(turns.until([&] {
    later = ask(client, kGet).field("date");
    return later != first;
  }));
  EXPECT_EQ(later.size(), first.size());
}

}  // namespace
}  // namespace demo
