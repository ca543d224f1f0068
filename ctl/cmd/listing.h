#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/repeated_field.h>

#include <vector>

#include "session/api.h"
#include "session/session.h"
#include "verb/command.h"

// What the verbs that list things share.
namespace demo::ctl {

// The rows of an answer as Session::print takes them. Valid as long as the answer.
template <typename Item>
std::vector<const google::protobuf::Message*> items_of(
    const google::protobuf::RepeatedPtrField<Item>& items) {
  return {items.pointer_begin(), items.pointer_end()};
}

}  // namespace demo::ctl
