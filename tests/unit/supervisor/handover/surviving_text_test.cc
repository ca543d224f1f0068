#include "supervisor/handover/surviving_text.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace demo {
namespace {

SurvivingText new_text() { return std::move(*SurvivingText::create("surviving-text-test")); }

// As another process would read it.
std::string read_again(const SurvivingText& text) {
  auto adopted = SurvivingText::adopt(UniqueFd(::dup(text.fd())));
  return adopted ? adopted->text() : "not adopted";
}

TEST(SurvivingText, IsEmptyAtFirst) { EXPECT_EQ(read_again(new_text()), ""); }

TEST(SurvivingText, IsReadAsItWasWrittenLast) {
  SurvivingText text = new_text();
  for (const std::size_t size : {10U, 5000U, 20U, 0U, 70'000U, 3U, 3U}) {
    const std::string next(size, static_cast<char>('a' + size % 26));
    ASSERT_TRUE(text.write(next));
    EXPECT_EQ(read_again(text), next);
  }
}

TEST(SurvivingText, GoesOnInTheNextProcess) {
  SurvivingText text = new_text();
  ASSERT_TRUE(text.write("first"));
  auto next = SurvivingText::adopt(UniqueFd(::dup(text.fd())));
  ASSERT_TRUE(next);
  ASSERT_TRUE(next->write("second, and longer"));
  EXPECT_EQ(read_again(text), "second, and longer");
}

TEST(SurvivingText, IsReadAndNotWrittenOnceItIsSealed) {
  SurvivingText text = new_text();
  ASSERT_TRUE(text.write("one"));
  ASSERT_TRUE(text.seal_with("the last"));
  EXPECT_FALSE(text.write("another"));
  EXPECT_EQ(read_again(text), "the last");
}

TEST(SurvivingText, DoesNotGrowWithoutBound) {
  SurvivingText text = new_text();
  for (int turn = 0; turn < 1000; ++turn)
    ASSERT_TRUE(text.write(std::string(100, 'x') + std::to_string(turn)));
  EXPECT_LT(::lseek(text.fd(), 0, SEEK_END), 1000);
}

// Whatever byte of the newest text a death leaves unwritten: the one before counts, whole.
TEST(SurvivingText, IsTheOneBeforeWhereTheNewestIsDamaged) {
  SurvivingText text = new_text();
  ASSERT_TRUE(text.write("the one before"));
  ASSERT_TRUE(text.write("the newest"));
  std::string bytes(static_cast<std::size_t>(::lseek(text.fd(), 0, SEEK_END)), '\0');
  ASSERT_EQ(::pread(text.fd(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  const std::size_t newest = bytes.find("the newest");
  ASSERT_NE(newest, std::string::npos);
  for (std::size_t at = newest; at < newest + 10; ++at) {
    const char broken = '?';
    ASSERT_EQ(::pwrite(text.fd(), &broken, 1, static_cast<off_t>(at)), 1);
    EXPECT_EQ(read_again(text), "the one before") << at;
    ASSERT_EQ(::pwrite(text.fd(), &bytes[at], 1, static_cast<off_t>(at)), 1);
  }
  EXPECT_EQ(read_again(text), "the newest");
}

TEST(SurvivingText, RefusesADescriptorThatIsNone) {
  EXPECT_FALSE(SurvivingText::adopt(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC))));
  EXPECT_FALSE(SurvivingText::adopt(UniqueFd(::memfd_create("empty", MFD_CLOEXEC))));
}

TEST(SurvivingText, RefusesMemoryOfRandomBytes) {
  UniqueFd memory(::memfd_create("random", MFD_CLOEXEC));
  const std::string bytes(4096, '\x5A');
  ASSERT_EQ(::write(memory.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  EXPECT_FALSE(SurvivingText::adopt(std::move(memory)));
}

}  // namespace
}  // namespace demo
