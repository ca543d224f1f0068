#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "config/config.h"
#include "control/messages/translate.h"
#include "demo/control/v1/control.pb.h"

// What the requests of several calls have in common. Errors are kInvalidArgument and name the field.
namespace demo {

inline Error missing(const std::string& field) { return invalid(field, "", field + " is missing"); }

// A field that names an address, such as RemoveListenerRequest.address.
Result<Address> address_of(const std::string& field, const std::string& text);
// In canonical form, as Backend identity.
Result<std::string> endpoint_of(const std::string& field, const std::string& text);
// "default" for the empty name.
std::string pool_or_default(const std::string& name);
// fallback when absent. form: from where to where it may be.
Result<std::chrono::milliseconds> duration_of(const google::protobuf::Message& request,
                                              const std::string& field, std::chrono::milliseconds fallback,
                                              const FieldForm& form = kAnyTime);

using ResetPaths = google::protobuf::RepeatedPtrField<std::string>;

// The edit that an update asks for: first the resets, then the fields that are set. Checked here once on a
// fresh value, so that the edit itself cannot fail later, whatever value it meets.
template <typename Value, typename Message>
Result<std::function<void(Value&)>> edit_of(const Message& update, const std::string& path,
                                            const ResetPaths& resets) {
  const auto edit = [update, path, resets](Value& value) -> Status {
    for (const std::string& reset : resets) {
      if (Status done = reset_field(reset, value); !done) return done;
    }
    return apply_message(update, path, value);
  };
  Value fresh{};
  if (const Status checked = edit(fresh); !checked) return checked.error();
  return std::function<void(Value&)>([edit](Value& value) { (void)edit(value); });
}

}  // namespace demo
