#include "config/key_depth.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace demo {
namespace {

TEST(KeyDepth, CountsTheDotsOfAKey) {
  EXPECT_EQ(line_of_deep_keys("a.b.c = 1", 2), 0U);
  EXPECT_EQ(line_of_deep_keys("x = 1\na.b.c.d = 1", 2), 2U);
  EXPECT_EQ(line_of_deep_keys("[a.b.c.d]", 2), 1U);
  EXPECT_EQ(line_of_deep_keys("\"a\".'b'.c.d = 1", 2), 1U);
}

TEST(KeyDepth, BeginsAnewWithEachLineWhereNothingIsOpen) {
  EXPECT_EQ(line_of_deep_keys("a.b.c = 1\na.b.d = 2\n[a.b.e]\n", 2), 0U);
  EXPECT_EQ(line_of_deep_keys("a = [{ x = 1.5 },\n{ x = 1.5 }]\nb = 1.5", 2), 0U);
}

// The tables of a list nest within the key that the list belongs to.
TEST(KeyDepth, AddsUpTheLinesOfWhatIsOpen) {
  EXPECT_EQ(line_of_deep_keys("a = [{b.b = [\n{b.b = [\n{b.b = [\n1]}]}]}]", 2), 3U);
}

TEST(KeyDepth, LeavesTextsAndCommentsOut) {
  const std::string dots(100, '.');
  const std::vector<std::string> texts{"a = \"" + dots + "\"",
                                       "a = '" + dots + "'",
                                       "a = 1 # " + dots,
                                       "a = \"\"\"" + dots + "\n\"\" \\\"\"\" " + dots + "\"\"\"\"\"",
                                       "a = '''" + dots + "\n'' " + dots + "'''",
                                       "a = \"\\\"" + dots + "\""};
  for (const std::string& text : texts) {
    EXPECT_EQ(line_of_deep_keys(text, 2), 0U) << text;
    EXPECT_EQ(line_of_deep_keys(text + "\nb.b.b.b = 1", 2), 2U + (text.find('\n') != std::string::npos))
        << text;
  }
}

TEST(KeyDepth, TakesTextsThatDoNotEnd) {
  for (const char* text : {"a = \"..", "a = '...", "a = \"\"\"...\n.", "a = \"\\", "#...", "]]}."}) {
    EXPECT_EQ(line_of_deep_keys(text, 2), 0U) << text;
  }
}

}  // namespace
}  // namespace demo
