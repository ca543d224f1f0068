#include "rpc_call/transport_failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace demo::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

Target unix_socket() {
  Target target;
  target.path = "/run/c.sock";
  return target;
}

Target tcp_host() {
  Target target;
  target.host_port = "web1:7443";
  return target;
}

std::string told(int code, const std::string& by_grpc, const Target& target = unix_socket(),
                 Access access = Access::kRead) {
  return failure_of({code, by_grpc, ""}, target, access).message();
}

TEST(TransportFailure, OfEveryStatusIsASentenceThatNamesTheTarget) {
  for (int code = 1; code <= 20; ++code) {
    for (const char* text : {"", "Stream removed", "Received RST_STREAM with error code 2"}) {
      for (const Target& target : {unix_socket(), tcp_host()}) {
        const std::string sentence = told(code, text, target);
        EXPECT_THAT(sentence, HasSubstr(target.text())) << code;
        EXPECT_GT(sentence.size(), target.text().size() + 20) << sentence;
        const auto raw = sentence.find(text);
        if (*text == 0 || raw == std::string::npos) continue;
        EXPECT_THAT(sentence.substr(0, raw), testing::EndsWith("gRPC says \"")) << sentence;
      }
    }
  }
}

TEST(TransportFailure, KnowsABrokenConnection) {
  EXPECT_EQ(told(2, "Stream removed"),
            "the connection to the daemon at unix:///run/c.sock broke before it answered: it may have ended; "
            "try again");
  EXPECT_EQ(failure_of({2, "Stream removed", ""}, unix_socket()).code(), ExitCode::kUnreachable);
  EXPECT_TRUE(is_gone({2, "Stream removed", ""}));
  EXPECT_FALSE(is_gone({2, "Stream removed", "by the daemon"}));
  EXPECT_FALSE(is_gone({2, "else", ""}));
}

TEST(TransportFailure, KnowsACallThatWasReset) {
  EXPECT_EQ(told(13, "Received RST_STREAM with error code 2"),
            "the daemon at unix:///run/c.sock broke the call off: its log may say why; try again");
  EXPECT_EQ(told(1, "Received RST_STREAM with error code 8"),
            "the daemon at unix:///run/c.sock gave the call up before it answered: try again");
}

TEST(TransportFailure, TellsAChangeThatWasUnderWay) {
  for (const auto& [code, text] :
       std::vector<std::pair<int, std::string>>{{2, "Stream removed"},
                                                {13, "Received RST_STREAM with error code 2"},
                                                {1, ""},
                                                {4, ""},
                                                {2, "x"}}) {
    EXPECT_THAT(told(code, text, unix_socket(), Access::kChange), HasSubstr("may still come into force"));
    EXPECT_THAT(told(code, text), Not(HasSubstr("may still come into force")));
  }
}

TEST(TransportFailure, SaysWhatKeepsAHostFromBeingReached) {
  const auto of = [](const char* text) { return told(14, text, tcp_host()); };
  EXPECT_EQ(
      of("failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:9: Failed to connect to "
         "remote host: Connection refused"),
      "cannot reach the daemon at web1:7443: nothing listens there: check the port, and --control-tcp of the "
      "daemon");
  EXPECT_THAT(of("DNS resolution failed for web1:7443"), HasSubstr("its name cannot be resolved"));
  EXPECT_THAT(of("failed to connect to all addresses; last error: UNKNOWN: Ssl handshake failed"),
              HasSubstr("TLS failed"));
  EXPECT_THAT(of("Network is unreachable"), HasSubstr("no way to that host"));
  EXPECT_THAT(of("No route to host"), HasSubstr("no way to that host"));
  EXPECT_THAT(of("Connection timed out"), HasSubstr("firewalls"));
  EXPECT_THAT(of("Socket closed"), HasSubstr("check the address"));
}

TEST(TransportFailure, SaysWhoMayComeIn) {
  EXPECT_THAT(told(7, "no"), HasSubstr("member of the socket's group"));
  EXPECT_THAT(told(16, "no", tcp_host()), HasSubstr("--tls-cert"));
}

TEST(TransportFailure, SaysWhereACallIsOffered) {
  EXPECT_EQ(told(12, "", tcp_host()), "web1:7443 does not offer this: use the control socket");
  for (const char* path : {"/run/demo-server/monitor.sock", "/tmp/monitor-x.sock"}) {
    Target monitor;
    monitor.path = path;
    EXPECT_EQ(told(12, "", monitor),
              std::string("unix://") + path + " does not offer this: use the control socket");
  }
  EXPECT_EQ(told(12, ""),
            "the daemon at unix:///run/c.sock does not know this call: it is of an earlier version than this "
            "democtl (democtl version tells both)");
}

TEST(TransportFailure, QuotesWhatItDoesNotKnow) {
  EXPECT_EQ(
      told(15, "lost it"),
      "the call to the daemon at unix:///run/c.sock failed for a reason that is not known here (status 15); "
      "gRPC says \"lost it\"");
  EXPECT_EQ(told(13, ""),
            "what answers at unix:///run/c.sock does not speak as a demo-server of this version does");
  EXPECT_THAT(told(8, "Received message larger than max"), HasSubstr("gRPC says \"Received message larger"));
}

}  // namespace
}  // namespace demo::ctl
