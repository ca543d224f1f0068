#include "supervisor/backends/health_response.h"

#include <gtest/gtest.h>

#include <string>

namespace demo {
namespace {

using Kind = HealthResponse::Kind;

HealthResponse status(unsigned code) { return {Kind::kStatus, code}; }

TEST(HealthResponse, ReadsTheStatus) {
  EXPECT_EQ(read_health_response("HTTP/1.1 200 OK\r\n\r\n"), status(200));
  EXPECT_EQ(read_health_response("HTTP/1.0 503\r\n"), status(503));
  EXPECT_EQ(read_health_response("HTTP/1.1 404 "), status(404));
}

TEST(HealthResponse, WaitsForTheWholeStatusAtEveryCut) {
  const std::string line = "HTTP/1.1 200 ";
  for (std::size_t size = 0; size < line.size(); ++size) {
    EXPECT_EQ(read_health_response(line.substr(0, size)).kind, Kind::kIncomplete) << size;
  }
}

TEST(HealthResponse, PassesOverInterimResponses) {
  const std::string early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  EXPECT_EQ(read_health_response(early).kind, Kind::kIncomplete);
  EXPECT_EQ(read_health_response(early + "HTTP/1.1 204 No Content\r\n\r\n"), status(204));
}

TEST(HealthResponse, RefusesWhatIsNotHttp) {
  for (const char* text :
       {"SSH-2.0-OpenSSH", "HTTP/2.0 200 OK\r\n", "HTTP/1.1 2000 \r\n", "HTTP/1.1 099 x\r\n",
        "HTTP/1.1 600 x\r\n", "HTTP/1.1 2x0 \r\n", "\r\nHTTP/1.1 200 OK", "http/1.1 200 OK\r\n"}) {
    EXPECT_EQ(read_health_response(text).kind, Kind::kMalformed) << text;
  }
}

TEST(HealthResponse, AcceptsAny2xxAnd3xxUnlessAStatusIsExpected) {
  HealthCheck check;
  EXPECT_FALSE(is_healthy_status(199, check));
  EXPECT_TRUE(is_healthy_status(200, check));
  EXPECT_TRUE(is_healthy_status(399, check));
  EXPECT_FALSE(is_healthy_status(400, check));
  check.expected_status = 401;
  EXPECT_TRUE(is_healthy_status(401, check));
  EXPECT_FALSE(is_healthy_status(200, check));
}

TEST(HealthResponse, AsksForThePathWithTheHostOfTheCheckOrTheBackend) {
  HealthCheck check;
  check.path = "/up?x=1";
  const std::string of_backend = health_request(check, "10.0.0.3:80");
  EXPECT_TRUE(of_backend.starts_with("GET /up?x=1 HTTP/1.1\r\nHost: 10.0.0.3:80\r\n")) << of_backend;
  EXPECT_TRUE(of_backend.ends_with("\r\nConnection: close\r\n\r\n")) << of_backend;
  check.host = "api.example";
  EXPECT_NE(health_request(check, "10.0.0.3:80").find("\r\nHost: api.example\r\n"), std::string::npos);
}

}  // namespace
}  // namespace demo
