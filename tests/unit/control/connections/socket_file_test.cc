#include "control/connections/socket_file.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

#include "base/address.h"
#include "base/unique_fd.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

class SocketFiles : public testing::Test {
 protected:
  std::string path() const { return folder_.file("socket"); }
  static ino_t inode_of(int fd) {
    struct stat found {};
    EXPECT_EQ(::fstat(fd, &found), 0);
    return found.st_ino;
  }
  bool is_there() const { return std::filesystem::exists(path()); }

  SocketFile open(SocketFile::Kept kept) const {
    auto opened = SocketFile::open(path(), 0600, std::move(kept));
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }

  // Another program's socket in place of whatever is there.
  UniqueFd replace() const {
    ::unlink(path().c_str());
    UniqueFd other(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Address address = *Address::parse("unix:" + path());
    EXPECT_EQ(::bind(other.get(), address.sockaddr_ptr(), address.sockaddr_size()), 0);
    EXPECT_EQ(::listen(other.get(), 1), 0);
    return other;
  }

  TemporaryFolder folder_;
};

TEST_F(SocketFiles, AreGoneWithTheirOwner) {
  { const SocketFile file = open({}); }
  EXPECT_FALSE(is_there());
}

TEST_F(SocketFiles, AreGoneWithWhoWentOnWithThem) {
  SocketFile::Kept kept = open({}).keep();
  ASSERT_TRUE(is_there());
  const ino_t socket = inode_of(kept.socket.get());
  {
    const SocketFile next = open(std::move(kept));
    EXPECT_EQ(inode_of(next.fd()), socket) << "it was made anew";
  }
  EXPECT_FALSE(is_there());
}

TEST_F(SocketFiles, LeaveAnothersThereWhichHasTheirPlace) {
  UniqueFd other;
  {
    const SocketFile file = open({});
    other = replace();
  }
  EXPECT_TRUE(is_there());
}

TEST_F(SocketFiles, LeaveAnothersThereThoughWhoMadeThemIsGone) {
  SocketFile::Kept kept = open({}).keep();
  const UniqueFd other = replace();
  { const SocketFile next = open(std::move(kept)); }
  EXPECT_TRUE(is_there());
}

}  // namespace
}  // namespace demo
