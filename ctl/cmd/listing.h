#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "format/sheet.h"
#include "invocation/api.h"
#include "invocation/invocation.h"
#include "verb/command.h"

// What the verbs that list things share.
namespace demo::ctl {

// The names of the columns, for Verb::columns: those of a table without rows are those of every one.
inline std::vector<std::string> columns_of(const Sheet& sheet) {
  std::vector<std::string> names;
  for (const Column& column : sheet.columns) names.push_back(column.name);
  return names;
}

// The rows of an answer as Invocation::print takes them. Valid as long as the answer.
template <typename Item>
std::vector<const google::protobuf::Message*> items_of(
    const google::protobuf::RepeatedPtrField<Item>& items) {
  return {items.pointer_begin(), items.pointer_end()};
}

}  // namespace demo::ctl
