#pragma once

#include <google/protobuf/stubs/logging.h>

namespace demo {

// What protobuf says by itself of texts that are not UTF-8 would be most of what a run prints.
inline google::protobuf::LogHandler* const kLoudProtobuf = google::protobuf::SetLogHandler(nullptr);

}  // namespace demo
