#include "supervisor/state/state_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "unit/temporary_folder.h"

namespace demo {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class StateStoreTest : public testing::Test {
 protected:
  StateStore open() {
    auto store = StateStore::open(directory_);
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(directory_)) result.push_back(entry.path().filename());
    return result;
  }

  void write_file(const std::string& name, std::string_view text) const {
    std::ofstream(directory_ + "/" + name, std::ios::binary) << text;
  }

  std::string read_file(const std::string& name) const {
    std::ifstream file(directory_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  const TemporaryFolder folder_;
  const std::string& directory_ = folder_.path();
};

Status accept_all(std::string_view) { return {}; }

TEST_F(StateStoreTest, FindsNothingInAFreshDirectory) {
  StateStore store = open();
  const auto loaded = store.load(accept_all);
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(loaded->bytes);
  EXPECT_EQ(loaded->damage, "");
}

TEST_F(StateStoreTest, LoadsWhatWasSavedLast) {
  StateStore store = open();
  ASSERT_TRUE(store.save("one"));
  const std::string two(100'000, '2');
  ASSERT_TRUE(store.save(two));
  const auto loaded = store.load(accept_all);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->bytes, two);
  EXPECT_THAT(names(), testing::ElementsAre("state.json"));
}

TEST_F(StateStoreTest, KeepsTheFileThatTheStateTookInBesideIt) {
  StateStore store = open();
  EXPECT_FALSE(store.load_file(accept_all)->bytes);
  ASSERT_TRUE(store.save_file("file"));
  ASSERT_TRUE(store.save("state"));
  EXPECT_EQ(store.load_file(accept_all)->bytes, "file");
  EXPECT_EQ(store.load(accept_all)->bytes, "state");
  EXPECT_THAT(names(), testing::UnorderedElementsAre("state.json", "file.json"));
}

TEST_F(StateStoreTest, SetsADamagedFileOfTheConfigurationAsideAndNamesIt) {
  StateStore store = open();
  write_file("file.json", "x");
  const auto loaded =
      store.load_file([](std::string_view) -> Status { return invalid("", "", "it is an x"); });
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(loaded->bytes);
  EXPECT_THAT(loaded->damage, StartsWith("the kept configuration file " + directory_ +
                                         "/file.json cannot be used "
                                         "(it is an x) and was set aside as " +
                                         directory_ + "/file.json.damaged-"));
  ASSERT_EQ(store.damaged().size(), 1U);
  EXPECT_THAT(store.damaged()[0].path, StartsWith(directory_ + "/file.json.damaged-"));
  EXPECT_FALSE(store.damaged()[0].is_state);
}

TEST_F(StateStoreTest, NamesWhatEarlierStartsSetAside) {
  for (const char* name :
       {"file.json.damaged-1", "state.json.damaged-1", "file.json.new.damaged-1", "damaged-1"}) {
    write_file(name, "x");
  }
  StateStore store = open();
  std::vector<std::pair<std::string, bool>> found;
  for (const auto& file : store.damaged()) found.emplace_back(file.path, file.is_state);
  EXPECT_THAT(found, testing::ElementsAre(std::pair(directory_ + "/file.json.damaged-1", false),
                                          std::pair(directory_ + "/state.json.damaged-1", true)));
}

TEST_F(StateStoreTest, SetsADamagedFileAsideAndSaysWhy) {
  write_file("state.json", "half a sta");
  StateStore store = open();
  const auto loaded =
      store.load([](std::string_view) -> Status { return invalid("", "", "unexpected end"); });
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(loaded->bytes);
  EXPECT_THAT(loaded->damage,
              HasSubstr(directory_ + "/state.json cannot be used (unexpected end) and was set aside as " +
                        directory_ + "/state.json.damaged-"));
  ASSERT_EQ(names().size(), 1U);
  EXPECT_THAT(names()[0], StartsWith("state.json.damaged-2"));
  EXPECT_EQ(read_file(names()[0]), "half a sta");
}

TEST_F(StateStoreTest, KeepsEveryDamagedFile) {
  StateStore store = open();
  for (int i = 0; i < 3; ++i) {
    write_file("state.json", std::to_string(i));
    ASSERT_TRUE(store.load([](std::string_view) -> Status { return invalid("", "", "bad"); }));
  }
  EXPECT_EQ(names().size(), 3U);
}

TEST_F(StateStoreTest, RemovesWhatACrashedSaveLeftBehind) {
  write_file("state.json", "old");
  write_file("state.json.new", "hal");
  StateStore store = open();
  EXPECT_THAT(names(), testing::ElementsAre("state.json"));
  EXPECT_EQ(store.load(accept_all)->bytes, "old");
}

TEST_F(StateStoreTest, RefusesADirectoryThatAnotherHolds) {
  const StateStore store = open();
  const auto second = StateStore::open(directory_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_THAT(second.error().message, HasSubstr("in use by another demo-server"));
}

TEST_F(StateStoreTest, CanBeOpenedAgainAfterItsHolderIsGone) {
  { const StateStore store = open(); }
  EXPECT_TRUE(StateStore::open(directory_));
}

TEST_F(StateStoreTest, SaysThatTheDirectoryIsMissing) {
  const auto store = StateStore::open(directory_ + "/missing");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(store.error().message, HasSubstr("/missing: No such file or directory"));
}

TEST_F(StateStoreTest, FollowsNoLinkOutOfTheDirectory) {
  write_file("victim", "precious");
  StateStore store = open();
  fs::create_symlink("victim", directory_ + "/state.json.new");
  EXPECT_TRUE(store.save("new"));
  EXPECT_EQ(read_file("victim"), "precious");
  EXPECT_EQ(store.load(accept_all)->bytes, "new");
}

class StateThatIsNoFile : public StateStoreTest, public testing::WithParamInterface<const char*> {
 protected:
  // Puts a thing of the parameter's kind there.
  void put(const std::string& name) const {
    const std::string path = directory_ + "/" + name;
    const std::string kind = GetParam();
    if (kind == "a FIFO") {
      ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    } else if (kind == "a folder") {
      fs::create_directory(path);
    } else if (kind == "a symbolic link") {
      write_file("elsewhere", "good");
      fs::create_symlink("elsewhere", path);
    } else if (kind == "a socket") {
      ASSERT_EQ(::mknod(path.c_str(), S_IFSOCK | 0600, 0), 0);
    } else if (::mknod(path.c_str(), S_IFCHR | 0600, makedev(1, 5)) != 0) {
      GTEST_SKIP() << "needs the right to make devices";
    }
  }
};

TEST_P(StateThatIsNoFile, IsSetAsideAndSavingGoesOn) {
  put("state.json");
  StateStore store = open();
  const auto loaded = store.load(accept_all);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_FALSE(loaded->bytes);
  EXPECT_THAT(loaded->damage, HasSubstr(std::string("it is ") + GetParam()));
  EXPECT_THAT(names(), testing::Contains(StartsWith("state.json.damaged-")));
  EXPECT_TRUE(store.save("new"));
  EXPECT_EQ(store.load(accept_all)->bytes, "new");
}

TEST_P(StateThatIsNoFile, IsNoObstacleWhereASaveIsPrepared) {
  put("state.json.new");
  StateStore store = open();
  EXPECT_TRUE(store.save("new"));
  EXPECT_EQ(store.load(accept_all)->bytes, "new");
}

INSTANTIATE_TEST_SUITE_P(Kinds, StateThatIsNoFile,
                         testing::Values("a FIFO", "a folder", "a symbolic link", "a socket", "a device"));

TEST_F(StateStoreTest, SetsAFileOfAnotherUserAside) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  constexpr uid_t kNobody = 65534;
  write_file("state.json", "theirs");
  ASSERT_EQ(::chown((directory_ + "/state.json").c_str(), kNobody - 1, 0), 0);
  ASSERT_EQ(::chown(directory_.c_str(), kNobody, 0), 0);
  ASSERT_EQ(::seteuid(kNobody), 0);
  StateStore store = open();
  const auto loaded = store.load(accept_all);
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_FALSE(loaded->bytes);
  EXPECT_THAT(loaded->damage, HasSubstr("it belongs to uid 65533"));
}

TEST_F(StateStoreTest, RootTakesNoFileOfAnotherUserEither) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to make a file of somebody else";
  write_file("state.json", "theirs");
  ASSERT_EQ(::chown((directory_ + "/state.json").c_str(), 65533, 0), 0);
  StateStore store = open();
  const auto loaded = store.load(accept_all);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_FALSE(loaded->bytes);
  EXPECT_THAT(loaded->damage, HasSubstr("it belongs to uid 65533"));
}

TEST_F(StateStoreTest, WaitsForNobodyWhereASaveIsPrepared) {
  StateStore store = open();
  ASSERT_EQ(::mkfifo((directory_ + "/state.json.new").c_str(), 0600), 0);
  EXPECT_TRUE(store.save("new"));
  EXPECT_EQ(store.load(accept_all)->bytes, "new");
}

TEST_F(StateStoreTest, MakesFilesThatOthersCannotRead) {
  StateStore store = open();
  ASSERT_TRUE(store.save("x"));
  struct stat info {};
  ASSERT_EQ(::stat((directory_ + "/state.json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07, 0U);
}

// A file size limit stands for a full disk: it makes write(2) fall short first and fail next. setrlimit(2)
TEST_F(StateStoreTest, KeepsTheOldStateWhenTheNewOneDoesNotFit) {
  StateStore store = open();
  ASSERT_TRUE(store.save("old"));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{4096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto saved = store.save(std::string(10'000, 'n'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, ignored);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kResourceExhausted);
  EXPECT_THAT(saved.error().message, HasSubstr("state.json.new: File too large"));
  EXPECT_THAT(names(), testing::ElementsAre("state.json"));
  EXPECT_EQ(store.load(accept_all)->bytes, "old");
  EXPECT_TRUE(store.save("newer"));
}

TEST_F(StateStoreTest, ReportsADirectoryThatVanished) {
  StateStore store = open();
  fs::remove_all(directory_);
  const auto saved = store.save("x");
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kNotFound);
}

TEST_F(StateStoreTest, SavesWhereDirectoriesCannotBeSynced) {
  for (const int error : {EINVAL, ENOTSUP, ENOSYS}) {
    auto store = StateStore::open(directory_, [error](int) { return error; });
    ASSERT_TRUE(store);
    const auto saved = store->save("new");
    ASSERT_TRUE(saved);
    EXPECT_EQ(saved->doubt, "");
  }
}

TEST_F(StateStoreTest, TellsOfAStateThatAPowerLossMayUndo) {
  auto store = StateStore::open(directory_, [](int) { return EIO; });
  ASSERT_TRUE(store);
  const auto saved = store->save("new");
  ASSERT_TRUE(saved) << "the next start finds it";
  EXPECT_THAT(saved->doubt, HasSubstr("Input/output error"));
  EXPECT_EQ(store->load(accept_all)->bytes, "new");
}

TEST_F(StateStoreTest, KeepsTheLastGeneration) {
  {
    StateStore store = open();
    EXPECT_EQ(store.last_generation().value(), 0U);
    ASSERT_TRUE(store.keep_generation(1041));
  }
  EXPECT_EQ(open().last_generation().value(), 1041U);
  EXPECT_THAT(names(), testing::ElementsAre("generation"));
}

TEST_F(StateStoreTest, TakesNoOtherTextForAGeneration) {
  const StateStore store = open();
  for (const char* text : {"", "7", "x\n", "-1\n", "99999999999999999999\n", "7\n8\n"}) {
    write_file("generation", text);
    EXPECT_FALSE(store.last_generation()) << text;
  }
}

// The state number n: its size varies so that a torn one cannot pass for another.
std::string state_number(unsigned n) {
  return std::to_string(n) + ":" + std::string((n * 7919) % 20'000, 'x') + ".";
}

[[noreturn]] void save_until_killed(const std::string& directory, unsigned from, int report_fd) {
  auto store = StateStore::open(directory);
  if (!store) ::_exit(1);
  for (unsigned n = from;; ++n) {
    if (!store->save(state_number(n))) ::_exit(2);
    if (::write(report_fd, &n, sizeof n) != sizeof n) ::_exit(3);
  }
}

// The last number that the child reported as saved, 0 when none.
unsigned last_reported(int fd) {
  unsigned last = 0;
  unsigned n = 0;
  while (::read(fd, &n, sizeof n) == sizeof n) last = n;
  return last;
}

TEST_F(StateStoreTest, NoticesThatItsDirectoryWasMovedAndTakesTheOneThatComesInItsPlace) {
  StateStore store = open();
  ASSERT_TRUE(store.save("one"));
  EXPECT_TRUE(store.in_place());
  const std::string moved = directory_ + "-moved";
  fs::rename(directory_, moved);
  EXPECT_FALSE(store.in_place());
  const auto refused = store.save("two");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(refused.error().message, HasSubstr("moved away or removed"));
  fs::create_directory(directory_);
  EXPECT_TRUE(store.save("three"));
  EXPECT_TRUE(store.in_place());
  EXPECT_EQ(read_file("state.json"), "three");
  std::string kept;
  std::ifstream(moved + "/state.json") >> kept;
  EXPECT_EQ(kept, "one");
  fs::remove_all(moved);
}

TEST_F(StateStoreTest, HoldsAWholeStateWheneverTheSaverIsKilled) {
  std::minstd_rand random(20260101);
  unsigned acknowledged = 0;
  for (int round = 0; round < 60; ++round) {
    int report[2];
    ASSERT_EQ(::pipe2(report, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) save_until_killed(directory_, acknowledged + 1, report[1]);
    ::close(report[1]);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 8000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the saver ended by itself with " << WEXITSTATUS(status);
    const unsigned last = last_reported(report[0]);
    ::close(report[0]);
    if (last != 0) acknowledged = last;

    StateStore store = open();
    const auto loaded = store.load(accept_all);
    ASSERT_TRUE(loaded);
    // What was acknowledged is there, or the one that was being saved.
    const std::string old_state = acknowledged == 0 ? "" : state_number(acknowledged);
    const std::string new_state = state_number(acknowledged + 1);
    ASSERT_TRUE(loaded->bytes.value_or("") == old_state || loaded->bytes == new_state) << "round " << round;
    if (loaded->bytes == new_state) ++acknowledged;
  }
  EXPECT_GT(acknowledged, 0U);
}

}  // namespace
}  // namespace demo
