#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

// The names under which --reset takes the fields of a message: all that are made of the API and of
// demo/control/v1/setting.proto, so that a field goes by whichever its reader has just seen.
namespace demo::ctl {

// What each of the paths below the type is called best: by its option, "busy-poll", and without one, or where
// that is the name of a section too, by the path.
std::vector<std::string> reset_names(const google::protobuf::Descriptor& type,
                                     const std::vector<std::string>& paths);

// The one of the paths below the type that the word names: the path itself, "kernel.busy_poll"; its option,
// "--busy-poll", with the dashes or without; its name as differences and the file have it,
// "kernel.busy_poll_us"; its last steps, "busy_poll", where no other path has them. Throws a usage Failure
// with the names that there are.
std::string reset_path(const google::protobuf::Descriptor& type, const std::vector<std::string>& paths,
                       std::string_view word);

}  // namespace demo::ctl
