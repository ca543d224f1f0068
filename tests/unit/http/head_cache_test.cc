#include "http/head_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "http/request_parser.h"

namespace demo {
namespace {

class HeadCacheTest : public ::testing::Test {
 protected:
  void remember(const std::string& bytes) {
    ASSERT_EQ(parser_.parse(bytes), ParseOutcome::kComplete) << parser_.rejection().reason;
    cache_.remember(std::string_view(bytes).substr(0, parser_.head().size), parser_.head());
  }
  static std::string get(int number) {
    return "GET /" + std::to_string(number) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }

  RequestParser parser_;
  HeadCache cache_;
};

TEST_F(HeadCacheTest, KnowsNothingAtFirst) {
  EXPECT_EQ(cache_.match(get(1)), nullptr);
  EXPECT_EQ(cache_.match(""), nullptr);
}

TEST_F(HeadCacheTest, RecognisesAHeadWithMoreBehindIt) {
  remember("HEAD http://b:1/x?y HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const CachedHead* head =
      cache_.match("HEAD http://b:1/x?y HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.1\r\n");
  ASSERT_NE(head, nullptr);
  EXPECT_EQ(head->method, Method::kHead);
  EXPECT_EQ(head->minor_version, 0U);
  EXPECT_TRUE(head->persistent);
  EXPECT_EQ(head->target, "http://b:1/x?y");
  EXPECT_EQ(head->path_query, "/x?y");
  EXPECT_EQ(head->host, "b:1");
  EXPECT_EQ(head->size, parser_.head().size);
}

TEST_F(HeadCacheTest, RecognisesNothingThatItForgot) {
  for (int i = 0; i < static_cast<int>(HeadCache::kHeads); ++i) remember(get(i));
  cache_.forget();
  for (int i = 0; i < static_cast<int>(HeadCache::kHeads); ++i) EXPECT_EQ(cache_.match(get(i)), nullptr);
  remember(get(0));
  EXPECT_NE(cache_.match(get(0)), nullptr);
}

TEST_F(HeadCacheTest, KeepsItsOwnCopy) {
  auto bytes = std::make_unique<std::string>(get(1));
  remember(*bytes);
  bytes->assign(bytes->size(), '#');
  bytes.reset();
  const CachedHead* head = cache_.match(get(1));
  ASSERT_NE(head, nullptr);
  EXPECT_EQ(head->target, "/1");
}

TEST_F(HeadCacheTest, DoesNotRecognisePartsOrVariants) {
  remember(get(1));
  EXPECT_EQ(cache_.match(get(1).substr(0, get(1).size() - 1)), nullptr);
  EXPECT_EQ(cache_.match("GET /1 HTTP/1.1\r\nHost: b\r\n\r\n"), nullptr);
  EXPECT_EQ(cache_.match("GET /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"), nullptr);
}

TEST_F(HeadCacheTest, KeepsTheLastFew) {
  for (int i = 0; i <= static_cast<int>(HeadCache::kHeads); ++i) remember(get(i));
  EXPECT_EQ(cache_.match(get(0)), nullptr);
  for (int i = 1; i <= static_cast<int>(HeadCache::kHeads); ++i) {
    const CachedHead* head = cache_.match(get(i));
    ASSERT_NE(head, nullptr) << i;
    EXPECT_EQ(head->target, "/" + std::to_string(i));
  }
}

TEST_F(HeadCacheTest, KeepsOnlyPlainHeadsWithoutABody) {
  for (const char* fields :
       {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Connection: upgrade\r\nUpgrade: x\r\n"}) {
    const std::string bytes = std::string("GET / HTTP/1.1\r\nHost: a\r\n") + fields + "\r\n";
    remember(bytes);
    EXPECT_EQ(cache_.match(bytes), nullptr) << fields;
  }
}

TEST_F(HeadCacheTest, KeepsHeadsUpToItsSize) {
  const auto head_of_size = [](std::size_t size) {
    const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    return begin + std::string(size - begin.size() - 4, 'x') + "\r\n\r\n";
  };
  remember(head_of_size(HeadCache::kHeadSizeBytes));
  EXPECT_NE(cache_.match(head_of_size(HeadCache::kHeadSizeBytes)), nullptr);
  remember(head_of_size(HeadCache::kHeadSizeBytes + 1));
  EXPECT_EQ(cache_.match(head_of_size(HeadCache::kHeadSizeBytes + 1)), nullptr);
}

}  // namespace
}  // namespace demo
