#include "channel/protobuf_log.h"

#include <google/protobuf/stubs/logging.h>

#include <string>

#include "base/log.h"

namespace demo {
namespace {

// What is fatal to protobuf ends the process, and is its last word.
void log_protobuf(google::protobuf::LogLevel level, const char* /*file*/, int /*line*/,
                  const std::string& message) {
  const bool fatal = level == google::protobuf::LOGLEVEL_FATAL;
  log(fatal ? LogLevel::kError : LogLevel::kDebug, "protobuf: {}", message);
}

}  // namespace

void log_protobuf_messages() { google::protobuf::SetLogHandler(&log_protobuf); }

}  // namespace demo
