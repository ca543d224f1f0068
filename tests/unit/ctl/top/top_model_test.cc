#include "top/top_model.h"

#include <gtest/gtest.h>

#include "format/text_width.h"
#include "top/top_frame.h"

namespace demo::ctl {
namespace {

using Kind = Key::Kind;

Key letter(char c) { return {Kind::kCharacter, c}; }

Rates rates() {
  Rates rates;
  rates.generation = 7;
  for (std::uint32_t i = 0; i < 3; ++i) {
    WorkerRateRow row{i, i, i != 1, false, {}};
    row.rates.requests = 100.0 * i;
    rates.workers.push_back(row);
  }
  rates.listeners.push_back({"0.0.0.0:80", 1, 2, 3, 4, 5});
  for (const char* endpoint : {"10.0.0.3:80", "10.0.0.4:80"}) {
    BackendRateRow row{"default", endpoint, endpoint};
    rates.backends.push_back(row);
  }
  return rates;
}

class TopModelTest : public testing::Test {
 protected:
  TopModelTest() { model_.add_rates(rates(), 0); }

  void press(std::initializer_list<Key> keys) {
    for (const Key key : keys) model_.key(key);
  }
  void type(std::string_view text) {
    for (const char c : text) model_.key(letter(c));
  }
  std::vector<std::string> column(Pane pane, std::size_t index) {
    std::vector<std::string> texts;
    for (const auto& row : model_.sheet(pane).rows) texts.push_back(row[index].text);
    return texts;
  }

  TopModel model_{false};
};

TEST_F(TopModelTest, ForgetsThePastOfWhatIsGone) {
  const auto past_of_the_last_worker = [this] { return column(Pane::kCores, 13).back(); };
  const std::string once = past_of_the_last_worker();
  model_.add_rates(rates(), 1);
  EXPECT_NE(past_of_the_last_worker(), once);
  Rates without = rates();
  without.workers.pop_back();
  model_.add_rates(without, 2);
  model_.add_rates(rates(), 3);
  EXPECT_EQ(past_of_the_last_worker(), once);
}

TEST_F(TopModelTest, MovesThroughPanesAndRows) {
  EXPECT_EQ(model_.focus(), Pane::kCores);
  press({{Kind::kTab}, {Kind::kTab}});
  EXPECT_EQ(model_.focus(), Pane::kBackends);
  press({{Kind::kDown}, {Kind::kDown}, {Kind::kDown}});
  EXPECT_EQ(model_.selected(Pane::kBackends), 1U);
  EXPECT_EQ(model_.selected_backend(), (BackendName{"default", "10.0.0.4:80"}));
  press({{Kind::kBackTab}});
  EXPECT_EQ(model_.focus(), Pane::kListeners);
  EXPECT_EQ(model_.selected_backend(), std::nullopt);
}

TEST_F(TopModelTest, DrainsOnlyWhatIsChosenInTheBackendsPane) {
  EXPECT_EQ(model_.key(letter('d')), TopAction::kNone);
  press({{Kind::kTab}, {Kind::kTab}});
  const auto chosen = model_.selected_backend();
  EXPECT_EQ(model_.key(letter('d')), TopAction::kNone);
  EXPECT_NE(model_.footer().find("y: yes"), std::string::npos);
  EXPECT_EQ(model_.key(letter('n')), TopAction::kNone);
  EXPECT_EQ(model_.key(letter('y')), TopAction::kNone);  // nothing was asked
  model_.key(letter('d'));
  EXPECT_EQ(model_.key(letter('y')), TopAction::kDrain);
  EXPECT_EQ(model_.target(), chosen);
  EXPECT_EQ(model_.key(letter('r')), TopAction::kReady);
  EXPECT_EQ(model_.key(letter('q')), TopAction::kQuit);
}

TEST_F(TopModelTest, ChoosesABackendWhoseNameCannotBeShown) {
  Rates hostile = rates();
  hostile.backends[0].endpoint =
      "unix:/tmp/a\x01"
      "b";
  hostile.backends[0].errors = 5;
  model_.add_rates(hostile, 1);
  press({{Kind::kTab}, {Kind::kTab}});
  type("/unix");
  press({{Kind::kEnter}});
  ASSERT_EQ(column(Pane::kBackends, 1).size(), 1U);
  EXPECT_EQ(model_.selected_backend(), (BackendName{"default", hostile.backends[0].endpoint}));
  type("d");
  EXPECT_EQ(model_.footer().find('\x01'), std::string::npos);
  press({letter('n'), {Kind::kEscape}});
  type("ssssssss");
  EXPECT_EQ(column(Pane::kBackends, 1).front(), "unix:/tmp/a\\x01b") << "sorted by its errors";
  EXPECT_EQ(model_.selected_backend(), (BackendName{"default", hostile.backends[0].endpoint}));
}

TEST_F(TopModelTest, SortsByColumnsInTurn) {
  for (int i = 0; i < 5; ++i) press({letter('s')});  // worker, core, open, acc/s, req/s
  EXPECT_EQ(column(Pane::kCores, 0), (std::vector<std::string>{"2", "1", "0"}));
  press({letter('S')});
  EXPECT_EQ(column(Pane::kCores, 0), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_NE(model_.footer().find("cores by req/s"), std::string::npos);
}

TEST_F(TopModelTest, FiltersRowsByWhatTheyHold) {
  type("/.4:80");
  EXPECT_EQ(column(Pane::kBackends, 1), (std::vector<std::string>{"10.0.0.4:80"}));
  press({{Kind::kEnter}});
  EXPECT_NE(model_.footer().find("filter .4:80"), std::string::npos);
  press({{Kind::kEscape}});
  EXPECT_EQ(column(Pane::kBackends, 1).size(), 2U);
}

TEST_F(TopModelTest, TakesLettersOfAFilterForNoCommands) {
  type("/q");
  EXPECT_EQ(model_.key(letter('d')), TopAction::kNone);
  EXPECT_NE(model_.footer().find("filter: qd"), std::string::npos);
  press({{Kind::kBackspace}});
  EXPECT_NE(model_.footer().find("filter: q_"), std::string::npos);
}

TEST_F(TopModelTest, StandsStillWhilePaused) {
  press({letter('p')});
  Rates later = rates();
  later.generation = 8;
  model_.add_rates(later, 1);
  EXPECT_NE(model_.title().find("gen 7"), std::string::npos);
  EXPECT_NE(model_.title().find("PAUSED"), std::string::npos);
  press({letter('p')});
  model_.add_rates(later, 1);
  EXPECT_NE(model_.title().find("gen 8"), std::string::npos);
}

TEST_F(TopModelTest, KeepsTheChosenEventWhenNewOnesCome) {
  api::Event event;
  for (const char* subject : {"first", "second"}) {
    event.set_subject(subject);
    model_.add_event(event);
  }
  press({{Kind::kBackTab}, {Kind::kDown}});
  event.set_subject("third");
  model_.add_event(event);
  EXPECT_EQ(column(Pane::kEvents, 2)[model_.selected(Pane::kEvents)], "first");
}

TEST_F(TopModelTest, ShowsStateAndHealthOfBackends) {
  api::ListBackendsResponse list;
  api::BackendStatus& status = *list.add_backends();
  status.set_pool("default");
  status.mutable_backend()->set_endpoint("10.0.0.3:80");
  status.mutable_backend()->set_state(api::BACKEND_STATE_DRAIN);
  status.set_health("up");
  model_.set_backends(list);
  EXPECT_EQ(column(Pane::kBackends, 2), (std::vector<std::string>{"drain", "-"}));
  EXPECT_EQ(column(Pane::kBackends, 3), (std::vector<std::string>{"up", "-"}));
}

TEST_F(TopModelTest, ForgetsANoticeAtTheNextKey) {
  model_.set_notice("it went away");
  EXPECT_EQ(model_.footer(), "it went away");
  press({{Kind::kDown}});
  EXPECT_NE(model_.footer(), "it went away");
}

TEST_F(TopModelTest, DrawsFourPanesInEightyByTwentyFour) {
  const std::vector<FrameLine> frame = top_frame(model_, 80, 24);
  ASSERT_EQ(frame.size(), 24U);
  EXPECT_EQ(frame[0].style, FrameStyle::kTitle);
  EXPECT_EQ(frame[1].text, "WORKER  CORE   OPEN  REQ/S   OUT/S  SVC-P50  SVC-P99  ERR/S  CPU%  REQUESTS");
  EXPECT_EQ(frame[1].style, FrameStyle::kFocusedHeading);
  EXPECT_EQ(frame[2].style, FrameStyle::kSelected);
  EXPECT_EQ(frame[3].style, FrameStyle::kAlert);  // a dead worker
  EXPECT_EQ(frame[5].text.substr(0, 8), "LISTENER");
  EXPECT_EQ(frame[7].text.substr(0, 4), "POOL");
  EXPECT_EQ(frame[10].text.substr(0, 4), "TIME");
  EXPECT_EQ(frame[23].style, FrameStyle::kFooter);
}

TEST_F(TopModelTest, FitsEveryTerminal) {
  api::Event event;
  event.set_message(std::string(300, 'x'));
  for (int i = 0; i < 50; ++i) model_.add_event(event);
  for (int focus = 0; focus < 4; ++focus) {
    for (std::size_t columns = 1; columns < 200; columns += 27) {
      for (std::size_t rows = 0; rows < 60; rows += 7) {
        const std::vector<FrameLine> frame = top_frame(model_, columns, rows);
        ASSERT_EQ(frame.size(), rows);
        for (const FrameLine& line : frame) ASSERT_LE(text_width(line.text), columns);
      }
    }
    press({{Kind::kTab}});
  }
}

TEST_F(TopModelTest, ScrollsToTheChosenRow) {
  Rates many = rates();
  for (std::uint32_t i = 3; i < 64; ++i) many.workers.push_back({i, i, true, false, {}});
  model_.add_rates(many, 1);
  press({{Kind::kEnd}});
  bool seen = false;
  for (const FrameLine& line : top_frame(model_, 80, 24)) {
    if (line.style == FrameStyle::kSelected) seen = line.text.substr(0, 6) == "    63";
  }
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace demo::ctl
