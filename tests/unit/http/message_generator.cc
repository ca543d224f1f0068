#include "message_generator.h"

#include <array>
#include <cstdio>

namespace demo {
namespace {

using Choices = std::vector<std::string>;

const Choices kMethods = {"GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "FROB"};
const Choices kTargets = {"/", "/a?b=c", "http://h/x", "/%41", "*", "/a|b", "//x"};
const Choices kPlainFields = {"Accept: */*", "X-A:", "X-B: \t v w\t", "Cookie: a=b; c=\"d\"",
                              "X-Obs: \xe4\xf6"};
const Choices kOddFields = {
    "Content-Length: 5",
    "Content-Length: 05",
    "Content-Length:\t5\t",
    "Content-Length: 5, 5",
    "Content-Length: +5",
    "Content-Length: 5 5",
    "Content-Length:",
    "Content-Length : 5",
    "content-length: 7",
    "Content-Length: 0",
    "Content-Length: 18446744073709551621",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding:\tchunked\t",
    "transfer-encoding: Chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding:",
    "Transfer-Encoding: \x0b"
    "chunked",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding : chunked",
    "Connection: close",
    "Connection: keep-alive",
    "Connection: upgrade",
    "Upgrade: websocket",
    "Expect: 100-continue",
    "Host: b",
    "X: a\r\n Content-Length: 3",
    ": v",
    "X Y: v",
    "X: a\x01",
    "\x7f: v",
    "X",
};
const Choices kSizes = {"5",  "05", "5;a", "5 ;a=b", "5;a=\"b;\\\"\"", "5;a;b=c", "5 ",
                        "5;", "+5", "0x5", "",       "5\t;a",          "A",       "G"};
const Choices kLineEnds = {"\r\n", "\r\n", "\r\n", "\r\n", "\r\n",  "\r\n",
                           "\r\n", "\r\n", "\n",   "\r",   "\r\r\n"};
const Choices kTrailers = {"",          "",          "",     "T: v\r\n", "Content-Length: 3\r\n",
                           "T : v\r\n", " T: v\r\n", "T\r\n"};
const Choices kVersions = {"HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1",
                           "HTTP/1.0", "HTTP/2.0", "HTTP/1.2", "http/1.1"};
const Choices kStatuses = {"200 OK", "204 No Content", "304 Not Modified", "404 Nope", "200",
                           "200 ",   "20 OK",          "100 Go on"};

}  // namespace

std::string MessageGenerator::chunked(const std::string& content, bool odd) {
  std::string bytes;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t size = 1 + below(content.size() - at);
    std::array<char, 24> line{};
    std::snprintf(line.data(), line.size(), one_in(2) ? "%zx" : "%03zX", size);
    bytes += line.data();
    if (one_in(4)) bytes += pick({";a", ";a=b", " ; a = \"b;c\\\"\""});
    bytes += "\r\n" + content.substr(at, size) + (odd && one_in(20) ? "x" : "") + "\r\n";
    at += size;
  }
  return bytes + "0\r\n" + (one_in(3) ? "T: v\r\n" : "") + "\r\n";
}

std::string MessageGenerator::valid_request(std::string& content) {
  content.clear();
  std::string bytes = one_in(6) ? "\r\n" : "";
  bytes += pick({"GET", "POST", "PUT", "FROB"}) + " " + pick({"/", "/a?b=c", "http://h/x", "/%41"}) +
           " HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = below(4); i > 0; --i) bytes += pick(kPlainFields) + "\r\n";
  if (one_in(2)) return bytes + "\r\n";
  for (std::size_t size = below(400); content.size() < size;) content += static_cast<char>(below(256));
  if (one_in(2)) return bytes + "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
  return bytes + "Transfer-Encoding: chunked\r\n\r\n" + chunked(content, false);
}

std::string MessageGenerator::odd_fields() {
  std::string bytes;
  for (std::size_t i = 1 + below(3); i > 0; --i) {
    bytes += (one_in(4) ? pick(kPlainFields) : pick(kOddFields)) + (one_in(6) ? pick(kLineEnds) : "\r\n");
  }
  return bytes + (one_in(20) ? pick(kLineEnds) : "\r\n");
}

std::string MessageGenerator::odd_body() {
  if (one_in(3)) return "hello" + std::string(below(8), 'x');
  std::string bytes;
  for (std::size_t i = below(3); i > 0; --i)
    bytes += pick(kSizes) + pick(kLineEnds) + "hello" + pick(kLineEnds);
  return bytes + pick({"0", "0", "0", "000", "0;a", "0 "}) + "\r\n" + pick(kTrailers) + "\r\n";
}

void MessageGenerator::mutate(std::string& bytes) {
  if (bytes.empty() || !one_in(4)) return;
  static const std::string kBytes = std::string("\0\t\n\r \x0b\x7f\xa0:;,=\"\\0aZ/", 19);
  const std::size_t at = below(bytes.size());
  const char c = kBytes[below(kBytes.size())];
  switch (below(3)) {
    case 0:
      bytes[at] = c;
      break;
    case 1:
      bytes.insert(at, 1, c);
      break;
    default:
      bytes.erase(at, 1);
  }
}

std::string MessageGenerator::odd_request() {
  std::string bytes = pick(kMethods) + " " + pick(kTargets) + " " + pick(kVersions) + "\r\nHost: a\r\n";
  bytes += odd_fields() + odd_body();
  mutate(bytes);
  return bytes + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
}

std::string MessageGenerator::odd_response() {
  std::string bytes = pick(kVersions) + " " + pick(kStatuses) + "\r\n" + odd_fields() + odd_body();
  mutate(bytes);
  return bytes + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace demo
