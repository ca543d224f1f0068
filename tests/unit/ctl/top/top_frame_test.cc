#include "top/top_frame.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "format/text_width.h"
#include "top/key_help.h"
#include "top/top_model.h"

namespace demo::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;
using Kind = Key::Kind;

constexpr const char* kPool = "a-pool-with-a-name";
constexpr const char* kBackend = "backend-7.internal:8080";
constexpr const char* kListener = "[2001:db8:0:1::7]:8080";

// A model with a row in each pane, all of them with figures and names as long as they are in practice.
TopModel busy_model() {
  Rates rates;
  WorkerRateRow worker{0, 11, true, false, {}};
  worker.rates.requests = 123'456;
  worker.rates.service = {12'345, 123'456};
  rates.measured.service = true;
  rates.workers.push_back(worker);
  rates.listeners.push_back({kListener, 100'000, 12'345, 123'456, 123'456'789, 123'456'789});
  rates.backends.push_back({kPool, kBackend, kBackend});
  TopModel model(false);
  model.add_rates(rates, 0);
  api::ListBackendsResponse list;
  api::BackendStatus& status = *list.add_backends();
  status.set_pool(kPool);
  status.mutable_backend()->set_endpoint(kBackend);
  status.set_health("up");
  model.set_backends(list);
  return model;
}

std::vector<std::string> texts(const TopModel& model, std::size_t columns, std::size_t rows) {
  std::vector<std::string> lines;
  for (const FrameLine& line : top_frame(model, columns, rows)) {
    EXPECT_LE(text_width(line.text), columns) << line.text;
    lines.push_back(line.text);
  }
  EXPECT_EQ(lines.size(), rows);
  return lines;
}

std::string all_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

TEST(TopFrame, LeavesOutFiguresBeforeItCutsANameOfWhateverIsShown) {
  const TopModel model = busy_model();
  for (std::size_t columns = 60; columns <= 200; ++columns) {
    const std::string picture = all_of(texts(model, columns, 24));
    for (const char* name : {kPool, kBackend, kListener}) EXPECT_THAT(picture, HasSubstr(name)) << columns;
  }
}

TEST(TopFrame, KeepsTheFiguresThatTellMostInSixtyColumns) {
  EXPECT_EQ(texts(busy_model(), 60, 24)[1], "WORKER  CORE   OPEN  REQ/S  SVC-P99  ERR/S  CPU%  REQUESTS");
}

TEST(TopFrame, HasTheMedianInEightyColumns) {
  EXPECT_THAT(texts(busy_model(), 80, 24)[1], HasSubstr("  SVC-P50  "));
}

TEST(TopFrame, GivesThePastOfTheRowsWhatIsLeftOfTheWidth) {
  TopModel model = busy_model();
  Rates rates;
  rates.measured.service = true;
  rates.workers.push_back({0, 0, true, false, {}});
  rates.workers[0].rates.requests = 1;
  for (int i = 0; i < 100; ++i) model.add_rates(rates, i);
  const auto bars = [&](std::size_t columns) {
    const std::string row = texts(model, columns, 24)[2];
    return std::count(row.begin(), row.end(), '#');
  };
  EXPECT_GE(bars(80), 8);
  EXPECT_GT(bars(100), bars(80));  // though there is a figure more
  EXPECT_EQ(bars(1000), static_cast<std::ptrdiff_t>(TopModel::kPast));
}

TEST(TopFrame, WrapsMessagesAndCutsNone) {
  TopModel model = busy_model();
  std::string message;
  for (int i = 0; i < 60; ++i) message += fmt::format("word{} ", i);
  message += "end";
  api::Event event;
  event.set_kind(api::EVENT_KIND_CONFIG_CHANGED);
  event.set_subject("listener 0.0.0.0:80");
  event.set_message(message);
  model.add_event(event);
  for (const std::size_t columns : {60U, 80U, 160U, 300U}) {
    const std::string picture = all_of(texts(model, columns, 40));
    for (int i = 0; i < 60; ++i) EXPECT_THAT(picture, HasSubstr(fmt::format("word{}", i))) << columns;
    EXPECT_THAT(picture, HasSubstr("end\n"));
    EXPECT_THAT(picture, HasSubstr("listener 0.0.0.0:80")) << columns;
  }
}

TEST(TopFrame, ShowsTheWholeOfAChosenMessage) {
  TopModel model = busy_model();
  api::Event event;
  for (int i = 0; i < 9; ++i) {
    event.set_message(fmt::format("{0} begins {1} end-of-{0}", i, std::string(100, 'x')));
    model.add_event(event);
  }
  model.key({Kind::kBackTab});
  for (int chosen = 8; chosen >= 0; --chosen) {
    std::string picture;
    for (const FrameLine& line : top_frame(model, 80, 24)) {
      if (line.style == FrameStyle::kSelected) picture += line.text + '\n';
    }
    EXPECT_THAT(picture, HasSubstr(fmt::format("{} begins", chosen)));
    EXPECT_THAT(picture, HasSubstr(fmt::format("end-of-{}", chosen)));
    model.key({Kind::kDown});
  }
}

TEST(TopFrame, WrapsANoticeWithinAQuarterOfTheScreen) {
  TopModel model = busy_model();
  const std::string first(70, 'a');
  const std::string second(70, 'b');
  model.set_notice(fmt::format("{} {} end", first, second));
  const std::vector<std::string> lines = texts(model, 80, 24);
  EXPECT_EQ(lines[22], first);
  EXPECT_EQ(lines[23], fmt::format("{} end", second));
  EXPECT_THAT(texts(model, 80, 7)[6], HasSubstr("aaa"));
}

TEST(TopFrame, ShowsTheKeysUntilTheNextOne) {
  for (const char key : {'?', 'h'}) {
    TopModel model = busy_model();
    const std::vector<std::string> before = texts(model, 80, 24);
    EXPECT_EQ(model.key({Kind::kCharacter, key}), TopAction::kNone);
    const std::string picture = all_of(texts(model, 80, 24));
    for (const KeyHelp& help : key_help()) EXPECT_THAT(picture, HasSubstr(help.keys));
    EXPECT_THAT(picture, Not(HasSubstr("WORKER")));
    EXPECT_THAT(picture, HasSubstr("any key goes back"));
    EXPECT_EQ(model.key({Kind::kCharacter, 'q'}), TopAction::kNone);
    EXPECT_EQ(texts(model, 80, 24), before);
    EXPECT_EQ(model.key({Kind::kCharacter, 'q'}), TopAction::kQuit);
  }
}

TEST(TopFrame, IsExactlyAsLargeAsTheTerminalAlsoWithTheHelp) {
  TopModel model = busy_model();
  model.key({Kind::kCharacter, '?'});
  for (std::size_t columns = 1; columns < 200; columns += 13) {
    for (std::size_t rows = 1; rows < 60; rows += 7) texts(model, columns, rows);
  }
}

TEST(TopFrame, TakesALetterOfAFilterForNoHelp) {
  TopModel model = busy_model();
  for (const char key : {'/', 'h', '?'}) model.key({Kind::kCharacter, key});
  EXPECT_FALSE(model.shows_help());
  EXPECT_THAT(model.footer(), HasSubstr("filter: h?_"));
}

}  // namespace
}  // namespace demo::ctl
