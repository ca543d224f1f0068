#pragma once

#include <google/protobuf/message.h>

// Gives every field of a message, nested ones included, a value that is valid, not its default, and different
// from that of its neighbours: what a forgotten field cannot survive.
namespace demo::test {

void fill_message(google::protobuf::Message& message);

}  // namespace demo::test
