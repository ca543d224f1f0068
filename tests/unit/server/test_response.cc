#include "test_response.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace demo {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

bool read_head(const std::string& head, TestResponse& response) {
  std::size_t line_end = head.find(kLineEnd);
  const std::string status_line = head.substr(0, line_end);
  if (status_line.size() < 13 || status_line[8] != ' ' || status_line[12] != ' ') return false;
  response.version = status_line.substr(0, 8);
  response.status = std::stoi(status_line.substr(9, 3));
  for (std::size_t begin = line_end + 2; begin < head.size(); begin = line_end + 2) {
    line_end = head.find(kLineEnd, begin);
    const std::string line = head.substr(begin, line_end - begin);
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) return false;
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    response.fields.emplace_back(std::move(name), line.substr(colon + 2));
  }
  return true;
}

// The size of the chunked body at the front of bytes with its framing; none when it is incomplete.
std::optional<std::size_t> read_chunks(std::string_view bytes, std::string& body) {
  std::size_t at = 0;
  for (;;) {
    const std::size_t end = bytes.find(kLineEnd, at);
    if (end == std::string_view::npos) return std::nullopt;
    const std::size_t size = std::stoul(std::string(bytes.substr(at, end - at)), nullptr, 16);
    if (bytes.size() < end + 2 + size + 2) return std::nullopt;
    body += bytes.substr(end + 2, size);
    at = end + 2 + size + 2;
    EXPECT_EQ(bytes.substr(at - 2, 2), kLineEnd);
    if (size == 0) return at;
  }
}

}  // namespace

std::string TestResponse::field(const std::string& lower_case_name) const {
  std::string found;
  int count = 0;
  for (const auto& [name, value] : fields) {
    if (name != lower_case_name) continue;
    found = value;
    ++count;
  }
  EXPECT_LE(count, 1) << lower_case_name;
  return found;
}

bool TestResponse::has(const std::string& lower_case_name) const {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return field.first == lower_case_name; });
}

std::optional<TestResponse> take_response(std::string& bytes, bool head_only) {
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos) return std::nullopt;
  TestResponse response;
  if (!read_head(bytes.substr(0, head_end + 2), response)) {
    ADD_FAILURE() << "no response: " << bytes.substr(0, head_end);
    return std::nullopt;
  }
  std::size_t size = head_end + 4;
  const bool bodyless =
      head_only || response.status < 200 || response.status == 204 || response.status == 304;
  if (!bodyless && response.field("transfer-encoding") == "chunked") {
    EXPECT_FALSE(response.has("content-length"));
    const auto chunks = read_chunks(std::string_view(bytes).substr(size), response.body);
    if (!chunks) return std::nullopt;
    size += *chunks;
  } else if (!bodyless) {
    EXPECT_TRUE(response.has("content-length")) << "a body without an end";
    const std::size_t length = std::stoul("0" + response.field("content-length"));
    if (bytes.size() < size + length) return std::nullopt;
    response.body = bytes.substr(size, length);
    size += length;
  }
  bytes.erase(0, size);
  return response;
}

}  // namespace demo
