#pragma once

#include "base/result.h"

namespace demo {

// So many threads are enough to begin to serve the API: gRPC's, by the number of this host's cores, and those
// of the service's own.
unsigned threads_of_api();

// Whether this process may have so many more threads at once, looked at by having them for a moment. gRPC
// aborts where it gets none (grpc++ 1.51), so it must not be asked then. Error: kResourceExhausted, one
// clause.
Status check_thread_limit(unsigned threads);

}  // namespace demo
