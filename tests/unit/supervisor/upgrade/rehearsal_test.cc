#include "supervisor/upgrade/rehearsal.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <optional>

#include "supervisor/upgrade/exec_plan.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

// A shell stands for the program: what it is to say comes before the flag.
class RehearsalTest : public testing::Test {
 protected:
  Program shell(const std::string& script) const {
    Program program = this_program(0, nullptr, "/bin/sh");
    program = *next_version(program);
    program.arguments = {"sh", "-c", script};
    return program;
  }

  Result<RehearsalReport> run(const std::string& script, const NamedDescriptors& passed = {}) {
    std::optional<Result<RehearsalReport>> outcome;
    auto rehearsal =
        Rehearsal::start(loop_, shell(script), passed, [&](const Result<RehearsalReport>& report) {
          outcome = report;
          loop_.stop();
        });
    if (!rehearsal) return rehearsal.error();
    loop_.restart();
    loop_.run_for(std::chrono::seconds(20));
    return outcome.value();
  }

  std::string why_not(const std::string& script) {
    const auto report = run(script);
    return report ? "it succeeded" : report.error().message;
  }

  boost::asio::io_context loop_;
};

TEST_F(RehearsalTest, TellsWhatTheProgramSaid) {
  const auto report =
      run("echo version 2.0; echo warning counters begin anew; echo warning so do limits; echo ready");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->version, "2.0");
  EXPECT_THAT(report->warnings, ElementsAre("counters begin anew", "so do limits"));
}

TEST_F(RehearsalTest, HasTheFlagAndWhatIsPassed) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ASSERT_EQ(::write(ends[1], "3.1\n", 4), 4);
  const auto report =
      run("list=$(cat /proc/self/fd/$DEMO_HANDOVER); read word </proc/self/fd/${list#line=}; "
          "echo version $word $0; echo ready",
          {{"line", ends[0]}});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->version, "3.1 --rehearse");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(RehearsalTest, TellsNoServiceManager) {
  ::setenv("NOTIFY_SOCKET", "/nowhere", 1);
  const auto report = run("echo version is ${NOTIFY_SOCKET:-unset}; echo ready");
  ::unsetenv("NOTIFY_SOCKET");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->version, "is unset");
}

TEST_F(RehearsalTest, FailsWithTheLastWordsOfTheProgram) {
  EXPECT_THAT(why_not("echo first >&2; echo 'demo-server: no such file' >&2; exit 3"),
              EndsWith("it ended with status 3: no such file"));
  EXPECT_THAT(why_not("echo version 2.0"), EndsWith("it ended without saying that it is ready"));
  EXPECT_THAT(why_not("echo ready; kill -SEGV $$"), HasSubstr("was killed by SIGSEGV"));
}

TEST_F(RehearsalTest, KeepsTheEndOfALongText) {
  EXPECT_THAT(why_not("i=0; while [ $i -lt 5000 ]; do echo line $i >&2; i=$((i+1)); done; exit 1"),
              EndsWith(": line 4999"));
}

TEST_F(RehearsalTest, EndsWithItsObject) {
  auto rehearsal = Rehearsal::start(loop_, shell("exec sleep 60"), {}, [](const auto&) { FAIL(); });
  ASSERT_TRUE(rehearsal);
  rehearsal->reset();
  loop_.run_for(std::chrono::milliseconds(10));
}

TEST_F(RehearsalTest, IsRefusedForWhatIsNoProgram) {
  TemporaryFolder folder;
  std::ofstream(folder.file("text")) << "no program";
  Program program{folder.file("text"), {}, {}};
  const auto denied = next_version(program);
  ASSERT_FALSE(denied);
  EXPECT_THAT(denied.error().message, EndsWith("text: Permission denied"));
  ::chmod(folder.file("text").c_str(), 0755);
  const auto next = next_version(program);
  ASSERT_TRUE(next);
  const auto started = Rehearsal::start(loop_, *next, {}, [](const auto&) { FAIL(); });
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_THAT(started.error().message, HasSubstr("Exec format error"));
}

TEST_F(RehearsalTest, IsRefusedForWhatIsNotThere) {
  const auto next = next_version({"/nowhere/demo-server", {}, {}});
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().message, "cannot execute /nowhere/demo-server: No such file or directory");
  EXPECT_EQ(next_version({"/", {}, {}}).error().message, "cannot execute /: Permission denied");
}

TEST(ExecPlan, ReturnsWhereNothingCanBeExecuted) {
  TemporaryFolder folder;
  std::ofstream(folder.file("text")) << "no program";
  ::chmod(folder.file("text").c_str(), 0755);
  const Program program = *next_version({folder.file("text"), {}, {"text"}});
  const int passed = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto plan = ExecPlan::make(program, {{"null", passed}});
  ASSERT_TRUE(plan);
  EXPECT_EQ((*plan)->run(), ENOEXEC);
  EXPECT_EQ(::fcntl(passed, F_GETFD), FD_CLOEXEC);
  ::close(passed);
}

TEST(ExecPlan, SaysInTheEnvironmentWhatIsPassed) {
  ::setenv(kPassedVariable, "of another", 1);
  const std::vector<std::string> environment = environment_with(5);
  ::unsetenv(kPassedVariable);
  EXPECT_EQ(environment.back(), std::string(kPassedVariable) + "=5");
  EXPECT_EQ(std::count_if(environment.begin(), environment.end(),
                          [](const auto& entry) { return entry.starts_with(kPassedVariable); }),
            1);
}

}  // namespace
}  // namespace demo
