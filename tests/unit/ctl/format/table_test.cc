#include "format/table.h"

#include <gtest/gtest.h>

#include "failure.h"
#include "format/csv.h"
#include "format/json.h"
#include "format/text_width.h"

namespace demo::ctl {
namespace {

Sheet backends() {
  Sheet sheet;
  sheet.columns = {{"endpoint"}, {"state"}, {"weight", Align::kRight}, {"addresses", Align::kLeft, 1}};
  sheet.rows = {{"10.0.0.3:80", "ready", count_cell(1), "10.0.0.3:80"},
                {"api.internal:8080", "drain", count_cell(250), "10.0.1.1:8080,10.0.1.2:8080"},
                {"[::1]:80", "ready", count_cell(10), "-"}};
  return sheet;
}

TEST(Table, AlignsColumnsAndEndsLinesWithoutSpaces) {
  EXPECT_EQ(render_table(backends(), {.width = 60}),
            "ENDPOINT           STATE  WEIGHT\n"
            "10.0.0.3:80        ready       1\n"
            "api.internal:8080  drain     250\n"
            "[::1]:80           ready      10\n");
}

TEST(Table, ShowsMoreColumnsWhenThereIsRoom) {
  EXPECT_EQ(render_table(backends(), {.width = 61}),
            "ENDPOINT           STATE  WEIGHT  ADDRESSES\n"
            "10.0.0.3:80        ready       1  10.0.0.3:80\n"
            "api.internal:8080  drain     250  10.0.1.1:8080,10.0.1.2:8080\n"
            "[::1]:80           ready      10  -\n");
}

TEST(Table, LeavesOutFiguresAndThenCutsTheWidestCellsOnATerminalAlone) {
  EXPECT_EQ(render_table(backends(), {.width = 31, .cut = true}),
            "ENDPOINT           STATE\n"
            "10.0.0.3:80        ready\n"
            "api.internal:8080  drain\n"
            "[::1]:80           ready\n");
  EXPECT_EQ(render_table(backends(), {.width = 20, .cut = true}),
            "ENDPOINT       STATE\n"
            "10.0.0.3:80    ready\n"
            "api.internal~  drain\n"
            "[::1]:80       ready\n");
  EXPECT_NE(render_table(backends(), {.width = 28}).find("api.internal:8080"), std::string::npos);
}

TEST(Table, WrapsSentencesWhereItMayCut) {
  Sheet sheet;
  sheet.columns = {{"event"}, {"message", Align::kLeft, 0, 0, true}, {"gen", Align::kRight}};
  sheet.rows = {{"died", "killed by SIGKILL, 3 connections lost", "7"}, {"born", "", "8"}};
  EXPECT_EQ(render_table(sheet, {.width = 36, .cut = true}),
            "EVENT  MESSAGE                   GEN\n"
            "died   killed by SIGKILL, 3        7\n"
            "       connections lost\n"
            "born                               8\n");
  EXPECT_EQ(table_rows(sheet, {.width = 36, .cut = true})[1].size(), 2U);
  EXPECT_EQ(table_width(sheet, {.width = 36, .cut = true}), 36U);
  EXPECT_NE(render_table(sheet, {.width = 36}).find("killed by SIGKILL, 3 connections lost"),
            std::string::npos);
}

TEST(Table, LeavesColumnsOutWhereNoCutWouldMakeThemFit) {
  Sheet sheet;
  sheet.columns = {{"address"}, {"mode"}, {"state"}};
  sheet.rows = {{"127.0.0.1:28080", "auto (proxy)", "address missing"}};
  for (std::size_t width = 8; width <= 80; ++width) {
    EXPECT_LE(table_width(sheet, {.width = width, .cut = true}), width);
  }
  EXPECT_EQ(render_table(sheet, {.width = 20, .cut = true}), "ADDRESS    MODE\n127.0.0.~  auto (pr~\n");
}

TEST(Table, CutsNoNameWhileAnythingElseGivesWay) {
  Sheet sheet;
  sheet.columns = {
      {.name = "pool", .names = true}, {.name = "backend", .names = true}, {"health"}, {"req/s", kRight}};
  sheet.rows = {{"payments", "payments-7.internal:8443", "down: connection refused", "1"}};
  EXPECT_EQ(render_table(sheet, {.width = 50, .cut = true}),
            "POOL      BACKEND                   HEALTH\n"
            "payments  payments-7.internal:8443  down: connect~\n");
  EXPECT_EQ(render_table(sheet, {.width = 40, .cut = true}),
            "POOL      BACKEND\n"
            "payments  payments-7.internal:8443\n");
  EXPECT_EQ(render_table(sheet, {.width = 20, .cut = true}), "POOL      BACKEND\npayments  payments-~\n");
}

TEST(Table, CutsAVeryLongNameBeforeItLeavesAnythingOut) {
  Sheet sheet;
  sheet.columns = {
      {.name = "pool", .names = true}, {.name = "backend", .names = true}, {"health"}, {"req/s", kRight}};
  sheet.rows = {{"p", "unix:/run/applications/payments/instances/number-seven/backend.sock", "up", "1"}};
  EXPECT_EQ(render_table(sheet, {.width = 60, .cut = true}),
            "POOL  BACKEND                                  HEALTH  REQ/S\n"
            "p     unix:/run/applications/payments/instan~  up          1\n");
}

TEST(Table, ShowsTheHeadingsOfNoRows) {
  Sheet sheet = backends();
  sheet.rows.clear();
  EXPECT_EQ(render_table(sheet, {.width = 40}), "ENDPOINT  STATE  WEIGHT  ADDRESSES\n");
}

TEST(Table, SortsFiguresAsNumbersAndKeepsTheOrderOfEquals) {
  EXPECT_EQ(row_order(backends(), "weight"), (std::vector<std::size_t>{0, 2, 1}));
  EXPECT_EQ(row_order(backends(), "weight:desc"), (std::vector<std::size_t>{1, 2, 0}));
  EXPECT_EQ(row_order(backends(), "state"), (std::vector<std::size_t>{1, 0, 2}));
}

TEST(Table, KeepsTheTotalLast) {
  Sheet sheet = backends();
  sheet.total = true;
  EXPECT_EQ(row_order(sheet, "weight:desc"), (std::vector<std::size_t>{1, 0, 2}));
}

TEST(Table, TakesTheNamedColumnsInTheirOrder) {
  EXPECT_EQ(render_csv(with_fields(backends(), {"weight", "endpoint"})),
            "weight,endpoint\n1,10.0.0.3:80\n250,api.internal:8080\n10,[::1]:80\n");
}

TEST(Table, NamesTheColumnThatWasMeant) {
  try {
    with_fields(backends(), {"wieght"});
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::kUsage);
    EXPECT_EQ(failure.message(),
              "--fields: there is no column \"wieght\", only endpoint, state, weight, addresses, did you "
              "mean \"weight\"?");
  }
}

TEST(Table, ShowsCellsThatCannotSteerTheTerminal) {
  Sheet sheet;
  sheet.columns = {{"address"}};
  sheet.rows = {{"unix:/a\n\x1b[31mb"}};
  EXPECT_EQ(render_table(sheet, {.width = std::nullopt}), "ADDRESS\nunix:/a\\x0a\\x1b[31mb\n");
  EXPECT_EQ(csv_row(sheet.rows[0]), "unix:/a\\x0a\\x1b[31mb\n");
}

TEST(Csv, QuotesWhatNeedsIt) {
  EXPECT_EQ(csv_row({"plain", "a,b", "say \"hi\"", Cell("1.2MB", 1'234'567)}),
            "plain,\"a,b\",\"say \"\"hi\"\"\",1234567\n");
}

TEST(Json, WritesRowsAsObjectsOfTheirColumns) {
  Sheet sheet;
  sheet.columns = {{"name"}, {"rate"}};
  sheet.rows = {{"a\"b", Cell("1.5k", 1500.25)}, {"c", absent_cell()}};
  EXPECT_EQ(rows_json(sheet),
            "[\n {\"name\":\"a\\\"b\",\"rate\":1500.25},\n {\"name\":\"c\",\"rate\":null}\n]\n");
  EXPECT_EQ(render_csv(sheet), "name,rate\n\"a\"\"b\",1500.25\nc,\n");
}

TEST(TextWidth, CountsCodePoints) {
  EXPECT_EQ(text_width("caf\xc3\xa9"), 4U);
  EXPECT_EQ(cut_to_width("caf\xc3\xa9 au lait", 5), "caf\xc3\xa9~");
  EXPECT_EQ(fit_to_width("7", 3, true), "  7");
}

TEST(TextWidth, WrapsAtSpacesAndWithinWordsThatAreTooLong) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrap_to_width("", 5), Lines{""});
  EXPECT_EQ(wrap_to_width("one two", 7), Lines{"one two"});
  EXPECT_EQ(wrap_to_width("one two  three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrap_to_width("one two", 6), (Lines{"one", "two"}));
  EXPECT_EQ(wrap_to_width("a longword", 4), (Lines{"a", "long", "word"}));
  EXPECT_EQ(wrap_to_width("caf\xc3\xa9 caf\xc3\xa9", 4), (Lines{"caf\xc3\xa9", "caf\xc3\xa9"}));
  EXPECT_EQ(wrap_to_width("ab ", 2), (Lines{"ab"}));
  EXPECT_EQ(wrap_to_width("ab", 1), (Lines{"a", "b"}));
}

TEST(TextWidth, DisarmsControlCharacters) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J\xff"),
            "\\xc2\\x9b2J\\xff");
  EXPECT_EQ(printable("\xc3\xa4"), "\xc3\xa4");
}

}  // namespace
}  // namespace demo::ctl
