#pragma once

namespace demo {

// A filter on a listening TCP socket that drops SYN segments (SO_ATTACH_FILTER of socket(7)): new clients are
// not answered, and try again by themselves, while handshakes that are under way end and the queue stays as
// it is.
void drop_new_handshakes(int socket);
// Ends that. Nothing where there is no filter.
void pass_new_handshakes(int socket);

}  // namespace demo
