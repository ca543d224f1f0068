#include "channel/sealed_memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace demo {
namespace {

TEST(SealedMemory, GivesTheBytesBackAndRefusesWrites) {
  auto fd = write_sealed_memory("hello");
  ASSERT_TRUE(fd);
  EXPECT_EQ(*read_sealed_memory(fd->get()), "hello");
  EXPECT_EQ(*read_sealed_memory(fd->get()), "hello");
  EXPECT_LT(::pwrite(fd->get(), "x", 1, 0), 0);
}

TEST(SealedMemory, RefusesWhatCouldStillChange) {
  const UniqueFd open_memory(::memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_FALSE(read_sealed_memory(open_memory.get()));
  const UniqueFd device(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(read_sealed_memory(device.get()));
}

}  // namespace
}  // namespace demo
