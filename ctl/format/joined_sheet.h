#pragma once

#include <string>
#include <vector>

#include "format/sheet.h"

// Several sheets as one, for programs.
namespace demo::ctl {

struct NamedSheet {
  std::string kind;  // what a row of it is: "listener"
  Sheet sheet;
};

// The columns of all sheets, by name, and in front of them "kind". A row has nothing in the columns that its
// sheet does not have.
Sheet joined_sheet(const std::vector<NamedSheet>& sheets);

// What --fields asks for: without fields, and when they name "kind", the rows of every sheet that has them
// all; otherwise those of the first that has. Where no sheet has them all, those of every one that has any.
Sheet sheet_with(const std::vector<NamedSheet>& sheets, const std::vector<std::string>& fields);

}  // namespace demo::ctl
