#include <fmt/format.h>
#include <gmock/gmock.h>

#include "server_rig.h"

// What demo-server(8) says under HTTP POLICY, of server mode.

namespace demo {
namespace {

class HttpPolicy : public ServerRig {
 protected:
  // The status for a request on a connection of its own; 0 when none comes.
  int status_of(std::string_view request) {
    Client client = connect();
    client.send(request);
    if (quiet(client)) return 0;
    return answer(client).status;
  }
};

TEST_F(HttpPolicy, AMethodInLowerCaseIsAnotherMethodAndAnswered) {
  Client client = connect();
  for (const char* method : {"get", "head", "Post", "trace"}) {
    const TestResponse response = ask(client, fmt::format("{} / HTTP/1.1\r\nHost: a\r\n\r\n", method));
    EXPECT_EQ(response.status, 200) << method;
    EXPECT_EQ(response.body, "OK\n") << "also of head, which is not HEAD";
  }
}

TEST_F(HttpPolicy, AnEmptyHostIsTaken) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 200);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);
}

TEST_F(HttpPolicy, AHostThatIsNoneIsRefused) {
  for (const char* host : {"[ab..cd::1]", "[::1::2]", "[1:2:3]", "[:::]", "a:65536"}) {
    EXPECT_EQ(status_of(fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host)), 400) << host;
    EXPECT_EQ(status_of(fmt::format("GET http://{}/ HTTP/1.1\r\nHost: a\r\n\r\n", host)), 400) << host;
  }
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: [v1.a:b]\r\n\r\n"), 200);
}

TEST_F(HttpPolicy, MaxForwardsIsChecked) {
  EXPECT_EQ(status_of("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n"), 200);
  EXPECT_EQ(status_of("TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n"), 200);
  EXPECT_EQ(status_of("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: -1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nMax-Forwards: -1\r\n\r\n"), 200);
}

TEST_F(HttpPolicy, OtherFieldsMeanNothing) {
  for (const char* fields : {"TE: trailers\r\nConnection: TE\r\n", "X_Y: 1\r\n", "Content_Length: 5\r\n",
                             "Transfer_Encoding: chunked\r\n", "Proxy-Authorization: Basic eA==\r\n",
                             "Connection: upgrade\r\nUpgrade: websocket, h2c\r\n"}) {
    EXPECT_EQ(status_of(fmt::format("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", fields)), 200) << fields;
  }
}

TEST_F(HttpPolicy, TrailersOfAnyNameMeanNothingButForThoseThatWouldFrameTheMessage) {
  const auto with_trailer = [&](const char* name) {
    return status_of(fmt::format(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n{}: 5\r\n\r\n",
        name));
  };
  for (const char* name : {"Host", "Authorization", "Set-Cookie", "X_Y"})
    EXPECT_EQ(with_trailer(name), 200) << name;
  for (const char* name : {"Content-Length", "transfer-ENCODING"}) EXPECT_EQ(with_trailer(name), 400) << name;
}

// The lengths at which 32 and 64 bits would wrap to less than what is there.
TEST_F(HttpPolicy, ALargeLengthIsWaitedForOrRefused) {
  const auto by_length = [&](const char* length) {
    return status_of(fmt::format("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\nhello", length));
  };
  const auto by_chunk = [&](const char* size) {
    return status_of(fmt::format(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{}\r\nhello\r\n0\r\n\r\n", size));
  };
  for (const char* length : {"4294967295", "4294967296", "4294967301", "9223372036854775807"}) {
    EXPECT_EQ(by_length(length), 0) << length;
  }
  for (const char* length : {"9223372036854775808", "18446744073709551616", "18446744073709551621"}) {
    EXPECT_EQ(by_length(length), 400) << length;
  }
  for (const char* size : {"ffffffff", "100000000", "100000005", "7fffffffffffffff"}) {
    EXPECT_EQ(by_chunk(size), 0) << size;
  }
  for (const char* size : {"8000000000000000", "8000000000000005", "10000000000000005"}) {
    EXPECT_EQ(by_chunk(size), 400) << size;
  }
}

}  // namespace
}  // namespace demo
