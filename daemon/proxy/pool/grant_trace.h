#pragma once

#include "proxy/connections/backend_connection.h"
#include "proxy/connections/backend_user.h"
#include "proxy/pool/backend_pool.h"

namespace demo {

// Tells of a client's connection, at level debug, which backend it got and why, or why none. Ask tracing()
// before. client: its descriptor; attempt: from 1.
void trace_grant(int client, const BackendPool& pool, const Grant& grant, unsigned attempt);
// The connection has another backend connection than before: the other address family answered.
void trace_change(int client, const BackendConnection& before, const BackendConnection& now);

}  // namespace demo
