#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

#include "demo/control/v1/setting.pb.h"
#include "invocation/api.h"

// What demo/control/v1/setting.proto says of the fields of the desired state: the one place from which the
// options of verbs, their help and exported commands are made.
namespace demo::ctl {

// Of the field at a dotted path below the message type, "health.path". A path that the API does not have ends
// the program.
const api::Setting& setting_of(const google::protobuf::Descriptor& type, std::string_view path);

// The paths of all fields below the message type that have an option, in the order of the .proto file; lists
// of messages are left out.
std::vector<std::string> setting_paths(const google::protobuf::Descriptor& type);

// From where to where the field may be, "1 to 256": what the setting says, else what the type does. Empty for
// what is neither number nor time.
std::string setting_range(const api::Setting& setting, const google::protobuf::FieldDescriptor& field);

// What the help says behind the option of the field: what it is for, and where there are any its range and
// its default.
std::string setting_help(const api::Setting& setting, const google::protobuf::FieldDescriptor& field);

}  // namespace demo::ctl
