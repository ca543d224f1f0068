#include "http/head_scan.h"

#include <gtest/gtest.h>

#include <string>

#include "http/control_search.h"

namespace demo {
namespace {

TEST(ControlSearch, FindsEachControlCharacterAtEachPlace) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string clean(size, '\xfe');
    EXPECT_EQ(find_control(clean.data(), clean.data() + size), clean.data() + size);
    for (std::size_t place = 0; place < size; ++place) {
      for (int value = 0; value < 256; ++value) {
        std::string text = clean;
        text[place] = static_cast<char>(value);
        const bool control = value < 0x20 || value == 0x7f;
        const char* const expected = text.data() + (control ? place : size);
        ASSERT_EQ(find_control(text.data(), text.data() + size), expected)
            << size << ' ' << place << ' ' << value;
      }
    }
  }
}

TEST(HeadScan, EndsBehindTheFirstEmptyLine) {
  const std::string head = "GET / HTTP/1.1\r\nA: b\r\n\r\n";
  const HeadScan scan = scan_head(head + "\r\n\r\n", 0, Folding::kReject);
  EXPECT_EQ(scan.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(scan.end, head.size());
}

TEST(HeadScan, FindsTheSameWhateverWasSeenBefore) {
  const std::string head = "GET / HTTP/1.1\r\nA: b\tc\r\n\r\n";
  for (std::size_t seen = 0; seen < head.size(); ++seen) {
    EXPECT_EQ(scan_head(head.substr(0, seen), 0, Folding::kReject).outcome, ParseOutcome::kIncomplete);
    const HeadScan scan = scan_head(head, seen, Folding::kReject);
    EXPECT_EQ(scan.outcome, ParseOutcome::kComplete) << seen;
    EXPECT_EQ(scan.end, head.size()) << seen;
  }
}

TEST(HeadScan, RefusesOrNotesAFolding) {
  EXPECT_EQ(scan_head("A: b\r\n c\r\n\r\n", 0, Folding::kReject).outcome, ParseOutcome::kRejected);
  const HeadScan scan = scan_head("A: b\r\n\tc\r\n\r\n", 0, Folding::kNote);
  EXPECT_EQ(scan.outcome, ParseOutcome::kComplete);
  EXPECT_TRUE(scan.folded);
}

}  // namespace
}  // namespace demo
