// The supervisor and its configuration file: what is taken of it, what is kept, what is remembered.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "supervisor_fixture.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SupervisorFile : public SupervisorFixture {
 protected:
  SupervisorFile() {
    options_.encode = [](const Config& config) {
      return std::to_string(config.max_connections) + "/" + std::to_string(config.response.status);
    };
  }

  void keep_state() { options_.store.emplace(std::move(*StateStore::open(folder_))); }

  Result<FileOutcome> apply(FileRequest request) {
    request.change.caller.name = "tester";
    std::promise<Result<FileOutcome>> promise;
    supervisor_->apply_file(std::move(request),
                            [&](Result<FileOutcome> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  Result<FileOutcome> apply(MergeSide side = MergeSide::kNone, bool dry_run = false) {
    FileRequest request;
    request.side = side;
    request.change.dry_run = dry_run;
    return apply(std::move(request));
  }
  std::shared_ptr<const FileLook> look() {
    std::promise<std::shared_ptr<const FileLook>> promise;
    supervisor_->look_at_file(
        [&](std::shared_ptr<const FileLook> look) { promise.set_value(std::move(look)); });
    return promise.get_future().get();
  }
  // The file says this now, and what runs takes it in, the saved state does not.
  void apply_unsaved(unsigned status) {
    file_.response.status = status;
    FileRequest request;
    request.change.persist = false;
    ASSERT_TRUE(apply(std::move(request)));
  }
  std::string saved(const char* name) const {
    std::ifstream file(folder_ + "/" + name);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static Change set_limit(std::uint64_t limit) {
    return edit_config([limit](Config& config) { config.max_connections = limit; });
  }
  static Change set_status(unsigned status) {
    return edit_config([status](Config& config) { config.response.status = status; });
  }

  const TemporaryFolder temporary_;
  const std::string& folder_ = temporary_.path();
};

TEST_F(SupervisorFile, IsMergedWithWhatWasChangedAtRunTime) {
  open_ready();
  ASSERT_TRUE(change(set_limit(5)));
  file_.response.status = 203;
  const auto applied = apply();
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(status().config.max_connections, 5U);
  EXPECT_EQ(status().config.response.status, 203U);
  EXPECT_EQ(status().file_base->response.status, 203U);
  EXPECT_THAT(applied->change.differences, ElementsAre("response.status: 200 -> 203"));
  EXPECT_THAT(applied->kept, ElementsAre("max_connections: 0 -> 5"));
  ASSERT_TRUE(change(set_status(204)));
  ASSERT_TRUE(apply());
  EXPECT_EQ(status().config.response.status, 204U) << "changed at run time since";
}

TEST_F(SupervisorFile, CollidesAndChangesNothing) {
  open_ready();
  ASSERT_TRUE(change(set_limit(5)));
  file_.max_connections = 6;
  file_.response.status = 203;
  const std::uint64_t before = status().generation;
  const auto refused = apply();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_THAT(refused.error().message, HasSubstr("max_connections: in the file 0 -> 6, at run time 0 -> 5"));
  const auto dry = apply(MergeSide::kNone, true);
  ASSERT_TRUE(dry);
  EXPECT_THAT(dry->merge.collisions, ElementsAre(Collision{"max_connections", "0 -> 6", "0 -> 5"}));
  EXPECT_EQ(status().generation, before);
  EXPECT_EQ(status().config.response.status, 200U);
  EXPECT_EQ(status().file_base->response.status, 200U);
  ASSERT_TRUE(apply(MergeSide::kRunning));
  EXPECT_EQ(status().config.max_connections, 5U);
  EXPECT_EQ(status().config.response.status, 203U);
  EXPECT_TRUE(apply()) << "settled for good";
  file_.max_connections = 7;
  ASSERT_TRUE(apply(MergeSide::kFile));
  EXPECT_EQ(status().config.max_connections, 7U);
}

TEST_F(SupervisorFile, ThatWasEmptiedIsNotTakenButWhereThatIsMeant) {
  options_.config.response.status = 203;
  open_ready();
  const auto reset = [&](bool allow_empty) {
    std::promise<Result<ChangeOutcome>> promise;
    ResetRequest request;
    request.allow_empty = allow_empty;
    supervisor_->reset(std::move(request),
                       [&](Result<ChangeOutcome> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  };
  emptied_ = true;
  EXPECT_TRUE(apply()) << "it never said more";
  file_.response.status = 200;
  EXPECT_EQ(apply().error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(apply(MergeSide::kFile, true).error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(reset(false).error().message, HasSubstr("sets nothing"));
  EXPECT_EQ(status().config.response.status, 203U);
  EXPECT_EQ(status().file_base->response.status, 203U);
  const auto refused = look();
  EXPECT_TRUE(refused->emptied);
  EXPECT_EQ(refused->problem, "it sets nothing, as a file that was emptied by mistake");
  EXPECT_EQ(refused->config.response.status, 203U) << "as it was taken last";
  EXPECT_TRUE(reset(true));
  EXPECT_FALSE(look()->emptied);
  EXPECT_EQ(look()->problem, "");
  EXPECT_EQ(status().config.response.status, 200U);
  EXPECT_TRUE(apply());
}

TEST_F(SupervisorFile, IsMergedOnlyAtTheExpectedGeneration) {
  open_ready();
  file_.response.status = 203;
  FileRequest request;
  request.change.expected_generation = 99;
  EXPECT_EQ(apply(std::move(request)).error().code, ErrorCode::kAborted);
  EXPECT_EQ(status().config.response.status, 200U);
}

TEST_F(SupervisorFile, IsRefusedAsAWholeWhenTheMergeIsWrong) {
  open_ready();
  file_.response.status = 9;
  file_.max_connections = 5;
  EXPECT_EQ(apply().error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(status().config.max_connections, 0U);
  EXPECT_EQ(status().file_base->max_connections, 0U);
}

TEST_F(SupervisorFile, IsRememberedFromTheStartWhereNothingIsSaved) {
  keep_state();
  open_ready();
  EXPECT_EQ(saved("file.json"), "0/200");
  EXPECT_EQ(saved("state.json"), "");
  ASSERT_TRUE(change(set_limit(5)));
  file_.response.status = 203;
  ASSERT_TRUE(apply());
  EXPECT_EQ(saved("state.json"), "5/203");
  EXPECT_EQ(saved("file.json"), "0/203");
}

// Until then the state that is saved belongs to what it took in.
TEST_F(SupervisorFile, IsRememberedWithTheFirstChangeWhereASavedStateWasIgnored) {
  keep_state();
  ASSERT_TRUE(options_.store->save_file("old"));
  options_.saved_config = options_.config;
  options_.saved_config->max_connections = 9;
  open_ready();
  EXPECT_EQ(saved("file.json"), "old");
  ASSERT_TRUE(change(set_limit(5)));
  EXPECT_EQ(saved("state.json"), "5/200");
  EXPECT_EQ(saved("file.json"), "0/200");
}

TEST_F(SupervisorFile, IsNotRememberedForAChangeThatIsNotSaved) {
  keep_state();
  open_ready();
  ASSERT_TRUE(change(set_limit(5)));
  apply_unsaved(203);
  EXPECT_EQ(status().config.response.status, 203U);
  EXPECT_EQ(saved("state.json"), "5/200");
  EXPECT_EQ(saved("file.json"), "0/200");
  ASSERT_TRUE(apply());
  EXPECT_EQ(saved("state.json"), "5/203");
  EXPECT_EQ(saved("file.json"), "0/203");
}

// What runs took it in: what is undone at run time is a change of that side.
TEST_F(SupervisorFile, BringsNothingBackThatItGaveOnlyToWhatRuns) {
  keep_state();
  open_ready();
  apply_unsaved(203);
  ASSERT_TRUE(change(set_status(200)));
  ASSERT_TRUE(apply());
  EXPECT_EQ(status().config.response.status, 200U);
  EXPECT_EQ(saved("file.json"), "0/203");
}

TEST_F(SupervisorFile, BringsNothingBackThatWasSavedLater) {
  keep_state();
  open_ready();
  apply_unsaved(203);
  std::promise<Status> promise;
  supervisor_->save({}, [&](Status saved) { promise.set_value(saved); });
  ASSERT_TRUE(promise.get_future().get());
  EXPECT_EQ(saved("file.json"), "0/203");
  ASSERT_TRUE(change(set_status(200)));
  ASSERT_TRUE(apply());
  EXPECT_EQ(status().config.response.status, 200U);
}

TEST_F(SupervisorFile, IsTriedAgainToBeRemembered) {
  keep_state();
  options_.saved_config = options_.config;
  open_ready();
  // Nothing can be put in its place.
  std::filesystem::create_directories(folder_ + "/file.json/in_the_way");
  file_.response.status = 203;
  ASSERT_TRUE(apply());
  const StatusReport report = status();
  EXPECT_EQ(report.config.response.status, 203U);
  EXPECT_EQ(saved("state.json"), "0/203");
  EXPECT_TRUE(report.degraded);
  EXPECT_THAT(report.problems, testing::Contains(HasSubstr("what was taken of it cannot be kept")));
  std::filesystem::remove_all(folder_ + "/file.json");
  wait_until([](const StatusReport& r) { return !r.degraded; });
  EXPECT_EQ(saved("file.json"), "0/203");
}

TEST_F(SupervisorFile, StateThatCouldNotBeSavedIsTriedAgain) {
  keep_state();
  options_.saved_config = options_.config;
  open_ready();
  std::filesystem::create_directories(folder_ + "/state.json/in_the_way");
  file_.response.status = 203;
  ASSERT_FALSE(apply());
  EXPECT_THAT(status().problems, testing::Contains(HasSubstr("the last change could not be saved")));
  std::filesystem::remove_all(folder_ + "/state.json");
  wait_until([](const StatusReport& r) { return !r.degraded; });
  EXPECT_EQ(status().config.response.status, 200U);
  EXPECT_EQ(saved("state.json"), "0/200");
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/trial.new"));
}

TEST_F(SupervisorFile, IsLookedAtAsItIsNow) {
  options_.config_file = "/etc/demo-server.toml";
  open_ready();
  file_.max_connections = 8;
  const auto now = look();
  EXPECT_EQ(now->name, "/etc/demo-server.toml");
  EXPECT_EQ(now->config.max_connections, 8U);
  EXPECT_EQ(now->problem, "");
}

}  // namespace
}  // namespace demo
