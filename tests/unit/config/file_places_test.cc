// Where in a file problems stand that are about an element of a list, or that the system finds.
#include <gmock/gmock.h>

#include <string>

#include "config_text.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FilePlaces, AreThoseOfAListsElement) {
  EXPECT_THAT(messages("[workers]\ncores = [0,\n  3, 0]\n"),
              ElementsAre(HasSubstr("test.toml:3:6: workers.cores")));
  EXPECT_THAT(messages("[response]\nheaders = [\"X-A: 1\", \"Date: 1\",\n \"b d: 1\", \"X-B: \\u0001\"]\n"),
              ElementsAre(HasSubstr("test.toml:2:22: response.headers is \"Date\""),
                          HasSubstr("test.toml:3:2: response.headers is \"b d\""),
                          HasSubstr("test.toml:3:12: response.headers is \"X-B: ")));
  EXPECT_THAT(messages("[workers]\ncores = [0, 99999999]\n"), ElementsAre(HasSubstr("test.toml:2:13: ")));
}

TEST(FilePlaces, SuggestTheKeyThatIsMeantByAnotherWord) {
  EXPECT_THAT(
      messages("[[listener]]\nlisten = \":80\"\naddress = \":80\"\n"),
      ElementsAre(HasSubstr("2:1: unknown key \"listener.listen\"; did you mean \"listener.address\"?")));
  EXPECT_THAT(messages("[[pool]]\nname = \"a\"\n[[pool.backend]]\naddress = \":80\"\nserver = \":80\"\n"),
              ElementsAre(HasSubstr("did you mean \"pool.backend.address\"?")));
  EXPECT_THAT(messages("[workers]\nlisten = 1\n"),
              ElementsAre("test.toml:2:1: unknown key \"workers.listen\""));
}

TEST(FilePlaces, AreKnownOfProblemsThatTheSystemFinds) {
  const auto file = load_config_text(
      "[workers]\ncores = [0, 9]\n\n[[listener]]\naddress = \"127.0.0.1:80\"\n", "f.toml", read_nothing);
  ASSERT_TRUE(file);
  const auto told = [&](const char* field, const char* value) {
    return in_file(*file, invalid(field, value, "no")).message;
  };
  EXPECT_EQ(told("workers.cores", "9"), "f.toml:2:13: workers.cores: no");
  EXPECT_EQ(told("workers.count", "70"), "f.toml:1:1: workers.count: no");
  EXPECT_EQ(told("listener.address", "127.0.0.1:80"), "f.toml:5:11: listener.address: no");
  EXPECT_EQ(told("listener.address", "127.0.0.1:81"), "no");
  EXPECT_EQ(told("response.status", "1"), "no");
}

}  // namespace
}  // namespace demo
