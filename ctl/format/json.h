#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "format/sheet.h"

// JSON as json/write_message.h spells messages.
namespace demo::ctl {

// Indented, with a line end.
std::string pretty_json(const google::protobuf::Message& message);

// On one line, with a line end.
std::string line_json(const google::protobuf::Message& message);

// A row as an object on one line without a line end: column names, figures as numbers,
// null for what is absent.
std::string row_json(const Sheet& sheet, const std::vector<Cell>& row);

// All rows as a list of such objects, with a line end.
std::string rows_json(const Sheet& sheet);

}  // namespace demo::ctl
