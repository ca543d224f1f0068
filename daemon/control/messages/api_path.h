#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

#include "config/config.h"

// The values of a configuration as its message in the API has them.
namespace demo {

// The path in the message of a value that validate() names: "listeners[1].kernel.defer_accept" for
// "listeners.127.0.0.1:80.kernel.defer_accept_s". Of a value that is not there, of the nearest thing around
// it, empty for none; of elements with one identity, of the last, unless the path says which
// (ElementNames::kPlaces). Pure.
std::string api_path(const Config& config, std::string_view path);

// From where to where a number or a time may be, "from 1 to 256"; empty for a field of no number and for one
// that is not of the configuration. Pure.
std::string api_range(const google::protobuf::FieldDescriptor& field);

}  // namespace demo
