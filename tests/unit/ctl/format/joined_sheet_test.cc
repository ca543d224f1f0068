#include "format/joined_sheet.h"

#include <gtest/gtest.h>

#include "format/csv.h"
#include "format/json.h"

namespace demo::ctl {
namespace {

std::vector<NamedSheet> sheets() {
  Sheet total;
  total.columns = {{"open"}, {"in"}};
  total.rows = {{"1", "2"}};
  Sheet workers;
  workers.columns = {{"worker"}, {"open"}, {"in"}};
  workers.rows = {{"0", "1", "2"}};
  Sheet backends;
  backends.columns = {{"backend"}, {"open"}, {"active"}, {"in"}, {"retries"}};
  backends.rows = {{"a:1", "3", "4", "5", "6"}};
  return {{"total", total}, {"worker", workers}, {"backend", backends}};
}

TEST(JoinedSheet, HasTheRowsAndColumnsOfAll) {
  EXPECT_EQ(render_csv(joined_sheet(sheets())),
            "kind,worker,backend,open,active,in,retries\n"
            "total,,,1,,2,\n"
            "worker,0,,1,,2,\n"
            "backend,,a:1,3,4,5,6\n");
}

TEST(JoinedSheet, IsTheFirstSheetThatHasTheFieldsUnlessTheyNameTheKind) {
  const auto rows = [](const std::vector<std::string>& fields) {
    return render_csv(with_fields(sheet_with(sheets(), fields), fields));
  };
  EXPECT_EQ(rows({"open", "in"}), "open,in\n1,2\n");
  EXPECT_EQ(rows({"retries"}), "retries\n6\n");
  EXPECT_EQ(rows({"kind", "open"}), "kind,open\ntotal,1\nworker,1\nbackend,3\n");
  EXPECT_EQ(rows({"worker", "backend"}), "worker,backend\n0,\n,a:1\n");
}

TEST(JoinedSheet, HasNullWhereARowHasNothing) {
  const Sheet joined = joined_sheet(sheets());
  EXPECT_EQ(
      row_json(joined, joined.rows.front()),
      R"({"kind":"total","worker":null,"backend":null,"open":"1","active":null,"in":"2","retries":null})");
}

}  // namespace
}  // namespace demo::ctl
