#pragma once

namespace demo {

// protobuf's own messages go where ours go, for those who debug, like gRPC's: by themselves they are written
// to descriptor 2, unescaped, and whoever sends a text that is not UTF-8 would wait for a log that stands
// still and fill one that does not. Call in every program, before threads start.
void log_protobuf_messages();

}  // namespace demo
