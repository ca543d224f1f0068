#include "format/joined_sheet.h"

#include <gtest/gtest.h>

#include "format/csv.h"

namespace demo::ctl {
namespace {

std::vector<NamedSheet> sheets() {
  Sheet workers;
  workers.columns = {{"worker"}, {"open"}, {"in"}};
  workers.rows = {{"0", "1", "2"}, {"total", "1", "2"}};
  workers.total = true;
  Sheet backends;
  backends.columns = {{"backend"}, {"open"}, {"active"}, {"in"}, {"retries"}};
  backends.rows = {{"a:1", "3", "4", "5", "6"}};
  return {{"worker", workers}, {"backend", backends}};
}

TEST(JoinedSheet, HasTheRowsAndColumnsOfAll) {
  EXPECT_EQ(render_csv(joined_sheet(sheets())),
            "kind,worker,backend,open,active,in,retries\n"
            "worker,0,,1,,2,\n"
            "total,,,1,,2,\n"
            "backend,,a:1,3,4,5,6\n");
}

TEST(JoinedSheet, IsTheFirstSheetThatHasTheFieldsUnlessTheyNameTheKind) {
  const auto rows = [](const std::vector<std::string>& fields) {
    return render_csv(with_fields(sheet_with(sheets(), fields), fields));
  };
  EXPECT_EQ(rows({"open", "in"}), "open,in\n1,2\n1,2\n");
  EXPECT_EQ(rows({"retries"}), "retries\n6\n");
  EXPECT_EQ(rows({"kind", "open"}), "kind,open\nworker,1\ntotal,1\nbackend,3\n");
  EXPECT_EQ(rows({"worker", "backend"}), "worker,backend\n0,\n,\n,a:1\n");
}

}  // namespace
}  // namespace demo::ctl
