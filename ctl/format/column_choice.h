#pragma once

#include <string>
#include <string_view>
#include <vector>

// How --fields and --sort name columns: by the heading, in either case, since headings are capitals.
namespace demo::ctl {

// "POOL,Req/s" as {"pool", "req/s"}. Throws a usage Failure for an empty part and for one that is there
// twice.
std::vector<std::string> parse_columns(std::string_view text);

struct RowOrder {
  std::string column;  // lower case
  bool descending = false;
};

// "weight", "WEIGHT:asc", "weight:desc". Throws a usage Failure for another word behind the colon and for
// nothing before it.
RowOrder parse_order(std::string_view text);

// As parse_order() reads it.
std::string order_text(const RowOrder& order);

// Throws a usage Failure that lists the names, with the likely one, when the column is none of them. option:
// that names the column.
void check_column(const std::string& column, const std::vector<std::string>& names, std::string_view option);

}  // namespace demo::ctl
