#include "net/connection_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string>& lines() {
  static std::vector<std::string> all;
  return all;
}
void keep_line(LogLevel, std::string_view line) { lines().emplace_back(line); }

class ConnectionTrace : public testing::Test {
 protected:
  ConnectionTrace() {
    lines().clear();
    set_log_sink(keep_line);
    set_log_level(LogLevel::kDebug);
  }
  ~ConnectionTrace() override {
    forget_traced();
    set_log_level(LogLevel::kInfo);
    set_log_sink(stderr_sink);
  }

  // The number that the connection with this descriptor has now.
  static std::string number(int client) {
    trace_line(client, "is");
    std::string line = lines().back();
    lines().pop_back();
    return line.substr(0, line.find(':'));
  }
};

TEST_F(ConnectionTrace, KeepsTheNumberOfAConnection) {
  const std::string first = number(100);
  EXPECT_EQ(number(100), first);
  EXPECT_NE(number(101), first);
}

TEST_F(ConnectionTrace, GivesTheNextOneWithADescriptorANumberOfItsOwn) {
  const std::string first = number(100);
  trace_ended(100, "ended");
  EXPECT_NE(number(100), first);
  const std::string second = number(100);
  trace_accepted(100, *Address::parse("127.0.0.1:80"), "server");
  EXPECT_NE(number(100), second) << "an end that nobody told";
  const std::string third = number(100);
  forget_traced();
  EXPECT_NE(number(100), third);
}

TEST_F(ConnectionTrace, TellsWhatAClientAsks) {
  const std::string name = number(100);
  trace_request(100, "\r\nGET /a?b HTTP/1.1\r\nHost: h\r\n\r\n", "h");
  trace_request(100, "GET / HTTP/1.0\r\n\r\n", "");
  EXPECT_THAT(lines(), ElementsAre(name + ": asks GET /a?b HTTP/1.1, host h",
                                   name + ": asks GET / HTTP/1.0, host not named"));
}

TEST_F(ConnectionTrace, EscapesWhatAClientChose) {
  const std::string name = number(100);
  trace_request(100, "GET /\x1b[2J HTTP/1.1\r\n\r\n", "h\xe2\x80\xae");
  EXPECT_THAT(lines(), ElementsAre(name + ": asks GET /\\x1b[2J HTTP/1.1, host h\\xe2\\x80\\xae"));
}

TEST_F(ConnectionTrace, IsBounded) {
  const std::string name = number(100);
  trace_line(100, std::string(kTraceLineBytes + 7, 'x'));
  EXPECT_THAT(lines(),
              ElementsAre(fmt::format("{}: {:x>{}}... and 7 bytes more", name, "", kTraceLineBytes)));
}

TEST_F(ConnectionTrace, IsOffBelowDebug) {
  set_log_level(LogLevel::kInfo);
  EXPECT_FALSE(tracing());
  trace_line(100, "is");
  EXPECT_THAT(lines(), IsEmpty());
}

}  // namespace
}  // namespace demo
