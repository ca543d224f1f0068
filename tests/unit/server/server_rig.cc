#include "server_rig.h"

namespace demo {

ServerRig::ServerRig() {
  listener.taker = &http;
  snapshot.client_keepalive.enabled = true;
  apply();
}

ServerRig::~ServerRig() {
  http.cut();
  raw.cut();
}

void ServerRig::apply() {
  answers.set_response(snapshot.response);
  http.apply(snapshot);
  raw.apply(snapshot);
}

Client ServerRig::connect(Buffers sizes) {
  Client client = server.connect(sizes.client_receive);
  UniqueFd ours = server.accept();
  if (sizes.send > 0) ::setsockopt(ours.get(), SOL_SOCKET, SO_SNDBUF, &sizes.send, sizeof sizes.send);
  // As the supervisor sets it on the listening socket: no segment waits for an acknowledgement.
  const int one = 1;
  ::setsockopt(ours.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  listener.connection_opened();
  listener.taker->take(std::move(ours), listener, nullptr, {}, 0);
  return client;
}

TestResponse ServerRig::answer(Client& client, bool head_only) {
  std::optional<TestResponse> response;
  const bool came = turns.until([&] {
    client.read();
    response = take_response(client.received(), head_only);
    return response || !client.open();
  });
  if (!came || !response) {
    ADD_FAILURE() << "no response; received: " << client.received().substr(0, 200);
    return {};
  }
  return *response;
}

TestResponse ServerRig::ask(Client& client, std::string_view request, bool head_only) {
  client.send(request);
  return answer(client, head_only);
}

bool ServerRig::closed(Client& client) {
  return turns.until([&] { return !client.open(); }) && client.ended() && client.received().empty();
}

bool ServerRig::quiet(Client& client) {
  turns.settle();
  return client.open() && client.received().empty();
}

bool ServerRig::all_closed() {
  return turns.until([&] { return listener.connections() == 0; });
}

}  // namespace demo
