#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/snapshot.h"

namespace demo {

// A snapshot as bytes: the mark of what this build understands under them, then its values one after the
// other, in the order of their lists of fields. Both ends are of one build unless a program was replaced
// while the other runs, so the bytes name nothing.
std::string encode_snapshot(const Snapshot& snapshot);

// Error: kInvalidArgument for bytes that encode_snapshot() would not have made, values out of their ranges
// included; its field is the path of the first wrong value, such as "listeners.mode", and "mark" for bytes of
// a build whose fields differ in anything.
Result<Snapshot> decode_snapshot(std::string_view bytes);

}  // namespace demo
