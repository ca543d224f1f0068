#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy_harness.h"

// What demo-server(8) says under HTTP POLICY, of proxy mode, in both directions. The parsers' part of it is
// tested in unit/http, server mode's in unit/server.
namespace demo::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpPolicy : public WithBackend {
 protected:
  // The head that a backend gets for the request, which it answers.
  std::string forwarded(std::string_view request) {
    Pair pair = send(request);
    std::string head = pair.served.read_until("\r\n\r\n");
    pair.served.send(ok_response("x"));
    EXPECT_THAT(pair.client.read_message(), StartsWith("HTTP/1.1 200 OK\r\n")) << request;
    return head;
  }
  std::string with(std::string_view fields) {
    return forwarded(fmt::format("GET /a HTTP/1.1\r\nHost: h\r\n{}\r\n", fields));
  }
  std::string refusal(std::string_view request) {
    TestPeer client = proxy.connect();
    client.send(request);
    std::string got = client.read_to_end();
    EXPECT_FALSE(backend.has_connection()) << request;
    return got;
  }
};

TEST_F(HttpPolicy, AMethodInLowerCaseIsAnotherMethodAndPassedOnAsItIs) {
  for (const char* method : {"get", "head", "Post", "delete"}) {
    Pair pair = send(fmt::format("{} /a HTTP/1.1\r\nHost: h\r\n\r\n", method));
    EXPECT_THAT(pair.served.read_until("\r\n\r\n"), StartsWith(fmt::format("{} /a HTTP/1.1\r\n", method)));
    pair.served.send(ok_response("body"));
    EXPECT_THAT(pair.client.read_message(), EndsWith("\r\n\r\nbody")) << "also of head, which is not HEAD";
  }
}

// Nobody knows whether it may be done twice.
TEST_F(HttpPolicy, AMethodInLowerCaseIsNotSentTwice) {
  Pair first = send_head("get /a HTTP/1.1\r\nHost: h\r\n\r\n");
  first.served.close();
  EXPECT_THAT(first.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  EXPECT_EQ(proxy.backend_stats().retries.get(), 0U);
}

TEST_F(HttpPolicy, AnEmptyHostIsForwardedAsThePoolsName) {
  EXPECT_THAT(forwarded("GET /a HTTP/1.1\r\nHost:\r\n\r\n"), HasSubstr("\r\nHost: default\r\n"));
  EXPECT_THAT(forwarded("GET /a HTTP/1.0\r\nHost: \t\r\n\r\n"), HasSubstr("\r\nHost: default\r\n"));
  EXPECT_THAT(forwarded("GET /a HTTP/1.0\r\n\r\n"), HasSubstr("\r\nHost: default\r\n"));
  EXPECT_THAT(forwarded("GET http://b/a HTTP/1.1\r\nHost:\r\n\r\n"), HasSubstr("\r\nHost: b\r\n"));
  proxy.snapshot.forwarding.x_forwarded = true;
  proxy.apply();
  EXPECT_THAT(forwarded("GET /a HTTP/1.1\r\nHost:\r\n\r\n"), Not(HasSubstr("X-Forwarded-Host")));
}

TEST_F(HttpPolicy, AHostThatIsNoneIsRefused) {
  for (const char* host : {"[ab..cd::1]", "[::1::2]", "[1:2:3]", "[:::]", "a:65536"}) {
    EXPECT_THAT(refusal(fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host)),
                StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(refusal(fmt::format("GET http://{}/ HTTP/1.1\r\nHost: a\r\n\r\n", host)),
                StartsWith("HTTP/1.1 400 "));
  }
  EXPECT_THAT(forwarded("GET / HTTP/1.1\r\nHost: [v1.a:b]:\r\n\r\n"), HasSubstr("\r\nHost: [v1.a:b]:\r\n"));
}

TEST_F(HttpPolicy, TeIsForTheClientsConnectionAlone) {
  EXPECT_THAT(with("TE: trailers\r\nConnection: TE\r\n"), Not(HasSubstr("TE")));
  EXPECT_THAT(with("TE: trailers, gzip;q=0.5\r\n"), Not(HasSubstr("TE")));
}

TEST_F(HttpPolicy, TrailersArePassedOnAsTrailersWhateverTheirNames) {
  constexpr std::string_view kBody =
      "2\r\nhi\r\n0\r\nHost: evil\r\nAuthorization: Basic eA==\r\nSet-Cookie: a=b\r\nX_Y: 1\r\n\r\n";
  Pair pair = send("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_THAT(pair.served.read_until("\r\n\r\n"),
              AllOf(HasSubstr("\r\nHost: h\r\n"), Not(HasSubstr("evil"))));
  pair.client.send(kBody);
  EXPECT_EQ(pair.served.read_bytes(kBody.size()), kBody);
  pair.served.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), Not(HasSubstr("evil")));
  pair.served.send(kBody);
  EXPECT_EQ(pair.client.read_bytes(kBody.size()), kBody);
}

TEST_F(HttpPolicy, ATrailerThatWouldFrameTheMessageEndsIt) {
  for (const char* name : {"Content-Length", "transfer-ENCODING"}) {
    const std::string body = fmt::format("2\r\nhi\r\n0\r\n{}: 5\r\n\r\n", name);
    EXPECT_THAT(
        refusal(fmt::format("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{}", body)),
        StartsWith("HTTP/1.1 400 "));
    Pair pair = send_head(kGet);
    pair.served.send(fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}", body));
    EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 ")) << name;
  }
}

TEST_F(HttpPolicy, UnderscoresInNamesArePassedOnButForThoseThatLookLikeFramingOrForwarding) {
  EXPECT_THAT(
      with("X_Y: 1\r\nContent_Length: 9\r\nTransfer_Encoding: chunked\r\nX_Forwarded_For: 6.6.6.6\r\n"),
      AllOf(HasSubstr("\r\nX_Y: 1\r\n"), Not(HasSubstr("Content")), Not(HasSubstr("Encoding")),
            Not(HasSubstr("Forwarded"))));
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nX_Y: 1\r\nContent_Length: 9\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(pair.client.read_message(), HasSubstr("\r\nX_Y: 1\r\nContent_Length: 9\r\n"));
}

TEST_F(HttpPolicy, CredentialsForProxiesArePassedOn) {
  EXPECT_THAT(with("Proxy-Authorization: Basic eA==\r\n"),
              HasSubstr("\r\nProxy-Authorization: Basic eA==\r\n"));
  Pair pair = send_head(kGet);
  pair.served.send(
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(pair.client.read_message(),
              AllOf(StartsWith("HTTP/1.1 407 "), HasSubstr("\r\nProxy-Authenticate: Basic")));
}

TEST_F(HttpPolicy, AStatusOfThreeDigitsFrom100IsPassedOnAndCountsAs5xxFrom600) {
  for (const unsigned status : {299U, 600U, 799U, 999U}) {
    Pair pair = send_head(kGet);
    pair.served.send(fmt::format("HTTP/1.1 {} Odd\r\nContent-Length: 2\r\n\r\nok", status));
    EXPECT_THAT(pair.client.read_message(),
                AllOf(StartsWith(fmt::format("HTTP/1.1 {} Odd\r\n", status)), EndsWith("\r\n\r\nok")));
  }
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().responses_5xx.get() == 3; }));
  EXPECT_EQ(proxy.stats().worker.responses_5xx.get(), 3U);
}

TEST_F(HttpPolicy, AStatusOfOtherThanThreeDigitsFrom100IsA502) {
  for (const char* status : {"099", "000", "1000", "99", "-200", "2O0"}) {
    EXPECT_THAT(answer(fmt::format("HTTP/1.1 {} Odd\r\nContent-Length: 2\r\n\r\nok", status), kGet),
                StartsWith("HTTP/1.1 502 "))
        << status;
  }
}

// The lengths at which 32 and 64 bits would wrap to less than what is there.
TEST_F(HttpPolicy, ALargeContentLengthIsCarriedExactly) {
  for (const char* length : {"4294967295", "4294967296", "4294967301", "9223372036854775807"}) {
    Pair pair = send(fmt::format("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\nhello", length));
    EXPECT_THAT(pair.served.read_until("\r\n\r\n"),
                HasSubstr(fmt::format("\r\nContent-Length: {}\r\n", length)));
    // What follows is still the body, no request.
    pair.client.send(kGet);
    EXPECT_EQ(pair.served.read_bytes(5 + kGet.size()), fmt::format("hello{}", kGet));
    pair.served.send(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\nhello", length));
    EXPECT_THAT(pair.client.read_until("\r\n\r\n"),
                HasSubstr(fmt::format("\r\nContent-Length: {}\r\n", length)));
    pair.served.send("HTTP/1.1 200 OK\r\n");
    EXPECT_EQ(pair.client.read_bytes(22), "helloHTTP/1.1 200 OK\r\n");
    pair.served.close();
    EXPECT_EQ(pair.client.read_to_end(), "");
    EXPECT_TRUE(pair.client.was_reset()) << "it was not complete";
  }
}

TEST_F(HttpPolicy, ALargeChunkIsCarriedExactly) {
  for (const char* size : {"ffffffff", "100000000", "100000005", "7fffffffffffffff"}) {
    const std::string chunk = fmt::format("{}\r\nhello", size);
    Pair pair =
        send(fmt::format("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{}", chunk));
    pair.served.read_until("\r\n\r\n");
    pair.client.send("\r\n0\r\n\r\n");
    EXPECT_EQ(pair.served.read_bytes(chunk.size() + 7), fmt::format("{}\r\n0\r\n\r\n", chunk));
    pair.served.send(
        fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}\r\n0\r\n\r\n", chunk));
    pair.client.read_until("\r\n\r\n");
    EXPECT_EQ(pair.client.read_bytes(chunk.size() + 7), fmt::format("{}\r\n0\r\n\r\n", chunk));
    pair.served.close();
    EXPECT_EQ(pair.client.read_to_end(), "");
    EXPECT_TRUE(pair.client.was_reset()) << "it was not complete";
  }
}

TEST_F(HttpPolicy, ALargerLengthIsRefused) {
  for (const char* length : {"9223372036854775808", "18446744073709551616", "18446744073709551621"}) {
    EXPECT_THAT(refusal(fmt::format("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\nhello", length)),
                StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(answer(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\nhello", length), kGet),
                StartsWith("HTTP/1.1 502 "));
  }
  for (const char* size : {"8000000000000000", "8000000000000005", "10000000000000005"}) {
    const std::string body = fmt::format("{}\r\nhello\r\n0\r\n\r\n", size);
    EXPECT_THAT(
        refusal(fmt::format("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{}", body)),
        StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(answer(fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}", body), kGet),
                StartsWith("HTTP/1.1 502 "));
  }
}

}  // namespace
}  // namespace demo::test
